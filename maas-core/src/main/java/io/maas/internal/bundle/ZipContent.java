package io.maas.internal.bundle;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.spi.ObjectStore.Source;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * The content of a member of an archive, read from the archive each time. It is exactly as long as the directory says or
 * reading fails, so nothing that was checked by its size can grow.
 *
 * @param channel the archive
 * @param member the member
 * @param start where its content begins
 * @param origin the package
 */
record ZipContent(FileChannel channel, ZipMember member, long start, Origin origin) implements Source {
    private static final int BUFFER = 64 << 10;

    @Override
    public long length() {
        return member.size();
    }

    @Override
    public InputStream open() {
        ChannelStream packed = new ChannelStream(channel, start, start + member.packed());
        InputStream content = member.method() == ZipMember.STORED ? packed : new Inflated(packed);
        return new Checked(content, this);
    }

    /** Frees the native memory of its inflater when closed, which the superclass does only for one of its own. */
    private static final class Inflated extends InflaterInputStream {
        private final ChannelStream packed;

        Inflated(ChannelStream packed) {
            super(packed, new Inflater(true), BUFFER);
            this.packed = packed;
        }

        boolean isLeftOver() {
            return inf.getRemaining() > 0 || packed.left() > 0;
        }

        @Override
        public void close() throws IOException {
            inf.end();
            super.close();
        }
    }

    private static final class Checked extends FilterInputStream {
        private final ZipContent expected;
        private final CRC32 crc = new CRC32();
        private long count;

        Checked(InputStream in, ZipContent expected) {
            super(in);
            this.expected = expected;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read;
            try {
                read = in.read(buffer, offset, length);
            } catch (ZipException | EOFException e) {
                throw refused(ErrorCode.PACKAGE_ARCHIVE, "cannot be unpacked", e);
            }
            if (read > 0) {
                crc.update(buffer, offset, read);
                count += read;
            }
            if (count > expected.length() || (read < 0 && count < expected.length())) {
                throw refused(
                        ErrorCode.PACKAGE_SIZE, "has not the " + expected.length() + " bytes that the archive says");
            }
            if (read < 0) {
                checkEnd();
            }
            return read;
        }

        private void checkEnd() {
            if (in instanceof Inflated inflated && inflated.isLeftOver()) {
                throw refused(ErrorCode.PACKAGE_ARCHIVE, "has data behind its end");
            }
            if (crc.getValue() != expected.member().crc()) {
                throw refused(ErrorCode.PACKAGE_CRC, "has another checksum than the archive says");
            }
        }

        @Override
        public long skip(long wanted) throws IOException {
            byte[] buffer = new byte[(int) Math.min(Math.max(wanted, 0), BUFFER)];
            return buffer.length == 0 ? 0 : Math.max(0, read(buffer, 0, buffer.length));
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        private InvalidInputException refused(ErrorCode code, String why) {
            return expected.origin().refused(code, shown(why));
        }

        private InvalidInputException refused(ErrorCode code, String why, IOException cause) {
            return expected.origin().refused(code, shown(why), cause);
        }

        private String shown(String why) {
            return "the entry " + Origin.quoted(expected.member().name()) + " " + why;
        }
    }
}
