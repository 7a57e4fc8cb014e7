package io.maas.internal.bundle;

import static io.maas.internal.bundle.Samples.DIGITS;
import static io.maas.internal.bundle.Samples.assertRefused;
import static io.maas.internal.bundle.Samples.digest;
import static io.maas.internal.bundle.Samples.folder;
import static io.maas.internal.bundle.Samples.good;
import static io.maas.internal.bundle.Samples.goodAnd;
import static io.maas.internal.bundle.Samples.read;
import static io.maas.internal.bundle.Samples.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import io.maas.repository.PackageLimits;
import io.maas.repository.PackageSource;
import io.maas.spi.ObjectStore.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleWriterTest {
    private final BundleWriter writer = new BundleWriter();

    @TempDir
    Path temp;

    private List<String> names() {
        try (Stream<Path> files = Files.list(temp)) {
            return files.map(f -> f.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFolderIsTheSamePackage() {
        try (Bundle bundle = read(PackageSource.directory(DIGITS.resolve("v1")))) {
            Path out = temp.resolve("out");
            writer.writeDirectory(bundle, out);
            assertThat(digest(PackageSource.directory(out))).isEqualTo(bundle.digest());
            assertThat(out.resolve("maas.json")).hasSameBinaryContentAs(DIGITS.resolve("v1/maas.json"));
            assertThat(names()).containsExactly("out");
        }
    }

    @Test
    void anEmptyFolderIsFilled() throws IOException {
        Path out = Files.createDirectory(temp.resolve("out"));
        try (Bundle bundle = read(PackageSource.directory(DIGITS.resolve("v1")))) {
            writer.writeDirectory(bundle, out);
            assertThat(digest(PackageSource.directory(out))).isEqualTo(bundle.digest());
        }
    }

    @Test
    void nothingIsOverwrittenByAFolder() throws IOException {
        Path full = Files.createDirectory(temp.resolve("full"));
        Files.writeString(full.resolve("mine"), "x");
        Path file = Files.writeString(temp.resolve("file"), "x");
        try (Bundle bundle = read(PackageSource.directory(DIGITS.resolve("v1")))) {
            assertRefused(() -> writer.writeDirectory(bundle, full), ErrorCode.TARGET_EXISTS);
            assertRefused(() -> writer.writeDirectory(bundle, file), ErrorCode.TARGET_EXISTS);
        }
        assertThat(names()).containsExactlyInAnyOrder("full", "file");
        assertThat(full.resolve("mine")).hasContent("x");
    }

    @Test
    void aZipHasTheSameBytesEachTime() throws IOException {
        Map<String, byte[]> files = goodAnd("sub/caf\u00e9.txt", utf8("x"));
        Path one = temp.resolve("one.zip");
        Path two = temp.resolve("two.zip");
        try (Bundle bundle = read(folder(temp.resolve("in"), files))) {
            writer.writeZip(bundle, one);
            try (Bundle again = read(PackageSource.zip(one))) {
                assertThat(again.digest()).isEqualTo(bundle.digest());
                writer.writeZip(again, two);
            }
        }
        assertThat(one).hasSameBinaryContentAs(two);
        try (ZipFile zip = new ZipFile(one.toFile())) {
            assertThat(zip.stream().map(e -> e.getName()))
                    .containsExactly("maas.json", "model.bin", "sub/caf\u00e9.txt");
        }
        assertThat(names()).containsExactlyInAnyOrder("in", "one.zip", "two.zip");
    }

    @Test
    void aZipReplacesAFile() throws IOException {
        Path out = Files.writeString(temp.resolve("out.zip"), "old");
        try (Bundle bundle = read(PackageSource.directory(DIGITS.resolve("v2")))) {
            writer.writeZip(bundle, out);
            assertThat(digest(PackageSource.zip(out))).isEqualTo(bundle.digest());
        }
    }

    @Test
    void saysWhereItCannotWrite() {
        Path nowhere = temp.resolve("none/out");
        try (Bundle bundle = read(PackageSource.directory(DIGITS.resolve("v2")))) {
            assertRefused(() -> writer.writeZip(bundle, nowhere), ErrorCode.TARGET_UNWRITABLE);
            assertRefused(() -> writer.writeDirectory(bundle, nowhere), ErrorCode.TARGET_UNWRITABLE);
            assertRefused(() -> writer.writeZip(bundle, Path.of("/")), ErrorCode.TARGET_UNWRITABLE);
        }
    }

    @Test
    void leavesNothingBehindWhenAFileHasChanged() throws IOException {
        Path in = temp.resolve("in");
        try (Bundle bundle = read(folder(in, new HashMap<>(good())))) {
            Files.writeString(in.resolve("model.bin"), "something else");
            assertRefused(() -> writer.writeZip(bundle, temp.resolve("out.zip")), ErrorCode.PACKAGE_DIGEST);
            assertRefused(() -> writer.writeDirectory(bundle, temp.resolve("out")), ErrorCode.PACKAGE_DIGEST);
        }
        assertThat(names()).containsExactly("in");
    }

    // ---- large archives

    /** Zeros that nobody holds. */
    private record Zeros(long length) implements Source {
        @Override
        public InputStream open() {
            return new InputStream() {
                private long left = length;

                @Override
                public int read() {
                    return left-- > 0 ? 0 : -1;
                }

                @Override
                public int read(byte[] buffer, int offset, int count) {
                    int read = (int) Math.min(count, left);
                    left -= read;
                    return read == 0 ? -1 : read;
                }
            };
        }
    }

    /** Writes zeros as holes, so that five gigabytes are a few blocks on the disk. */
    private static final class SparseOutput extends OutputStream {
        private final FileChannel channel;

        SparseOutput(Path file) throws IOException {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE);
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            if (count == 64 << 10 && bytes[offset] == 0) {
                channel.position(channel.position() + count);
                return;
            }
            ByteBuffer rest = ByteBuffer.wrap(bytes, offset, count);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    @Test
    void archivesBeyondFourGigabytesAreReadByEveryone() throws IOException {
        Path file = temp.resolve("large.zip");
        try (OutputStream out = new SparseOutput(file)) {
            ZipWriter zip = new ZipWriter(out);
            zip.add("large.bin", new Zeros((4L << 30) + 5));
            zip.add("small.txt", new Sources.InMemory(utf8("small")));
            zip.finish();
        }
        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertThat(zip.getEntry("large.bin").getSize()).isEqualTo((4L << 30) + 5);
            assertThat(zip.getInputStream(zip.getEntry("small.txt"))).hasContent("small");
        }
        try (Resources resources = new Resources()) {
            Listing.Packed listing = ZipListing.list(file, new Origin("large"), PackageLimits.standard(), resources);
            assertThat(listing.files())
                    .extracting(item -> item.content().length())
                    .containsExactly((4L << 30) + 5, 5L);
            assertThat(listing.files().get(1).content().open()).hasContent("small");
        }
    }

    @Test
    void archivesOfManyEntriesAreReadByEveryone() throws IOException {
        Path file = temp.resolve("many.zip");
        try (OutputStream out = new java.io.BufferedOutputStream(Files.newOutputStream(file))) {
            ZipWriter zip = new ZipWriter(out);
            for (int i = 0; i < 66_000; i++) {
                zip.add("f" + i, new Sources.InMemory(new byte[0]));
            }
            zip.finish();
        }
        try (ZipFile zip = new ZipFile(file.toFile());
                Resources resources = new Resources()) {
            assertThat(zip.size()).isEqualTo(66_000);
            PackageLimits limits = new PackageLimits(100_000, 1L << 30, 100, 16, 255);
            assertThat(ZipListing.list(file, new Origin("many"), limits, resources)
                            .files())
                    .hasSize(66_000);
        }
    }
}
