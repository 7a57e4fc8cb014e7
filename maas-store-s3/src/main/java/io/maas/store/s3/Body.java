package io.maas.store.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The bytes of an object from an offset to its end. A connection that breaks is made again where it broke, as long as the
 * object is the same and there is progress; then it fails. It never ends before the object does.
 */
final class Body extends InputStream {
    /** Opens the object anew. */
    interface Reopening {
        ResponseInputStream<GetObjectResponse> at(long offset);
    }

    /** As often as that without progress. */
    static final int RESUME = 3;

    /** A checksum is that of a whole object: what must be checked against it comes over one connection. */
    static final int DO_NOT_RESUME = 0;

    private final String doing;
    private final Reopening reopening;
    private final String version;
    private final long end;
    private final int most;
    private long position;
    private int tries;
    private ResponseInputStream<GetObjectResponse> in;

    /**
     * Takes over a stream.
     *
     * @param most how often it is resumed without progress, {@link #RESUME} or {@link #DO_NOT_RESUME}
     */
    Body(String doing, ResponseInputStream<GetObjectResponse> first, long offset, int most, Reopening reopening) {
        this.most = most;
        this.doing = doing;
        this.reopening = reopening;
        this.in = first;
        this.version = version(first);
        this.position = offset;
        this.end = offset + first.response().contentLength();
    }

    /** Returns the bytes that are left. */
    long left() {
        return end - position;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        while (true) {
            try {
                int read = in.read(target, offset, count);
                if (read > left()) {
                    throw new IOException("the server sent more bytes than it said");
                }
                if (read > 0) {
                    position += read;
                    tries = 0;
                    return read;
                }
                if (read < 0 && left() == 0) {
                    return -1;
                }
                resume(new IOException("the server sent " + left() + " bytes fewer than it said"));
            } catch (IOException | RuntimeException e) {
                resume(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (left() > 0) {
            in.abort(); // or the rest would be read to keep the connection
        }
        in.close();
    }

    private void resume(Exception broken) throws IOException {
        if (Thread.currentThread().isInterrupted() || Failures.isInterrupt(broken)) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("Cannot " + doing + ": interrupted");
            interrupted.initCause(broken);
            throw interrupted;
        }
        // with all bytes here it was the checksum, and another connection does not bring other bytes
        if (left() == 0 || ++tries > most) {
            throw new IOException("Cannot " + doing + ": it breaks off at byte " + position + " of " + end, broken);
        }
        in.abort();
        ResponseInputStream<GetObjectResponse> again;
        try {
            again = reopening.at(position);
        } catch (RuntimeException e) {
            e.addSuppressed(broken);
            throw new IOException("Cannot " + doing + ": it broke off at byte " + position + " of " + end, e);
        }
        if (!version(again).equals(version) || again.response().contentLength() != left()) {
            again.abort();
            throw new IOException("Cannot " + doing + ": it was replaced while it was read", broken);
        }
        in = again;
    }

    private static String version(ResponseInputStream<GetObjectResponse> in) {
        return String.valueOf(in.response().eTag());
    }
}
