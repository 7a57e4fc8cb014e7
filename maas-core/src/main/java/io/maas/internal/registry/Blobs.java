package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.CommitLog;
import io.maas.model.Digest;
import io.maas.spi.ObjectStore;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Immutable content by digest. What is stored is checked on its way in, and again on its way out. */
public final class Blobs {
    private final ObjectStore store;
    private final CommitLog log;
    private final CommitLog.Pauses pauses;
    private final Duration timeout;
    private final RandomGenerator random;

    Blobs(ObjectStore store, CommitLog log, CommitLog.Pauses pauses, Duration timeout, RandomGenerator random) {
        this.store = store;
        this.log = log;
        this.pauses = pauses;
        this.timeout = timeout;
        this.random = random;
    }

    /** Stores content that must have this digest, under a key of its own. */
    BlobKey upload(Digest digest, ObjectStore.Source content, long head) {
        byte[] unique = new byte[8];
        synchronized (random) {
            random.nextBytes(unique);
        }
        BlobKey blob =
                new BlobKey(digest, Math.max(0, head) + "-" + HexFormat.of().formatHex(unique));
        Checked checked = new Checked(digest, content);
        try {
            log.create(blob.key(), checked, pauses.nanoTime() + timeout.toNanos());
        } catch (RuntimeException e) {
            if (checked.changed) {
                throw new InvalidInputException(
                        ErrorCode.PACKAGE_DIGEST,
                        "store a file of the package",
                        "it changed while it was read, its digest is not " + digest.abbreviated() + " any more",
                        "leave the package alone until it is registered",
                        e);
            }
            throw e;
        }
        return blob;
    }

    /** Content that fails to be read to its end unless it has the right digest. */
    private static final class Checked implements ObjectStore.Source {
        private final Digest digest;
        private final ObjectStore.Source content;
        private volatile boolean changed;

        Checked(Digest digest, ObjectStore.Source content) {
            this.digest = digest;
            this.content = content;
        }

        @Override
        public long length() {
            return content.length();
        }

        @Override
        public InputStream open() throws IOException {
            MessageDigest sha = Digest.sha256();
            return new FilterInputStream(content.open()) {
                @Override
                public int read() throws IOException {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte[] buffer, int offset, int length) throws IOException {
                    int count = super.read(buffer, offset, length);
                    if (count > 0) {
                        sha.update(buffer, offset, count);
                    } else if (count < 0 && !Digest.ofBytes(sha.digest()).equals(digest)) {
                        changed = true;
                        throw new IOException("the content has another digest than " + digest);
                    }
                    return count;
                }
            };
        }
    }

    /** Deletes blobs that no commit names. */
    void discard(Iterable<BlobKey> blobs) {
        blobs.forEach(blob -> store.delete(log.key(blob.key())));
    }

    /** Returns a small blob, checked. */
    public byte[] read(BlobKey blob) {
        byte[] bytes = store.get(log.key(blob.key())).orElseThrow(() -> missing(blob));
        if (!Digest.of(bytes).equals(blob.digest())) {
            throw corrupt(blob);
        }
        return bytes;
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
