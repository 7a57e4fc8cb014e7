package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.CommitLog;
import io.maas.model.Digest;
import io.maas.spi.ObjectStore;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Immutable content by digest. What is read is checked, or checked by whoever reads it. */
public final class Blobs {
    private static final Logger LOG = LoggerFactory.getLogger(Blobs.class);

    private final ObjectStore store;
    private final CommitLog log;
    private final CommitLog.Pauses pauses;
    private final Duration timeout;
    private final RandomGenerator random;
    private final Local.Copies copies;
    private final Set<BlobKey> written = ConcurrentHashMap.newKeySet();

    Blobs(RegistrySettings settings, CommitLog log) {
        this.store = settings.store();
        this.log = log;
        this.pauses = settings.pauses();
        this.timeout = settings.commitTimeout();
        this.random = settings.random();
        this.copies = settings.local().copies();
    }

    /** Stores content, which checks itself while it is read, under a key of its own. */
    BlobKey upload(Digest digest, ObjectStore.Source content, long head) {
        long unique;
        synchronized (random) {
            unique = random.nextLong();
        }
        BlobKey blob = new BlobKey(digest, Math.max(0, head), unique);
        log.create(blob.key(), content, pauses.nanoTime() + timeout.toNanos());
        written.add(blob);
        return blob;
    }

    /**
     * Tells whether this process has just stored a blob, and so computed the digest of every byte as it was written. To try a
     * model out it need not be read once more; whoever loads it to serve it does.
     */
    public boolean isJustWritten(BlobKey blob) {
        return written.contains(blob);
    }

    /** Ends the time in which blobs are just written. */
    void forgetWritten(Collection<BlobKey> blobs) {
        written.removeAll(blobs);
    }

    /** Deletes blobs that no commit names. */
    void discard(Iterable<BlobKey> blobs) {
        for (BlobKey blob : blobs) {
            try {
                store.delete(log.key(blob.key()));
            } catch (MaasException e) {
                // an orphan costs room, and what the caller asked for is decided already
                LOG.warn("{} is not used and could not be deleted from {}", blob.key(), store, e);
            }
        }
    }

    /** Returns a small blob, checked; from this host's disk if it was read before. */
    public byte[] read(BlobKey blob) {
        return copies.find(blob.digest()).orElseGet(() -> {
            byte[] bytes = fetch(blob);
            copies.keep(blob.digest(), bytes);
            return bytes;
        });
    }

    /** Returns a small blob as the store has it, checked. */
    byte[] fetch(BlobKey blob) {
        for (int reads = 0; reads < BlobKey.READS; reads++) {
            byte[] bytes = store.get(log.key(blob.key())).orElseThrow(() -> missing(blob));
            if (Digest.of(bytes).equals(blob.digest())) {
                return bytes;
            }
        }
        throw corrupt(blob);
    }

    /** Opens a blob at an offset. Whoever reads it checks the digest. */
    public InputStream open(BlobKey blob, long offset) {
        return store.open(log.key(blob.key()), offset).orElseThrow(() -> missing(blob));
    }

    /** Returns a local file that should hold the blob. Whoever reads it checks the digest. */
    public Optional<Path> localFile(BlobKey blob) {
        return store.localFile(log.key(blob.key()));
    }

    private UnavailableException missing(BlobKey blob) {
        return new UnavailableException(
                ErrorCode.CORRUPT_BLOB,
                "read a file of a model",
                "the object " + blob.key() + " is missing from " + store,
                "restore it from a copy of the store");
    }

    /** Says that a blob has other bytes than it should. */
    public UnavailableException corrupt(BlobKey blob) {
        return new UnavailableException(
                ErrorCode.CORRUPT_BLOB,
                "read a file of a model",
                "the object " + blob.key() + " in " + store + " has other bytes than its name promises",
                "restore it from a copy of the store, or register the model again");
    }
}
