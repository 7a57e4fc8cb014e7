package io.maas.http.internal.exchange;

import java.io.InputStream;
import java.nio.ByteBuffer;

/** Reads a buffer as a stream, without copying it first. */
public final class BufferStream extends InputStream {
    private final ByteBuffer bytes;

    /** Reads from the buffer's position to its limit, and leaves both as they are. */
    public BufferStream(ByteBuffer bytes) {
        this.bytes = bytes.duplicate();
    }

    @Override
    public int read() {
        return bytes.hasRemaining() ? bytes.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (!bytes.hasRemaining()) {
            return -1;
        }
        int count = Math.min(length, bytes.remaining());
        bytes.get(target, offset, count);
        return count;
    }

    @Override
    public int available() {
        return bytes.remaining();
    }
}
