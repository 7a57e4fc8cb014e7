package io.maas.internal.transfer;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.internal.bundle.ManifestCodec;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.CommitLog;
import io.maas.internal.log.Readers;
import io.maas.model.Digest;
import io.maas.model.Manifest.FileEntry;
import io.maas.spi.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Copies blobs, several at once. Small ones are read whole; the others are streamed, and checked before their last byte is
 * handed over. What was wrong when it was read is read again before the source is blamed for it.
 */
final class BlobCopy {
    /** Up to this many bytes are held in memory. */
    private static final long SMALL = 1 << 20;

    private final ObjectStore from;
    private final CommitLog target;
    private final Supplier<Long> deadline;
    private final Readers readers;
    private final int atOnce;
    private final ManifestCodec manifests = new ManifestCodec();
    private final AtomicLong blobs = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final List<Supplier<Boolean>> waiting = new ArrayList<>();

    /**
     * Creates one.
     *
     * @param deadline until when a write that begins now is repeated
     */
    BlobCopy(ObjectStore from, CommitLog target, Supplier<Long> deadline, Readers readers, int atOnce) {
        this.from = from;
        this.target = target;
        this.deadline = deadline;
        this.readers = readers;
        this.atOnce = atOnce;
    }

    /** Says that the source does not have a blob any more. */
    static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient BlobKey blob;
        private final transient UnavailableException error;

        Gone(BlobKey blob, UnavailableException error) {
            super("a blob is gone", error, false, false);
            this.blob = blob;
            this.error = error;
        }

        BlobKey blob() {
            return blob;
        }

        UnavailableException error() {
            return error;
        }
    }

    long blobs() {
        return blobs.get();
    }

    long bytes() {
        return bytes.get();
    }

    /**
     * Copies those blobs of the versions that are missing from the target.
     *
     * @throws Gone if the source does not have one
     */
    void copy(List<Inventory.Version> versions, Set<BlobKey> missing) {
        waiting.clear();
        for (Inventory.Version version : versions) {
            for (BlobKey fact : version.facts()) {
                addWhole(fact, missing);
            }
            if (version.files().stream().anyMatch(missing::contains)) {
                addFiles(version, missing);
            }
            addWhole(version.manifest(), missing);
        }
        flush();
    }

    private void addFiles(Inventory.Version version, Set<BlobKey> missing) {
        List<FileEntry> listed = manifests.read(read(version.manifest())).files();
        for (int i = 0; i < version.files().size(); i++) {
            BlobKey blob = version.files().get(i);
            // the signature is not listed, and is small
            long size = i < listed.size() ? listed.get(i).size() : 0;
            if (size <= SMALL) {
                addWhole(blob, missing);
            } else if (missing.remove(blob)) {
                add(() -> stream(blob, size));
            }
        }
    }

    private void addWhole(BlobKey blob, Set<BlobKey> missing) {
        if (missing.remove(blob)) {
            add(() -> {
                byte[] content = read(blob);
                return write(blob, CommitLog.source(content));
            });
        }
    }

    private void add(Supplier<Boolean> copy) {
        waiting.add(copy);
        if (waiting.size() == atOnce) {
            flush();
        }
    }

    private void flush() {
        readers.all(waiting);
        waiting.clear();
    }

    private boolean write(BlobKey blob, ObjectStore.Source content) {
        target.create(blob.key(), content, deadline.get());
        blobs.incrementAndGet();
        bytes.addAndGet(content.length());
        return true;
    }

    private byte[] read(BlobKey blob) {
        String key = target.key(blob.key());
        for (int reads = 0; reads < BlobKey.READS; reads++) {
            byte[] content = from.get(key).orElseThrow(() -> new Gone(blob, Original.missing(from, key)));
            if (Digest.of(content).equals(blob.digest())) {
                return content;
            }
        }
        throw Original.corrupt(from, key);
    }

    private boolean stream(BlobKey blob, long size) {
        String key = target.key(blob.key());
        MaasException wrong = null;
        for (int reads = 0; reads < BlobKey.READS; reads++) {
            Original content = new Original(from, key, blob, size);
            try {
                return write(blob, content);
            } catch (RuntimeException e) {
                wrong = reasonToReadAgain(blob, content, e);
            }
        }
        throw wrong == null ? Original.corrupt(from, key) : wrong;
    }

    private static MaasException reasonToReadAgain(BlobKey blob, Original content, RuntimeException thrown) {
        MaasException failure = content.failure();
        if (content.isMissing() && failure instanceof UnavailableException missing) {
            throw new Gone(blob, missing);
        } else if (failure == null) {
            throw thrown; // the target's own trouble
        } else if (failure.code() == ErrorCode.CORRUPT_BLOB) {
            return failure;
        }
        throw failure;
    }
}
