package io.maas.http.internal.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What killed processes leave in the temporary folder goes, and nothing else does. */
class ScratchTest {
    private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

    @TempDir
    private Path where;

    private Path folder(String name, Duration age, Duration ageOfFile) throws IOException {
        Path folder = Files.createDirectory(where.resolve(name));
        Path file = Files.writeString(folder.resolve("upload"), "some");
        Files.setLastModifiedTime(file, FileTime.from(NOW.minus(ageOfFile)));
        Files.setLastModifiedTime(folder, FileTime.from(NOW.minus(age)));
        return folder;
    }

    @BeforeEach
    void somethingElseIsThere() throws IOException {
        folder("others", Duration.ofDays(100), Duration.ofDays(100));
        Path elsewhere = Files.createDirectory(where.resolve("elsewhere"));
        Files.createSymbolicLink(where.resolve("maas-upload-link"), elsewhere);
    }

    private void sweep() throws IOException {
        Scratch.sweep(where, Files.getOwner(where), NOW);
        assertThat(where.resolve("others")).isNotEmptyDirectory();
        assertThat(where.resolve("elsewhere")).isDirectory();
    }

    @Test
    void whatIsOldIsRemoved() throws IOException {
        Path upload = folder("maas-upload1", Duration.ofHours(25), Duration.ofHours(25));
        Path bundle = folder("maas-bundle2", Duration.ofDays(9), Duration.ofDays(9));
        sweep();
        assertThat(upload).doesNotExist();
        assertThat(bundle).doesNotExist();
    }

    @Test
    void whatSomebodyMayStillWriteStays() throws IOException {
        Path recent = folder("maas-upload1", Duration.ofHours(23), Duration.ofHours(23));
        Path growing = folder("maas-upload2", Duration.ofHours(30), Duration.ofMinutes(1));
        sweep();
        assertThat(recent).isNotEmptyDirectory();
        assertThat(growing).isNotEmptyDirectory();
    }
}
