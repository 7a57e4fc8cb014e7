package io.maas.store.fs;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.spi.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;

/** Content that is being stored: tells its own failures from those of the disk, and holds it to the length it claims. */
final class Content implements AutoCloseable {
    private final String doing;
    private final long length;
    private final InputStream in;
    private final byte[] buffer = new byte[64 * 1024];
    private long taken;

    private Content(String doing, long length, InputStream in) {
        this.doing = doing;
        this.length = length;
        this.in = in;
    }

    static Content open(String doing, ObjectStore.Source source) {
        try {
            return new Content(doing, source.length(), source.open());
        } catch (IOException e) {
            throw unreadable(doing, e);
        }
    }

    /** Returns the next bytes; none at the end. */
    ByteBuffer next() {
        int read = read();
        if (read > 0) {
            taken += read;
        }
        if (taken > length || (read < 0 && taken < length)) {
            throw new InvalidInputException(
                    ErrorCode.PACKAGE_SIZE,
                    doing,
                    "its content has " + (taken > length ? "more" : "fewer") + " bytes than it says, " + length,
                    "do not change content while it is stored");
        }
        return ByteBuffer.wrap(buffer, 0, Math.max(read, 0));
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw unreadable(doing, e);
        }
    }

    private int read() {
        try {
            int read = in.read(buffer);
            while (read == 0) {
                read = in.read(buffer);
            }
            return read;
        } catch (IOException e) {
            throw unreadable(doing, e);
        }
    }

    private static MaasException unreadable(String doing, IOException e) {
        if (e instanceof ClosedByInterruptException || e instanceof InterruptedIOException) {
            return Failures.interrupted(doing, e);
        }
        return new InvalidInputException(
                ErrorCode.PACKAGE_UNREADABLE,
                doing,
                "its content cannot be read, " + e,
                "make the content readable and repeat the call",
                e);
    }
}
