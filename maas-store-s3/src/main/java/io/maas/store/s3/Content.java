package io.maas.store.s3;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.spi.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.ContentStreamProvider;

/**
 * Content that is being stored: tells its own failures from those of the server, and holds it to the length it claims. The
 * last byte is handed out only once it is known to be the last, so that a server never has all of a content that is wrong.
 */
final class Content implements ContentStreamProvider, AutoCloseable {
    private final String doing;
    private final ObjectStore.Source source;
    private final long length;
    private final List<InputStream> opened = new ArrayList<>();
    private volatile @Nullable RuntimeException failure;

    Content(String doing, ObjectStore.Source source) {
        this.doing = doing;
        this.source = source;
        this.length = source.length();
        if (length < 0) {
            throw otherLength();
        }
    }

    long length() {
        return length;
    }

    /** Throws what went wrong with the content itself, if anything did. */
    void requireSound() {
        RuntimeException found = failure;
        if (found != null) {
            throw found;
        }
    }

    /** Opens the content from its start. The SDK does so a second time if it signs what it sends. */
    @Override
    public InputStream newStream() {
        try {
            InputStream in = source.open();
            opened.add(in);
            if (length == 0 && in.read() >= 0) {
                throw otherLength();
            }
            return new Exact(in);
        } catch (IOException e) {
            throw fail(unreadable(e));
        } catch (RuntimeException e) {
            throw fail(e);
        }
    }

    @Override
    public void close() {
        IOException broken = null;
        for (InputStream in : opened) {
            try {
                in.close();
            } catch (IOException e) {
                broken = e;
            }
        }
        if (broken != null) {
            throw unreadable(broken);
        }
    }

    private RuntimeException fail(RuntimeException e) {
        failure = e;
        return e;
    }

    private InvalidInputException otherLength() {
        return new InvalidInputException(
                ErrorCode.PACKAGE_SIZE,
                doing,
                "its content has more or fewer bytes than it says, " + length,
                "do not change content while it is stored");
    }

    MaasException unreadable(IOException e) {
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

    private final class Exact extends InputStream {
        private final InputStream in;
        private long left = length;

        Exact(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int count) {
            if (count == 0) {
                return 0;
            }
            if (left == 0) {
                return -1;
            }
            try {
                int read = in.read(target, offset, (int) Math.min(count, left));
                while (read == 0) {
                    read = in.read(target, offset, (int) Math.min(count, left));
                }
                left -= Math.max(read, 0);
                if (read < 0 || (left == 0 && in.read() >= 0)) {
                    throw otherLength();
                }
                return read;
            } catch (IOException e) {
                throw fail(unreadable(e));
            } catch (RuntimeException e) {
                throw fail(e);
            }
        }
    }
}
