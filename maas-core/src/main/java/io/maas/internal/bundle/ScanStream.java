package io.maas.internal.bundle;

import io.maas.model.Digest;
import io.maas.spi.ObjectStore.Source;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Content that is looked at while it is read. Its last bytes are handed out when all of it was found to be in order. Used by
 * one thread, which closes it.
 */
final class ScanStream extends FilterInputStream {
    /** From here on a second thread is worth its start. */
    private static final long LARGE = 8 << 20;

    private final ContentScan scan;
    private final MessageDigest sha = Digest.sha256();
    private final @Nullable ReadAhead ahead;
    private final ZipMemberNames members;
    private long left;

    /** Opens content. */
    static InputStream open(Source content, ContentScan scan) throws IOException {
        InputStream in = content.open();
        ScanStream opened = null;
        try {
            opened = new ScanStream(in, content.length(), scan);
            opened.endIfEmpty();
            return opened;
        } catch (IOException | RuntimeException | Error e) {
            (opened == null ? in : opened).close();
            throw e;
        }
    }

    private ScanStream(InputStream in, long length, ContentScan scan) {
        super(in);
        this.scan = scan;
        this.left = length;
        this.members = new ZipMemberNames(scan::checkMember);
        this.ahead = length < LARGE ? null : new ReadAhead(in);
    }

    private void endIfEmpty() throws IOException {
        if (left == 0) {
            end();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int count = ahead != null ? ahead.read(buffer, offset, length) : in.read(buffer, offset, length);
        if (count > left || (count < 0 && left > 0)) {
            throw scan.wrongLength();
        }
        if (count > 0) {
            if (ahead == null) {
                sha.update(buffer, offset, count);
            }
            members.update(buffer, offset, count);
            left -= count;
            if (left == 0) {
                end();
            }
        }
        return count;
    }

    private void end() throws IOException {
        boolean complete = ahead != null ? ahead.isAtEnd() : in.read() < 0;
        if (!complete) {
            throw scan.wrongLength();
        }
        scan.end(ahead != null ? ahead.digest() : Digest.ofBytes(sha.digest()));
    }

    @Override
    public long skip(long count) throws IOException {
        byte[] buffer = new byte[(int) Math.min(Math.max(count, 0), 8192)];
        return buffer.length == 0 ? 0 : Math.max(0, read(buffer, 0, buffer.length));
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    @Override
    public void close() throws IOException {
        if (ahead != null) {
            ahead.close();
        }
        super.close();
    }
}
