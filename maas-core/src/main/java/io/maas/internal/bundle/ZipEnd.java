package io.maas.internal.bundle;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * What the end of a zip archive says about its central directory. Zip readers differ in where they look for the end, so
 * an archive is refused unless there is only one place to find it.
 *
 * @param entries the number of entries
 * @param start where the directory begins
 * @param end where it ends
 */
record ZipEnd(long entries, long start, long end) {
    static final int SIGNATURE = 0x06054b50;
    static final int SIZE = 22;
    static final int LOCATOR_SIGNATURE = 0x07064b50;
    static final int LOCATOR_SIZE = 20;
    static final int SIGNATURE_64 = 0x06064b50;
    static final int SIZE_64 = 56;

    private static final int MAX_COMMENT = 0xffff;
    private static final long MAX_32 = 0xffffffffL;

    static ZipEnd find(FileChannel channel, Origin origin) throws IOException {
        long length = channel.size();
        int searched = (int) Math.min(length, SIZE + MAX_COMMENT);
        ByteBuffer tail = read(channel, length - searched, searched);
        int found = -1;
        boolean isAny = false;
        for (int at = searched - 4; at >= 0; at--) {
            if (tail.getInt(at) != SIGNATURE) {
                continue;
            }
            isAny = true;
            if (at + SIZE <= searched && at + SIZE + (tail.getShort(at + 20) & 0xffff) == searched) {
                if (found >= 0) {
                    throw broken(origin, "it has two ends, one in the comment of the other");
                }
                found = at;
            }
        }
        if (found < 0) {
            throw isAny
                    ? origin.refused(ErrorCode.PACKAGE_TRAILING, "data follows the end of the archive, or it is cut")
                    : broken(origin, "it has no end, so it is no zip archive or is cut short");
        }
        return checked(
                channel, origin, length - searched + found, tail.position(found).slice());
    }

    private static ZipEnd checked(FileChannel channel, Origin origin, long at, ByteBuffer slice) throws IOException {
        ByteBuffer end = slice.order(ByteOrder.LITTLE_ENDIAN);
        int disks = end.getShort(4) | end.getShort(6);
        long onDisk = end.getShort(8) & 0xffff;
        long entries = end.getShort(10) & 0xffff;
        long size = end.getInt(12) & MAX_32;
        long start = end.getInt(16) & MAX_32;
        if (onDisk != entries) {
            throw broken(origin, "it is one part of several");
        }
        ZipEnd small = new ZipEnd(entries, start, start + size);
        if (at >= LOCATOR_SIZE && read(channel, at - LOCATOR_SIZE, 4).getInt(0) == LOCATOR_SIGNATURE) {
            return large(channel, origin, at - LOCATOR_SIZE, small);
        }
        if (disks != 0) {
            throw broken(origin, "it is one part of several");
        }
        return small.mustEndAt(at, origin);
    }

    /** Reads the end of an archive in the form for large ones, whose small form then says nothing or the same. */
    private static ZipEnd large(FileChannel channel, Origin origin, long locatorAt, ZipEnd small) throws IOException {
        ByteBuffer locator = read(channel, locatorAt, LOCATOR_SIZE);
        long at = locator.getLong(8);
        if (locator.getInt(4) != 0 || locator.getInt(16) > 1 || at < 0 || at > locatorAt - SIZE_64) {
            throw broken(origin, "its zip64 locator points elsewhere");
        }
        ByteBuffer end = read(channel, at, SIZE_64);
        if (end.getInt(0) != SIGNATURE_64 || end.getLong(4) != locatorAt - at - 12) {
            throw broken(origin, "its zip64 end is not where it should be");
        }
        long entries = end.getLong(32);
        long size = end.getLong(40);
        long start = end.getLong(48);
        boolean isWhole = end.getInt(16) == 0 && end.getInt(20) == 0 && end.getLong(24) == entries;
        if (!isWhole || start < 0 || size < 0 || start > at || size > at - start) {
            throw broken(origin, "its zip64 end has impossible numbers");
        }
        ZipEnd large = new ZipEnd(entries, start, start + size);
        boolean agrees = agrees(small.entries, entries, 0xffff)
                && agrees(small.start, start, MAX_32)
                && agrees(small.end - small.start, size, MAX_32);
        if (!agrees) {
            throw broken(origin, "its two ends disagree");
        }
        return large.mustEndAt(at, origin);
    }

    private static boolean agrees(long small, long large, long none) {
        return small == none || small == large;
    }

    private ZipEnd mustEndAt(long at, Origin origin) {
        if (end > at) {
            throw broken(origin, "its directory would end behind the end of the archive");
        } else if (end < at) {
            throw origin.refused(
                    ErrorCode.PACKAGE_TRAILING,
                    (at - end) + " bytes stand before the archive, or between its directory and its end");
        }
        return this;
    }

    private static ByteBuffer read(FileChannel channel, long at, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, at + bytes.position()) < 0) {
                throw new EOFException("the archive has become shorter");
            }
        }
        return bytes.flip();
    }

    private static InvalidInputException broken(Origin origin, String why) {
        return origin.refused(ErrorCode.PACKAGE_ARCHIVE, why);
    }
}
