package io.maas.store.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.spi.ObjectStore;
import io.maas.testkit.Contents;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A large object goes up and down through a heap that is far smaller than it. */
@Timeout(300)
class SmallHeapTest {
    private static final long LENGTH = (256L << 20) + 12_345;

    @Test
    void anObjectOf256MiBGoesThroughAHeapOf64(@TempDir Path folder) throws Exception {
        try (FakeS3 server = new FakeS3()) {
            Path log = folder.resolve("log");
            Process child = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx64m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            SmallHeapTest.class.getName(),
                            server.address("p", "").toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            try {
                assertThat(child.waitFor(240, TimeUnit.SECONDS)).as("ended").isTrue();
            } finally {
                child.destroyForcibly();
            }
            assertThat(child.exitValue()).as(() -> read(log)).isZero();
            assertThat(server.bucket.contents())
                    .hasEntrySatisfying(
                            "p/blobs/large", bytes -> assertThat(bytes.length).isEqualTo((int) LENGTH));
            assertThat(server.count("UploadPart")).isEqualTo(1 + 33);
        }
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** The child: stores a large object, reads it back, and fails if it is another. */
    public static void main(String[] args) throws IOException {
        try (S3Store store = Stores.open(URI.create(args[0]))) {
            ObjectStore.Source source = Contents.claiming(LENGTH, Generated::new);
            if (!store.createIfAbsent("blobs/large", source)) {
                throw new IllegalStateException("not created");
            }
            try (InputStream written = source.open();
                    InputStream stored = store.open("blobs/large", 0).orElseThrow()) {
                if (crc(written) != crc(stored)) {
                    throw new IllegalStateException("it came back as another");
                }
            }
        }
    }

    private static long crc(InputStream in) throws IOException {
        CRC32 crc = new CRC32();
        byte[] buffer = new byte[64 * 1024];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            crc.update(buffer, 0, read);
        }
        return crc.getValue();
    }

    /** Bytes that do not repeat, made as they are read. */
    private static final class Generated extends InputStream {
        private final SplittableRandom random = new SplittableRandom(11);
        private long left = LENGTH;

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int count) {
            if (left == 0) {
                return -1;
            }
            int length = (int) Math.min(left, count);
            for (int i = 0; i < length; i++) {
                target[offset + i] = (byte) random.nextInt();
            }
            left -= length;
            return length;
        }
    }
}
