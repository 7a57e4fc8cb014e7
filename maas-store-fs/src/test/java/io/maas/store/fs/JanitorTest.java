package io.maas.store.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.Maas;
import io.maas.error.DeniedException;
import io.maas.repository.SweepOptions;
import io.maas.repository.SweepReport;
import io.maas.spi.ObjectStore;
import io.maas.store.fs.FaultyDisk.Call;
import io.maas.testkit.Contents;
import io.maas.testkit.ScriptedBackend;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JanitorTest {
    private static final Duration DAY = Duration.ofHours(24);

    @TempDir
    private Path folder;

    private final FaultyDisk disk = new FaultyDisk();

    @SuppressWarnings("NullAway.Init") // set before each test
    private FileStore store;

    @BeforeEach
    void open() {
        store = opening().toWrite();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Opening opening() {
        return new Opening(
                StoreAddress.parse(URI.create("file://" + folder.toUri().getRawPath())), disk, Clock.systemUTC());
    }

    private Path temporary(String name, Duration age) throws IOException {
        Path file = Files.createFile(folder.resolve(".tmp/.tmp-" + name));
        return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
    }

    private static Instant aDayAgo() {
        return Instant.now().minus(DAY);
    }

    @Test
    void removesWhatIsOldAndNothingElse() throws IOException {
        Path old = temporary("old", DAY.plusMinutes(1));
        Path young = temporary("young", DAY.minusMinutes(1));
        Path other = Files.createFile(folder.resolve(".tmp/somebody-elses"));
        Files.setLastModifiedTime(other, FileTime.from(Instant.EPOCH));
        store.createIfAbsent("blobs/x", Contents.of("x"));
        Files.setLastModifiedTime(folder.resolve("blobs/x"), FileTime.from(Instant.EPOCH));

        assertThat(store.leftovers(aDayAgo())).containsExactly(".tmp/.tmp-old");
        assertThat(old).exists();
        assertThat(store.removeLeftovers(aDayAgo())).containsExactly(".tmp/.tmp-old");

        assertThat(old).doesNotExist();
        assertThat(young).exists();
        assertThat(other).exists();
        assertThat(store.get("blobs/x")).isPresent();
    }

    @Test
    void takesNothingFromAWriterThatIsAlive() {
        store.createIfAbsent("large", Contents.halfway(Contents.random(100_000, 1), () -> {
            assertThat(store.leftovers(aDayAgo())).isEmpty();
            assertThat(store.removeLeftovers(aDayAgo())).isEmpty();
        }));
        assertThat(store.get("large")).contains(Contents.random(100_000, 1));
    }

    @Test
    void aWriterThatStoodStillForTooLongFailsAndHasWrittenNothing() {
        assertThatThrownBy(() -> store.createIfAbsent(
                        "large",
                        Contents.halfway(
                                Contents.random(100_000, 1),
                                () -> assertThat(store.removeLeftovers(
                                                Instant.now().plus(DAY)))
                                        .hasSize(1))))
                .hasMessageContaining("large");
        assertThat(store.get("large")).isEmpty();
        assertThat(store.createIfAbsent("large", Contents.of("again"))).isTrue();
    }

    @Test
    void leavesTheWorkToWhoeverHasTheLock() throws IOException {
        temporary("old", DAY.multipliedBy(2));
        try (FileChannel channel = FileChannel.open(
                        folder.resolve(".tmp/janitor.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var elected = channel.lock()) {
            assertThat(elected.isValid()).isTrue();
            assertThat(store.removeLeftovers(aDayAgo())).isEmpty();
            assertThat(store.leftovers(aDayAgo())).hasSize(1);
        }
        assertThat(store.removeLeftovers(aDayAgo())).hasSize(1);
    }

    @Test
    void whatCannotBeRemovedStaysAndIsStillFound() throws IOException {
        temporary("one", DAY.multipliedBy(2));
        temporary("two", DAY.multipliedBy(2));
        disk.fail(Call.DELETE, "Input/output error");
        assertThat(store.removeLeftovers(aDayAgo())).isEmpty();
        disk.heal();
        assertThat(store.leftovers(aDayAgo())).hasSize(2);
        assertThat(store.removeLeftovers(aDayAgo())).hasSize(2);
    }

    @Test
    void whoOnlyReadsFindsAndRemovesNot() throws IOException {
        temporary("old", DAY.multipliedBy(2));
        try (ObjectStore reader = opening().toRead()) {
            assertThat(reader.leftovers(aDayAgo())).hasSize(1);
            assertThatThrownBy(() -> reader.removeLeftovers(aDayAgo())).isInstanceOf(DeniedException.class);
        }
    }

    @Test
    void isCalledByThePlatform(@TempDir Path cache) throws IOException {
        try (Maas maas = Maas.builder()
                .store(store)
                .backend(new ScriptedBackend())
                .pollInterval(Duration.ZERO)
                .cache(cache)
                .open()) {
            temporary("old", Duration.ofHours(2));
            SweepOptions sweep = SweepOptions.defaults();
            assertThat(maas.repository().maintenance().sweep(sweep).removed()).isEmpty();
            SweepReport report = maas.repository().maintenance().sweep(sweep.olderThan(Duration.ofHours(1)));
            assertThat(report.removed()).containsExactly(".tmp/.tmp-old");
            assertThat(report.left()).isEmpty();
        }
    }
}
