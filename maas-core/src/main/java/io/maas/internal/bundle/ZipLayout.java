package io.maas.internal.bundle;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Holds the local headers of an archive against its central directory, and makes sure that the members lie one behind
 * the other from the archive's first byte to its directory. Members that overlap are how a small archive becomes an
 * endless one; gaps are where another reader finds another archive. Used once.
 */
final class ZipLayout {
    private static final int SIGNATURE = 0x04034b50;
    private static final int SIZE = 30;
    private static final int DESCRIPTOR_SIGNATURE = 0x08074b50;
    private static final long MAX_32 = 0xffffffffL;

    private final FileChannel channel;
    private final Origin origin;

    ZipLayout(FileChannel channel, Origin origin) {
        this.channel = channel;
        this.origin = origin;
    }

    /** Returns the content of each member, as they lie in the archive. */
    List<ZipContent> contents(List<ZipMember> members, long directoryStart) throws IOException {
        List<ZipMember> sorted = members.stream()
                .sorted(Comparator.comparingLong(ZipMember::offset))
                .toList();
        List<ZipContent> contents = new ArrayList<>();
        long expected = 0;
        for (int i = 0; i < sorted.size(); i++) {
            ZipMember member = sorted.get(i);
            checkGap(expected, member.offset(), "the entry " + Origin.quoted(member.name()));
            long next = i + 1 < sorted.size() ? sorted.get(i + 1).offset() : directoryStart;
            long start = localHeader(member, directoryStart);
            contents.add(new ZipContent(channel, member, start, origin));
            expected = start + member.packed();
            if (expected > directoryStart) {
                throw broken(member, "reaches into the directory");
            }
            expected += descriptor(member, expected, next);
        }
        checkGap(expected, directoryStart, "the directory");
        return contents;
    }

    private void checkGap(long expected, long found, String what) {
        if (found < expected) {
            throw origin.refused(ErrorCode.PACKAGE_ARCHIVE, what + " overlaps the entry before it");
        } else if (found > expected) {
            throw origin.refused(
                    ErrorCode.PACKAGE_TRAILING,
                    (found - expected) + " bytes that belong to nothing stand before " + what);
        }
    }

    private long localHeader(ZipMember member, long directoryStart) throws IOException {
        byte[] header = read(member, member.offset(), SIZE, directoryStart);
        int nameLength = LittleEndian.shortAt(header, 26);
        int extraLength = LittleEndian.shortAt(header, 28);
        byte[] name = read(member, member.offset() + SIZE, nameLength, directoryStart);
        byte[] extra = read(member, member.offset() + SIZE + nameLength, extraLength, directoryStart);
        if (LittleEndian.intAt(header, 0) != SIGNATURE) {
            throw broken(member, "has no header of its own");
        } else if (!Arrays.equals(name, member.rawName())) {
            throw disagrees(member, "name");
        } else if (LittleEndian.shortAt(header, 6) != member.flags()) {
            throw disagrees(member, "flags");
        } else if (LittleEndian.shortAt(header, 8) != member.method()) {
            throw disagrees(member, "method");
        }
        checkNumbers(member, header, extra);
        return member.offset() + SIZE + nameLength + extraLength;
    }

    private void checkNumbers(ZipMember member, byte[] header, byte[] extra) {
        long crc = LittleEndian.unsignedIntAt(header, 14);
        long packed = LittleEndian.unsignedIntAt(header, 18);
        long size = LittleEndian.unsignedIntAt(header, 22);
        if (packed == MAX_32 || size == MAX_32) {
            ByteBuffer large = large(member, extra);
            size = size == MAX_32 && large.remaining() >= Long.BYTES ? large.getLong() : size;
            packed = packed == MAX_32 && large.remaining() >= Long.BYTES ? large.getLong() : packed;
        }
        // with a descriptor the header may leave them out, but not say something else
        boolean mayLack = member.hasDescriptor();
        if (crc != member.crc() && !(mayLack && crc == 0)) {
            throw disagrees(member, "checksum");
        } else if (packed != member.packed() && !(mayLack && packed == 0)) {
            throw disagrees(member, "packed size");
        } else if (size != member.size() && !(mayLack && size == 0)) {
            throw disagrees(member, "size");
        }
    }

    private ByteBuffer large(ZipMember member, byte[] extra) {
        try {
            ByteBuffer found = ZipExtra.find(extra, ZipExtra.ZIP64);
            return found == null ? ByteBuffer.allocate(0) : found;
        } catch (IllegalArgumentException e) {
            throw origin.refused(
                    ErrorCode.PACKAGE_ARCHIVE,
                    "in the header of the entry " + Origin.quoted(member.name()) + ", " + e.getMessage(),
                    e);
        }
    }

    /** Returns the length of what follows the content: there are four forms, and only the next header tells which. */
    private int descriptor(ZipMember member, long at, long next) throws IOException {
        if (!member.hasDescriptor()) {
            return 0;
        }
        long length = next - at;
        if (length != 12 && length != 16 && length != 20 && length != 24) {
            throw disagrees(member, "descriptor");
        }
        byte[] bytes = read(member, at, (int) length, next);
        boolean isSigned = length == 16 || length == 24;
        boolean isLarge = length >= 20;
        int from = isSigned ? 4 : 0;
        long packed = isLarge ? LittleEndian.longAt(bytes, from + 4) : LittleEndian.unsignedIntAt(bytes, from + 4);
        long size = isLarge ? LittleEndian.longAt(bytes, from + 12) : LittleEndian.unsignedIntAt(bytes, from + 8);
        boolean agrees = (!isSigned || LittleEndian.intAt(bytes, 0) == DESCRIPTOR_SIGNATURE)
                && LittleEndian.unsignedIntAt(bytes, from) == member.crc()
                && packed == member.packed()
                && size == member.size();
        if (!agrees) {
            throw disagrees(member, "descriptor");
        }
        return (int) length;
    }

    private byte[] read(ZipMember member, long at, int count, long end) throws IOException {
        if (at > end - count) {
            throw broken(member, "reaches into the directory");
        }
        try (InputStream in = new ChannelStream(channel, at, at + count)) {
            return in.readNBytes(count);
        }
    }

    private InvalidInputException disagrees(ZipMember member, String what) {
        return broken(member, "has another " + what + " in its own header than in the directory");
    }

    private InvalidInputException broken(ZipMember member, String why) {
        return origin.refused(ErrorCode.PACKAGE_ARCHIVE, "the entry " + Origin.quoted(member.name()) + " " + why);
    }
}
