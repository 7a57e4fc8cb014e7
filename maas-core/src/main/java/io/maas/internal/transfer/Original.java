package io.maas.internal.transfer;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.CheckedStream;
import io.maas.model.Names;
import io.maas.spi.ObjectStore;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A blob of the source as content for the target. Stores wrap what reading throws each in their own way, so what went wrong
 * is remembered here: it decides whether reading again helps.
 */
final class Original implements ObjectStore.Source {
    private final ObjectStore store;
    private final String key;
    private final BlobKey blob;
    private final long length;
    private volatile @Nullable MaasException failure;
    private volatile boolean missing;

    Original(ObjectStore store, String key, BlobKey blob, long length) {
        this.store = store;
        this.key = key;
        this.blob = blob;
        this.length = length;
    }

    /** What went wrong when it was last read; null if nothing did. */
    @Nullable
    MaasException failure() {
        return failure;
    }

    boolean isMissing() {
        return missing;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public InputStream open() {
        failure = null;
        InputStream content;
        try {
            content = store.open(key, 0).orElse(null);
        } catch (MaasException e) {
            throw remembered(e);
        }
        if (content == null) {
            missing = true;
            throw remembered(missing(store, key));
        }
        return new CheckedStream(new Reading(content), length, blob.digest(), () -> remembered(corrupt(store, key)));
    }

    private MaasException remembered(MaasException e) {
        failure = e;
        return e;
    }

    /** Tells trouble in reading from trouble in writing. */
    private final class Reading extends FilterInputStream {
        Reading(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] buffer, int offset, int count) throws IOException {
            try {
                return in.read(buffer, offset, count);
            } catch (MaasException e) {
                throw remembered(e);
            } catch (IOException e) {
                throw remembered(new UnavailableException(
                        ErrorCode.STORE_UNAVAILABLE,
                        "copy the registry",
                        "the object " + key + " cannot be read from " + store + ", " + Names.shown(e.toString()),
                        "copy again when the store answers",
                        e));
            }
        }
    }

    static UnavailableException missing(ObjectStore store, String key) {
        return damaged("the object " + key + " is missing from " + store);
    }

    static UnavailableException corrupt(ObjectStore store, String key) {
        return damaged("the object " + key + " in " + store + " has other bytes than its name promises");
    }

    private static UnavailableException damaged(String why) {
        return new UnavailableException(
                ErrorCode.CORRUPT_BLOB, "copy the registry", why, "restore it from another copy, and copy again");
    }
}
