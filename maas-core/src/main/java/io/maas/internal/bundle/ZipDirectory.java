package io.maas.internal.bundle;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.repository.PackageLimits;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Reads the central directory of a zip archive, and refuses what a package's archive may not have. Used once. */
final class ZipDirectory {
    private static final int SIGNATURE = 0x02014b50;
    private static final int SIZE = 46;
    private static final long MAX_32 = 0xffffffffL;

    private static final int ENCRYPTED = 1 | 1 << 6 | 1 << 13;
    private static final int PATCHED = 1 << 5;
    private static final int ENCRYPTED_METHOD = 99;

    /** The kinds of files in the upper half of the attributes, as Unix has them. */
    private static final int KIND = 0170000;

    private static final int FOLDER = 0040000;
    private static final int REGULAR = 0100000;
    private static final int LINK = 0120000;
    /** The attribute of NTFS for links and mount points. */
    private static final int REPARSE_POINT = 0x400;

    private final FileChannel channel;
    private final Origin origin;
    private final PackageLimits limits;
    private final Consumer<String> onName;

    ZipDirectory(FileChannel channel, Origin origin, PackageLimits limits, Consumer<String> onName) {
        this.channel = channel;
        this.origin = origin;
        this.limits = limits;
        this.onName = onName;
    }

    /** Returns the members, in the directory's order. */
    List<ZipMember> read(ZipEnd end) throws IOException {
        if (end.entries() > limits.entries()) {
            throw PathRules.tooMany(origin, limits);
        }
        List<ZipMember> members = new ArrayList<>();
        ChannelStream bytes = new ChannelStream(channel, end.start(), end.end());
        try (InputStream in = new BufferedInputStream(bytes)) {
            for (long i = 0; i < end.entries(); i++) {
                members.add(member(in));
            }
            if (in.read() >= 0) {
                throw broken("its directory has more than the " + end.entries() + " entries that its end tells of");
            }
        } catch (EOFException e) {
            throw origin.refused(ErrorCode.PACKAGE_ARCHIVE, "its directory is cut short", e);
        }
        return members;
    }

    private ZipMember member(InputStream in) throws IOException {
        byte[] header = exactly(in, SIZE);
        if (LittleEndian.intAt(header, 0) != SIGNATURE) {
            throw broken("its directory has something else where an entry should be");
        }
        byte[] rawName = exactly(in, LittleEndian.shortAt(header, 28));
        byte[] extra = exactly(in, LittleEndian.shortAt(header, 30));
        exactly(in, LittleEndian.shortAt(header, 32));
        String name = name(rawName, extra);
        boolean isFolder = name.endsWith("/");
        onName.accept(name);
        checkFlags(header, name);
        checkKind(header, extra, name, isFolder);
        long[] sizes = sizes(header, extra, name);
        ZipMember member = new ZipMember(
                isFolder ? name.substring(0, name.length() - 1) : name,
                isFolder,
                rawName,
                LittleEndian.shortAt(header, 8),
                LittleEndian.shortAt(header, 10),
                LittleEndian.unsignedIntAt(header, 16),
                sizes[1],
                sizes[0],
                sizes[2]);
        checkSizes(member);
        return member;
    }

    private String name(byte[] rawName, byte[] extra) {
        String name;
        try {
            name = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(rawName))
                    .toString();
        } catch (CharacterCodingException e) {
            throw origin.refused(ErrorCode.PACKAGE_ARCHIVE, "the name of an entry is not UTF-8", e);
        }
        ByteBuffer other = find(extra, ZipExtra.UNICODE_PATH, name);
        if (other != null && isOtherName(other, rawName)) {
            throw broken("the entry " + Origin.quoted(name) + " has a second name");
        }
        return name;
    }

    /** Some readers take this name instead, if its checksum is that of the usual one. */
    private static boolean isOtherName(ByteBuffer field, byte[] rawName) {
        if (field.remaining() < 5) {
            return true;
        }
        CRC32 crc = new CRC32();
        crc.update(rawName);
        byte[] other = new byte[field.remaining() - 5];
        field.get(5, other);
        return field.getInt(1) != (int) crc.getValue() || !Arrays.equals(other, rawName);
    }

    private void checkFlags(byte[] header, String name) {
        int flags = LittleEndian.shortAt(header, 8);
        int method = LittleEndian.shortAt(header, 10);
        if ((flags & ENCRYPTED) != 0 || method == ENCRYPTED_METHOD) {
            throw origin.refused(
                    ErrorCode.PACKAGE_TRAILING,
                    "the entry " + Origin.quoted(name) + " is encrypted",
                    "make the archive without a password");
        }
        if ((flags & PATCHED) != 0 || (method != ZipMember.STORED && method != ZipMember.DEFLATED)) {
            throw origin.refused(
                    ErrorCode.PACKAGE_ARCHIVE,
                    "the entry " + Origin.quoted(name) + " is packed by method " + method,
                    "store or deflate the files");
        }
        if (LittleEndian.shortAt(header, 34) != 0) {
            throw broken("the entry " + Origin.quoted(name) + " lies in another part of the archive");
        }
    }

    private void checkKind(byte[] header, byte[] extra, String name, boolean isFolder) {
        int kind = LittleEndian.shortAt(header, 40) & KIND;
        boolean isReparsePoint = kind == 0 && (LittleEndian.shortAt(header, 38) & REPARSE_POINT) != 0;
        ByteBuffer unix = find(extra, ZipExtra.PKWARE_UNIX, name);
        if (kind == LINK || isReparsePoint || (unix != null && unix.remaining() > 12)) {
            throw origin.refused(
                    ErrorCode.PACKAGE_LINK,
                    "the entry " + Origin.quoted(name) + " is a link",
                    "put a copy of the file in its place");
        }
        if (kind != 0 && kind != FOLDER && kind != REGULAR) {
            throw origin.refused(
                    ErrorCode.PACKAGE_DEVICE,
                    "the entry " + Origin.quoted(name) + " is neither file nor folder",
                    "remove it");
        }
        if (kind != 0 && isFolder != (kind == FOLDER)) {
            throw broken("the entry " + Origin.quoted(name) + " is a file by its name or its attributes, not by both");
        }
    }

    /** Returns size, packed size and offset. What does not fit 32 bits stands in an extra field, in this order. */
    private long[] sizes(byte[] header, byte[] extra, String name) {
        long[] values = {
            LittleEndian.unsignedIntAt(header, 24),
            LittleEndian.unsignedIntAt(header, 20),
            LittleEndian.unsignedIntAt(header, 42)
        };
        ByteBuffer large = find(extra, ZipExtra.ZIP64, name);
        for (int i = 0; large != null && i < values.length; i++) {
            if (values[i] == MAX_32) {
                values[i] = large.remaining() < Long.BYTES ? -1 : large.getLong();
            }
            if (values[i] < 0) {
                throw broken("the zip64 field of the entry " + Origin.quoted(name) + " has impossible numbers");
            }
        }
        return values;
    }

    private void checkSizes(ZipMember member) {
        boolean isEmpty = member.size() == 0 && (member.packed() == 0 || member.method() == ZipMember.DEFLATED);
        if (member.isFolder() && !(isEmpty && member.packed() <= 2 && member.crc() == 0)) {
            throw broken("the folder " + Origin.quoted(member.name()) + " has content");
        }
        if (member.method() == ZipMember.STORED && member.packed() != member.size()) {
            throw origin.refused(
                    ErrorCode.PACKAGE_SIZE,
                    "the entry " + Origin.quoted(member.name()) + " has " + member.packed()
                            + " bytes and is said to have " + member.size());
        }
    }

    private @Nullable ByteBuffer find(byte[] extra, int id, String name) {
        try {
            return ZipExtra.find(extra, id);
        } catch (IllegalArgumentException e) {
            throw origin.refused(
                    ErrorCode.PACKAGE_ARCHIVE,
                    "in the header of the entry " + Origin.quoted(name) + ", " + e.getMessage(),
                    e);
        }
    }

    private static byte[] exactly(InputStream in, int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the directory is cut short");
        }
        return bytes;
    }

    private InvalidInputException broken(String why) {
        return origin.refused(ErrorCode.PACKAGE_ARCHIVE, why);
    }
}
