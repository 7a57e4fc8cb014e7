package io.maas.internal.bundle;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Digest;
import io.maas.spi.ObjectStore.Source;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;

/** The kinds of content that bundles are made of. */
final class Sources {
    private Sources() {}

    /** Bytes that nobody changes. */
    record InMemory(byte[] data) implements Source {
        @Override
        public long length() {
            return data.length;
        }

        @Override
        public InputStream open() {
            return new ByteArrayInputStream(data);
        }
    }

    /** A file, as long as it was when the package was read. */
    record InFile(Path path, long length, List<OpenOption> options) implements Source {
        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(path, options.toArray(OpenOption[]::new));
        }
    }

    /**
     * Content that was checked, for readers that come later. A file may change between the check and the use, so the
     * check is done again while reading, and fails before the last byte is handed out: a reader that got all bytes got
     * the right ones.
     */
    record Verified(Source content, Digest digest, Origin origin, String path) implements Source {
        @Override
        public long length() {
            return content.length();
        }

        @Override
        public InputStream open() throws IOException {
            return new VerifyingStream(content.open(), this);
        }
    }

    private static final class VerifyingStream extends FilterInputStream {
        private final Verified expected;
        private final MessageDigest sha = Digest.sha256();
        private long left;

        VerifyingStream(InputStream in, Verified expected) {
            super(in);
            this.expected = expected;
            this.left = expected.length();
            checkIfComplete();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int count = in.read(buffer, offset, length);
            if (count > left || (count < 0 && left > 0)) {
                throw changed();
            }
            if (count > 0) {
                sha.update(buffer, offset, count);
                left -= count;
                checkIfComplete();
            }
            return count;
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

        private void checkIfComplete() {
            if (left == 0 && !Digest.ofBytes(sha.digest()).equals(expected.digest())) {
                throw changed();
            }
        }

        private InvalidInputException changed() {
            return expected.origin()
                    .refused(
                            ErrorCode.PACKAGE_DIGEST,
                            "the file " + Origin.quoted(expected.path()) + " has changed since it was checked",
                            "leave the package alone while it is read, and read it again");
        }
    }
}
