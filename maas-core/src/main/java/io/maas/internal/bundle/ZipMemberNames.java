package io.maas.internal.bundle;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Finds the names of the members of a zip archive in a stream of bytes, wherever in it the archive begins: zip readers
 * look for it from the end, so what stands before it hides nothing. Four bytes are a weak sign, so whoever is called
 * decides by the name.
 */
final class ZipMemberNames {
    private static final int CENTRAL = 0x02014b50;
    private static final int CENTRAL_SIZE = 46;
    private static final int LOCAL = 0x04034b50;
    private static final int LOCAL_SIZE = 30;

    private final Consumer<String> onName;
    /** Bytes that may be the start of a header. If nothing follows them, they are none. */
    private byte[] pending = new byte[0];

    ZipMemberNames(Consumer<String> onName) {
        this.onName = onName;
    }

    void update(byte[] bytes, int count) {
        byte[] all = bytes;
        int length = count;
        if (pending.length > 0) {
            all = new byte[pending.length + count];
            System.arraycopy(pending, 0, all, 0, pending.length);
            System.arraycopy(bytes, 0, all, pending.length, count);
            length = all.length;
        }
        int rest = scan(all, length);
        pending = Arrays.copyOfRange(all, rest, length);
    }

    /** Returns where to go on once there are more bytes. */
    private int scan(byte[] bytes, int length) {
        int last = length - 4;
        for (int at = 0; at <= last; at++) {
            if (bytes[at] != 'P' || bytes[at + 1] != 'K') {
                continue;
            }
            int magic = LittleEndian.intAt(bytes, at);
            if ((magic == CENTRAL || magic == LOCAL) && !header(bytes, at, length, magic)) {
                return at;
            }
        }
        return Math.max(0, length - 3);
    }

    private boolean header(byte[] bytes, int at, int length, int magic) {
        int size = magic == CENTRAL ? CENTRAL_SIZE : LOCAL_SIZE;
        if (at + size > length) {
            return false;
        }
        int name = LittleEndian.shortAt(bytes, at + (magic == CENTRAL ? 28 : 26));
        if (at + size + name > length) {
            return false;
        }
        onName.accept(new String(bytes, at + size, name, StandardCharsets.UTF_8));
        return true;
    }
}
