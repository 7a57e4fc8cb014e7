package io.maas.internal.bundle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Builds zip archives field by field, so that each field can lie. */
final class HostileZip {
    private final List<Entry> entries = new ArrayList<>();
    private byte[] prefix = {};
    private byte[] gap = {};
    private byte[] suffix = {};
    private byte[] comment = {};
    private int claimedEntries = -1;
    private int disk;
    private boolean hasLargeEnd;
    private Consumer<ByteBuffer> end = bytes -> {};
    private Consumer<ByteBuffer> largeEnd = bytes -> {};

    /** One entry; what it does not change is as it should be. */
    static final class Entry {
        byte[] name;
        byte[] localName;
        byte[] packed;
        byte[] centralExtra = {};
        byte[] localExtra = {};
        int flags = 1 << 11;
        int localFlags;
        int method;
        int localMethod;
        int kind;
        int attributes;
        int startDisk;
        long crc;
        long size;
        long localCrc;
        long localSize;
        long localPacked;
        long centralPacked;
        byte[] descriptor = {};
        long offset = -1;

        private Entry(String name, byte[] content, boolean isDeflated) {
            this.name = name.getBytes(StandardCharsets.UTF_8);
            this.localName = this.name;
            this.packed = isDeflated ? deflated(content) : content;
            this.method = isDeflated ? 8 : 0;
            this.localMethod = method;
            this.localFlags = flags;
            this.crc = crcOf(content);
            this.size = content.length;
            this.localCrc = crc;
            this.localSize = size;
            this.localPacked = packed.length;
            this.centralPacked = packed.length;
        }

        Entry flags(int value) {
            flags = value;
            localFlags = value;
            return this;
        }

        Entry method(int value) {
            method = value;
            localMethod = value;
            return this;
        }

        Entry size(long value) {
            size = value;
            localSize = value;
            return this;
        }

        Entry crc(long value) {
            crc = value;
            localCrc = value;
            return this;
        }

        /** Says sizes and checksum behind the content only. */
        Entry descriptor(boolean isSigned, boolean isLarge) {
            flags(flags | (1 << 3));
            ByteBuffer bytes = buffer(4 + 4 + 16);
            if (isSigned) {
                bytes.putInt(0x08074b50);
            }
            bytes.putInt((int) crc);
            if (isLarge) {
                bytes.putLong(packed.length).putLong(size);
            } else {
                bytes.putInt(packed.length).putInt((int) size);
            }
            descriptor = written(bytes);
            localCrc = 0;
            localSize = 0;
            localPacked = 0;
            return this;
        }

        /** Says the sizes in extra fields, as archives of large files do. */
        Entry large() {
            centralExtra = extra(1, longs(size, packed.length));
            localExtra = centralExtra;
            size = 0xffffffffL;
            localSize = size;
            localPacked = size;
            centralPacked = size;
            return this;
        }
    }

    static byte[] extra(int id, byte[] data) {
        return written(buffer(4 + data.length)
                .putShort((short) id)
                .putShort((short) data.length)
                .put(data));
    }

    static byte[] longs(long... values) {
        ByteBuffer bytes = buffer(8 * values.length);
        for (long value : values) {
            bytes.putLong(value);
        }
        return whole(bytes);
    }

    Entry stored(String name, byte[] content) {
        return add(new Entry(name, content, false));
    }

    Entry deflated(String name, byte[] content) {
        return add(new Entry(name, content, true));
    }

    Entry folder(String name) {
        return stored(name + "/", new byte[0]);
    }

    private Entry add(Entry entry) {
        entries.add(entry);
        return entry;
    }

    HostileZip prefix(byte[] bytes) {
        prefix = bytes;
        return this;
    }

    HostileZip gap(byte[] bytes) {
        gap = bytes;
        return this;
    }

    HostileZip suffix(byte[] bytes) {
        suffix = bytes;
        return this;
    }

    HostileZip comment(byte[] bytes) {
        comment = bytes;
        return this;
    }

    HostileZip claim(int count) {
        claimedEntries = count;
        return this;
    }

    HostileZip disk(int number) {
        disk = number;
        return this;
    }

    HostileZip largeEnd() {
        hasLargeEnd = true;
        return this;
    }

    HostileZip largeEnd(Consumer<ByteBuffer> change) {
        largeEnd = change;
        return largeEnd();
    }

    HostileZip end(Consumer<ByteBuffer> change) {
        end = change;
        return this;
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(prefix);
        long[] offsets = new long[entries.size()];
        for (int i = 0; i < offsets.length; i++) {
            Entry entry = entries.get(i);
            offsets[i] = entry.offset >= 0 ? entry.offset : out.size() - prefix.length;
            if (entry.offset < 0) {
                local(entry, out);
            }
            out.writeBytes(i == 0 ? gap : new byte[0]);
        }
        int start = out.size() - prefix.length;
        for (int i = 0; i < offsets.length; i++) {
            central(entries.get(i), offsets[i], out);
        }
        end(start, out.size() - prefix.length - start, out);
        out.writeBytes(suffix);
        return out.toByteArray();
    }

    Path write(Path file) {
        try {
            return Files.write(file, bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void local(Entry entry, ByteArrayOutputStream out) {
        ByteBuffer header = buffer(30);
        header.putInt(0x04034b50).putShort((short) 20).putShort((short) entry.localFlags);
        header.putShort((short) entry.localMethod).putInt(0x00210000);
        header.putInt((int) entry.localCrc).putInt((int) entry.localPacked).putInt((int) entry.localSize);
        header.putShort((short) entry.localName.length).putShort((short) entry.localExtra.length);
        out.writeBytes(whole(header));
        out.writeBytes(entry.localName);
        out.writeBytes(entry.localExtra);
        out.writeBytes(entry.packed);
        out.writeBytes(entry.descriptor);
    }

    private static void central(Entry entry, long offset, ByteArrayOutputStream out) {
        ByteBuffer header = buffer(46);
        header.putInt(0x02014b50).putShort((short) ((3 << 8) | 20)).putShort((short) 20);
        header.putShort((short) entry.flags).putShort((short) entry.method).putInt(0x00210000);
        header.putInt((int) entry.crc).putInt((int) entry.centralPacked).putInt((int) entry.size);
        header.putShort((short) entry.name.length).putShort((short) entry.centralExtra.length);
        header.putShort((short) 0).putShort((short) entry.startDisk).putShort((short) 0);
        header.putInt((entry.kind << 16) | entry.attributes).putInt((int) offset);
        out.writeBytes(whole(header));
        out.writeBytes(entry.name);
        out.writeBytes(entry.centralExtra);
    }

    private void end(int start, int size, ByteArrayOutputStream out) {
        int count = claimedEntries >= 0 ? claimedEntries : entries.size();
        if (hasLargeEnd) {
            ByteBuffer large = buffer(76);
            large.putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45);
            large.putInt(0)
                    .putInt(0)
                    .putLong(count)
                    .putLong(count)
                    .putLong(size)
                    .putLong(start);
            large.putInt(0x07064b50).putInt(0).putLong(start + size).putInt(1);
            largeEnd.accept(large);
            out.writeBytes(whole(large));
        }
        ByteBuffer small = buffer(22);
        small.putInt(0x06054b50).putShort((short) disk).putShort((short) 0);
        small.putShort((short) (hasLargeEnd ? 0xffff : count)).putShort((short) (hasLargeEnd ? 0xffff : count));
        small.putInt(hasLargeEnd ? -1 : size).putInt(hasLargeEnd ? -1 : start);
        small.putShort((short) comment.length);
        end.accept(small);
        out.writeBytes(whole(small));
        out.writeBytes(comment);
    }

    static byte[] deflated(byte[] content) {
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(content);
        deflater.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[64 << 10];
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return out.toByteArray();
    }

    static long crcOf(byte[] content) {
        CRC32 crc = new CRC32();
        crc.update(content);
        return crc.getValue();
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] whole(ByteBuffer bytes) {
        return written(bytes.position(bytes.capacity()));
    }

    private static byte[] written(ByteBuffer bytes) {
        byte[] all = new byte[bytes.flip().remaining()];
        bytes.get(all);
        return all;
    }
}
