package io.maas;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.internal.bundle.ManifestCodec;
import io.maas.internal.store.MemoryStore;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.Manifest.FileEntry;
import io.maas.model.Manifest.Role;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.testkit.ForwardingStore;
import io.maas.testkit.ScriptedBackend;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Large files are stored while they are checked, so that they are read once; what is refused leaves nothing all the same. */
class LargeFilesTest {
    private static final int LARGE = (9 << 20) + 12_345;

    @TempDir
    Path folder;

    private final MemoryStore memory = new MemoryStore();
    private final Map<String, Integer> opened = new ConcurrentHashMap<>();
    private Platforms platforms;
    private Maas maas;

    @BeforeEach
    void open() {
        ForwardingStore counting = new ForwardingStore(memory) {
            @Override
            public boolean createIfAbsent(String key, Source content) {
                if (content.length() >= LARGE) {
                    opened.merge(key, 1, Integer::sum);
                }
                return super.createIfAbsent(key, content);
            }
        };
        platforms = new Platforms(folder.resolve("platform"), counting);
        maas = platforms.open();
    }

    @AfterEach
    void close() {
        maas.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(Thread::isAlive)
                .extracting(Thread::getName)
                .doesNotContain("maas-sha256");
    }

    private static byte[] noise() {
        byte[] bytes = new byte[LARGE];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    private Path packaged(byte[] large) {
        Path written = folder.resolve("package");
        Packages.writeDirectory(
                PackageSource.builder(Manifest.builder("digits", ScriptedBackend.FORMAT)
                                .build())
                        .file("model.scripted", Role.WEIGHTS, "scale 3".getBytes(StandardCharsets.UTF_8))
                        .file("large.bin", Role.WEIGHTS, large)
                        .build(),
                written);
        return written;
    }

    /** What whoever packages by hand writes. */
    private static byte[] manifest(Path written, String... paths) throws IOException {
        List<FileEntry> entries = new ArrayList<>();
        for (String path : paths) {
            byte[] bytes = Files.readAllBytes(written.resolve(path));
            entries.add(new FileEntry(path, Role.WEIGHTS, bytes.length, Digest.of(bytes)));
        }
        return new ManifestCodec()
                .write(Manifest.builder("digits", ScriptedBackend.FORMAT)
                        .files(entries)
                        .build());
    }

    private void leavesNothing() {
        assertThat(memory.list("default/blobs/", "", 10)).isEmpty();
        assertThat(maas.repository().head()).isEqualTo(-1);
    }

    @Test
    void aLargeFileComesBackAsItWas() throws IOException {
        byte[] large = noise();
        Path source = packaged(large);
        ModelVersion version = maas.repository().register(PackageSource.directory(source));
        maas.repository().exportDirectory(version, folder.resolve("back"));
        assertThat(Files.readAllBytes(folder.resolve("back/large.bin"))).isEqualTo(large);
        assertThat(opened).hasSize(1).containsValue(1);
        // known content is checked, and not stored again
        Path zip = folder.resolve("package.zip");
        maas.repository().exportZip(version, zip);
        assertThat(maas.repository().register(PackageSource.zip(zip))).isEqualTo(version);
        assertThat(opened).hasSize(1);
    }

    @Test
    void aLargeFileThatWasChangedIsRefused() throws IOException {
        byte[] large = noise();
        Path source = packaged(large);
        large[LARGE - 1] ^= 1;
        Files.write(source.resolve("large.bin"), large);
        assertRefused(ErrorCode.PACKAGE_DIGEST, () -> maas.repository().register(PackageSource.directory(source)))
                .hasMessageContaining("large.bin");
        leavesNothing();
    }

    @Test
    void codeAtTheEndOfALargeFileIsRefused() throws IOException {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(archive)) {
            zip.putNextEntry(new ZipEntry("evil/Run.class"));
            zip.write(new byte[10]);
        }
        byte[] large = noise();
        System.arraycopy(archive.toByteArray(), 0, large, LARGE - archive.size(), archive.size());
        Path written = folder.resolve("package");
        Files.createDirectory(written);
        Files.write(written.resolve("large.bin"), large);
        Files.writeString(written.resolve("model.scripted"), "scale 1");
        Files.write(written.resolve("maas.json"), manifest(written, "large.bin", "model.scripted"));
        assertRefused(ErrorCode.PACKAGE_CODE, () -> maas.repository().register(PackageSource.directory(written)))
                .hasMessageContaining("Run.class");
        leavesNothing();
    }

    /** Headers that overlap, each with a name of 64 KiB: reading all names would be reading the file 8,000 times. */
    @Test
    @Timeout(20)
    void aFileOfNothingButHeadersIsReadInNoTime() {
        byte[] header = {0x50, 0x4b, 0x01, 0x02, (byte) 0xff, (byte) 0xff, 0x61, 0x61};
        byte[] hostile = new byte[4 << 20];
        for (int i = 0; i < hostile.length; i++) {
            hostile[i] = header[i % header.length];
        }
        assertThat(maas.repository()
                        .register(PackageSource.directory(packaged(hostile)))
                        .version())
                .isEqualTo("1");
    }

    @Test
    void anInterruptedRegistrationLeavesNothing() {
        Path source = packaged(noise());
        Thread.currentThread().interrupt();
        try {
            assertThat(catchThrowable(() -> maas.repository().register(PackageSource.directory(source))))
                    .satisfiesAnyOf(
                            error -> assertThat(error).isNull(),
                            error -> assertThat(error).isInstanceOf(MaasException.class));
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
