package io.maas.internal.bundle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** The extra fields of a zip header, of which three matter here. */
final class ZipExtra {
    static final int ZIP64 = 0x0001;
    static final int PKWARE_UNIX = 0x000d;
    static final int UNICODE_PATH = 0x7075;

    private ZipExtra() {}

    /**
     * Returns the data of the field {@code id}, if it is there.
     *
     * @throws IllegalArgumentException if the fields are malformed, or that one is there twice
     */
    static @Nullable ByteBuffer find(byte[] extra, int id) {
        ByteBuffer fields = ByteBuffer.wrap(extra).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer found = null;
        while (fields.hasRemaining()) {
            if (fields.remaining() < 4) {
                throw new IllegalArgumentException("an extra field is cut short");
            }
            int next = fields.getShort() & 0xffff;
            int size = fields.getShort() & 0xffff;
            if (size > fields.remaining()) {
                throw new IllegalArgumentException("an extra field is longer than its header");
            }
            if (next == id) {
                if (found != null) {
                    throw new IllegalArgumentException("an extra field is there twice");
                }
                found = fields.slice().limit(size).slice().order(ByteOrder.LITTLE_ENDIAN);
            }
            fields.position(fields.position() + size);
        }
        return found;
    }
}
