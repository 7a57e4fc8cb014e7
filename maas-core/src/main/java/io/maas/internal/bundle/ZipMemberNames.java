package io.maas.internal.bundle;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Finds the names, or of long ones the end, of the members of a zip archive in a stream of bytes, wherever in it the archive begins: zip readers
 * look for it from the end, so what stands before it hides nothing. Four bytes are a weak sign, so whoever is called
 * decides by the name.
 */
final class ZipMemberNames {
    private static final int CENTRAL = 0x02014b50;
    private static final int CENTRAL_SIZE = 46;
    private static final int LOCAL = 0x04034b50;
    private static final int LOCAL_SIZE = 30;

    /**
     * The end of a name tells what it is. Headers may overlap, one every few bytes, and names of 64 KiB would be read from
     * each.
     */
    private static final int LONGEST = 96;

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long PPPPPPPP = 0x5050_5050_5050_5050L;
    private static final long LOWEST = 0x0101_0101_0101_0101L;
    private static final long HIGHEST = 0x8080_8080_8080_8080L;

    private final Consumer<String> onName;
    /** Bytes that may be the start of a header. If nothing follows them, they are none. */
    private byte[] pending = new byte[0];

    ZipMemberNames(Consumer<String> onName) {
        this.onName = onName;
    }

    void update(byte[] bytes, int offset, int count) {
        byte[] all = bytes;
        int from = offset;
        int end = offset + count;
        if (pending.length > 0) {
            all = new byte[pending.length + count];
            System.arraycopy(pending, 0, all, 0, pending.length);
            System.arraycopy(bytes, offset, all, pending.length, count);
            from = 0;
            end = all.length;
        }
        int rest = scan(all, from, end);
        pending = Arrays.copyOfRange(all, rest, end);
    }

    /** Returns where to go on once there are more bytes. */
    private int scan(byte[] bytes, int from, int length) {
        int last = length - 4;
        for (int at = skip(bytes, from, last); at <= last; at = skip(bytes, at + 1, last)) {
            if (bytes[at] != 'P' || bytes[at + 1] != 'K') {
                continue;
            }
            int magic = LittleEndian.intAt(bytes, at);
            if ((magic == CENTRAL || magic == LOCAL) && !header(bytes, at, length, magic)) {
                return at;
            }
        }
        return Math.max(from, length - 3);
    }

    /**
     * Passes over bytes that are no P, eight at a time: with all bits of eight of them flipped against it, a byte that is one
     * is zero, and only then does taking one from each borrow into its highest bit. One byte at a time took longer than
     * computing a digest.
     */
    private static int skip(byte[] bytes, int from, int last) {
        int at = from;
        while (at + Long.BYTES <= last) {
            long flipped = (long) EIGHT.get(bytes, at) ^ PPPPPPPP;
            if (((flipped - LOWEST) & ~flipped & HIGHEST) != 0) {
                break;
            }
            at += Long.BYTES;
        }
        while (at <= last && bytes[at] != 'P') {
            at++;
        }
        return at;
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
        int shown = Math.min(name, LONGEST);
        onName.accept(new String(bytes, at + size + name - shown, shown, StandardCharsets.UTF_8));
        return true;
    }
}
