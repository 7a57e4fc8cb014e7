package io.maas.internal.log;

import io.maas.error.MaasException;
import io.maas.model.Digest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.function.Supplier;

/** Content that cannot be read to its end unless it has the length and the digest that it should. */
public final class CheckedStream extends FilterInputStream {
    private final MessageDigest sha = Digest.sha256();
    private final Digest digest;
    private final Supplier<MaasException> corrupt;
    private long left;

    /**
     * Checks what {@code content} gives.
     *
     * @param corrupt what to throw if it is not what it should be
     */
    public CheckedStream(InputStream content, long length, Digest digest, Supplier<MaasException> corrupt) {
        super(content);
        this.left = length;
        this.digest = digest;
        this.corrupt = corrupt;
        if (length == 0) {
            check();
        }
    }

    private void check() {
        if (left < 0 || !Digest.ofBytes(sha.digest()).equals(digest)) {
            throw corrupt.get();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int count = super.read(buffer, offset, length);
        if (count < 0 && left > 0) {
            throw corrupt.get();
        } else if (count > 0) {
            sha.update(buffer, offset, count);
            left -= count;
            if (left <= 0) {
                check(); // before the last byte is handed over
            }
        }
        return count;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
