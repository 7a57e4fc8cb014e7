package io.maas.internal.bundle;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads the wire format of Protocol Buffers from a stream, forward only. It accepts whatever the real parsers accept, so
 * that nothing they find can be hidden from it; what it does not accept they do not either. Not thread-safe.
 */
final class ProtoInput implements Closeable {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int BYTES = 2;
    static final int GROUP_START = 3;
    static final int GROUP_END = 4;
    static final int FIXED32 = 5;

    private static final int BUFFER = 64 << 10;

    private final InputStream in;
    private long position;

    ProtoInput(InputStream in) {
        this.in = new BufferedInputStream(in, BUFFER);
    }

    /** The bytes are no Protocol Buffers message. */
    static final class MalformedException extends IOException {
        private static final long serialVersionUID = 1;

        MalformedException(String message) {
            super(message);
        }
    }

    long position() {
        return position;
    }

    /** Reads a number of 1 to 10 bytes, of which those beyond 64 bits are dropped. */
    long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int next = in.read();
            if (next < 0) {
                throw new MalformedException("the message is cut short");
            }
            position++;
            value |= shift < Long.SIZE ? (next & 0x7fL) << shift : 0;
            if (next < 0x80) {
                return value;
            }
        }
        throw new MalformedException("a number has more than 10 bytes");
    }

    /** Reads the length of a field and returns where the field ends, at most {@code end}. */
    long enter(long end) throws IOException {
        long size = varint();
        if (size < 0 || size > end - position) {
            throw new MalformedException("a field is longer than its message");
        }
        return position + size;
    }

    void skip(long count, long end) throws IOException {
        if (count > end - position) {
            throw new MalformedException("a field is longer than its message");
        }
        in.skipNBytes(count);
        position += count;
    }

    byte[] bytes(int count) throws IOException {
        position += count;
        return in.readNBytes(count);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
