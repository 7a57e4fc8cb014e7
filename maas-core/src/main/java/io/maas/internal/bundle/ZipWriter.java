package io.maas.internal.bundle;

import io.maas.spi.ObjectStore.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Writes a zip archive whose bytes depend on the names and contents alone. {@link java.util.zip.ZipOutputStream} does not
 * promise that: its flags differ between releases, and what it deflates differs with the zlib of the system. So files
 * are stored; weights hardly shrink anyway, and a stored member can be read at once. Not thread-safe.
 */
public final class ZipWriter {
    private static final int VERSION = 20;
    private static final int VERSION_64 = 45;
    private static final int UTF8 = 1 << 11;
    /** The first day that the format can tell: 1 January 1980. */
    private static final int DATE = 1 << 5 | 1;
    /** A regular file that everybody may read, made on Unix. */
    private static final int MADE_ON_UNIX = 3 << 8;

    private static final int ATTRIBUTES = 0100644 << 16;
    private static final long MAX_32 = 0xffffffffL;
    private static final int MAX_16 = 0xffff;
    private static final int BUFFER = 64 << 10;

    /** Where the checksum stands in a local header. */
    private static final int CRC_AT = 14;

    private final OutputStream out;
    private final @Nullable FileChannel file;
    private final List<Entry> entries = new ArrayList<>();
    private long position;

    ZipWriter(OutputStream out) {
        this.out = out;
        this.file = null;
    }

    /** Writes to a file that is empty, and reads each content once only: the checksum is filled in afterwards. */
    public ZipWriter(FileChannel file) {
        this.out = Channels.newOutputStream(file);
        this.file = file;
    }

    private record Entry(String name, long crc, long size, long offset) {
        byte[] rawName() {
            return name.getBytes(StandardCharsets.UTF_8);
        }

        boolean isLarge() {
            return size >= MAX_32;
        }
    }

    /**
     * Adds a member. In a stream its content is read twice, since the checksum stands before it. In a file nothing is left
     * of a member that could not be added.
     */
    public void add(String name, Source content) throws IOException {
        if (file != null) {
            addOnce(file, name, content);
            return;
        }
        CRC32 crc = new CRC32();
        copy(content, (buffer, count) -> crc.update(buffer, 0, count));
        Entry entry = new Entry(name, crc.getValue(), content.length(), position);
        entries.add(entry);
        localHeader(entry);
        copy(content, (buffer, count) -> out.write(buffer, 0, count));
        position += entry.size();
    }

    private void addOnce(FileChannel channel, String name, Source content) throws IOException {
        long start = position;
        boolean added = false;
        try {
            localHeader(new Entry(name, 0, content.length(), start));
            long contentAt = position;
            CRC32 crc = new CRC32();
            copy(content, (buffer, count) -> {
                crc.update(buffer, 0, count);
                out.write(buffer, 0, count);
                position += count;
            });
            if (position - contentAt != content.length()) {
                throw new IOException("the content of " + name + " has " + (position - contentAt) + " bytes, not "
                        + content.length());
            }
            ByteBuffer filledIn = buffer(4).putInt((int) crc.getValue()).flip();
            while (filledIn.hasRemaining()) {
                channel.write(filledIn, start + CRC_AT + filledIn.position());
            }
            entries.add(new Entry(name, crc.getValue(), content.length(), start));
            added = true;
        } finally {
            if (!added) {
                position = start;
                channel.truncate(start);
            }
        }
    }

    private interface Sink {
        void accept(byte[] buffer, int count) throws IOException;
    }

    private static void copy(Source content, Sink sink) throws IOException {
        try (InputStream in = content.open()) {
            byte[] buffer = new byte[BUFFER];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                sink.accept(buffer, count);
            }
        }
    }

    private void localHeader(Entry entry) throws IOException {
        byte[] name = entry.rawName();
        ByteBuffer header = buffer(30 + name.length + 20);
        header.putInt(0x04034b50);
        common(header, entry, entry.isLarge());
        header.putShort((short) name.length)
                .putShort((short) (entry.isLarge() ? 20 : 0))
                .put(name);
        if (entry.isLarge()) {
            header.putShort((short) ZipExtra.ZIP64)
                    .putShort((short) 16)
                    .putLong(entry.size())
                    .putLong(entry.size());
        }
        write(header);
    }

    /** The fields that both headers have, in the same order. */
    private static void common(ByteBuffer header, Entry entry, boolean isLarge) {
        int size = (int) (entry.isLarge() ? MAX_32 : entry.size());
        header.putShort((short) (isLarge ? VERSION_64 : VERSION)).putShort((short) UTF8);
        header.putShort((short) ZipMember.STORED).putShort((short) 0).putShort((short) DATE);
        header.putInt((int) entry.crc()).putInt(size).putInt(size);
    }

    /** Writes the directory and the end. */
    public void finish() throws IOException {
        long start = position;
        for (Entry entry : entries) {
            centralHeader(entry);
        }
        long size = position - start;
        boolean isLarge = entries.size() >= MAX_16 || start >= MAX_32 || size >= MAX_32;
        if (isLarge) {
            largeEnd(start, size);
        }
        ByteBuffer end = buffer(ZipEnd.SIZE);
        short count = (short) (isLarge ? MAX_16 : entries.size());
        end.putInt(ZipEnd.SIGNATURE).putInt(0).putShort(count).putShort(count);
        end.putInt((int) (isLarge ? MAX_32 : size)).putInt((int) (isLarge ? MAX_32 : start));
        end.putShort((short) 0);
        write(end);
    }

    private void centralHeader(Entry entry) throws IOException {
        byte[] name = entry.rawName();
        boolean isFar = entry.offset() >= MAX_32;
        int extra = (entry.isLarge() ? 16 : 0) + (isFar ? 8 : 0);
        ByteBuffer header = buffer(46 + name.length + 4 + extra);
        header.putInt(0x02014b50);
        header.putShort((short) (MADE_ON_UNIX | (extra > 0 ? VERSION_64 : VERSION)));
        common(header, entry, extra > 0);
        header.putShort((short) name.length).putShort((short) (extra > 0 ? 4 + extra : 0));
        header.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(ATTRIBUTES);
        header.putInt((int) (isFar ? MAX_32 : entry.offset())).put(name);
        if (extra > 0) {
            header.putShort((short) ZipExtra.ZIP64).putShort((short) extra);
        }
        if (entry.isLarge()) {
            header.putLong(entry.size()).putLong(entry.size());
        }
        if (isFar) {
            header.putLong(entry.offset());
        }
        write(header);
    }

    private void largeEnd(long start, long size) throws IOException {
        long at = position;
        ByteBuffer end = buffer(ZipEnd.SIZE_64 + ZipEnd.LOCATOR_SIZE);
        end.putInt(ZipEnd.SIGNATURE_64).putLong(ZipEnd.SIZE_64 - 12);
        end.putShort((short) (MADE_ON_UNIX | VERSION_64)).putShort((short) VERSION_64);
        end.putInt(0).putInt(0).putLong(entries.size()).putLong(entries.size());
        end.putLong(size).putLong(start);
        end.putInt(ZipEnd.LOCATOR_SIGNATURE).putInt(0).putLong(at).putInt(1);
        write(end);
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void write(ByteBuffer bytes) throws IOException {
        byte[] written = new byte[bytes.flip().remaining()];
        bytes.get(written);
        out.write(written);
        position += written.length;
    }
}
