package io.maas.store.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.spi.ObjectStore;
import io.maas.store.fs.FaultyDisk.Call;
import io.maas.testkit.Contents;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpeningTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    private Path folder;

    private final FaultyDisk disk = new FaultyDisk();
    private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);

    @Test
    void createsAMissingFolderAndForcesItsName() {
        try (ObjectStore store = opening(folder.resolve("new/store")).toWrite()) {
            assertThat(disk.calls())
                    .containsSubsequence("CREATE_FOLDER new", "FORCE_FOLDER " + folder.getFileName())
                    .containsSubsequence("CREATE_FOLDER store", "FORCE_FOLDER new");
            assertThat(store.createIfAbsent("a", Contents.of("x"))).isTrue();
        }
    }

    @Test
    void leavesNothingOfTheProbe() throws IOException {
        opening(folder).toWrite().close();

        assertThat(filesIn(folder.resolve(".tmp"))).containsExactly("janitor.lock");
    }

    @Test
    void createsNothingToRead() throws IOException {
        refuses(
                ErrorCode.STORE_UNAVAILABLE,
                () -> opening(folder.resolve("absent")).toRead());
        assertThat(folder.resolve("absent")).doesNotExist();

        try (ObjectStore store = opening(folder).toRead()) {
            assertThat(store.list("", "", 1)).isEmpty();
            assertThatThrownBy(() -> store.createIfAbsent("a", Contents.of("x")))
                    .isInstanceOfSatisfying(
                            DeniedException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.READ_ONLY));
            assertThatThrownBy(() -> store.put("a", new byte[1])).isInstanceOf(DeniedException.class);
            assertThatThrownBy(() -> store.delete("a")).isInstanceOf(DeniedException.class);
        }
        assertThat(filesIn(folder)).isEmpty();
    }

    @Test
    void refusesAPathThatIsAFile() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        refuses(ErrorCode.BAD_SETTING, () -> opening(file).toWrite());
        refuses(ErrorCode.BAD_SETTING, () -> opening(file).toRead());
        refuses(ErrorCode.BAD_SETTING, () -> opening(file.resolve("store")).toWrite());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "NFS", "unknown"})
    void refusesANetworkFilesystemUnlessAllowed(String type) {
        disk.on(new Disk.Volume(type, 1L << 40, false));

        refuses(ErrorCode.STORE_UNFIT, () -> opening(folder.resolve("store")).toWrite());
        refuses(ErrorCode.STORE_UNFIT, () -> opening(folder).toRead());
        assertThat(folder.resolve("store")).doesNotExist();

        StoreAddress allowed = StoreAddress.parse(URI.create(folder.toUri() + "?nfs=allow"));
        try (ObjectStore store = new Opening(allowed, disk, clock).toWrite()) {
            assertThat(store.createIfAbsent("a", Contents.of("x"))).isTrue();
            assertThat(store.toString()).endsWith("?nfs=allow");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "apfs", "fuseblk", "fuse.fuse-overlayfs"})
    void takesALocalFilesystem(String type) {
        disk.on(new Disk.Volume(type, 1L << 40, false));

        opening(folder).toWrite().close();
    }

    @Test
    void refusesAFilesystemWhoseKindCannotBeTold() {
        disk.fail(Call.VOLUME, "Mount point not found");

        refuses(ErrorCode.STORE_UNFIT, () -> opening(folder).toWrite());
    }

    @Test
    void refusesAFilesystemWithoutHardLinks() {
        disk.fail(Call.LINK, "Operation not permitted");
        refuses(ErrorCode.STORE_UNFIT, () -> opening(folder).toWrite());

        disk.before(Call.LINK, () -> {
            throw new UnsupportedOperationException("link");
        });
        refuses(ErrorCode.STORE_UNFIT, () -> opening(folder).toWrite());
    }

    @Test
    void refusesAFilesystemThatGivesANameTwice() {
        disk.replacingLinks();

        refuses(ErrorCode.STORE_UNFIT, () -> opening(folder).toWrite());
    }

    @Test
    void refusesAFilesystemWhoseFoldersCannotBeForced() {
        disk.before(Call.FORCE_FOLDER, () -> {
            throw new IOException("Invalid argument");
        });

        refuses(ErrorCode.STORE_UNFIT, () -> opening(folder).toWrite());
    }

    @Test
    void refusesAFolderThatMayNotBeWritten() {
        for (Call call : new Call[] {Call.CREATE_FOLDER, Call.CREATE_FILE, Call.LINK}) {
            disk.before(call, () -> {
                throw new AccessDeniedException(folder.toString());
            });
            refuses(
                    ErrorCode.STORE_READ_ONLY,
                    () -> opening(folder.resolve("of-" + call)).toWrite());
            disk.heal();
        }
    }

    @Test
    void isNotDisturbedByAnotherProcessThatCreatesTheFolder() {
        disk.before(Call.CREATE_FOLDER, () -> {
            Files.createDirectories(folder.resolve("store/.tmp"));
            throw new FileAlreadyExistsException("store");
        });

        opening(folder.resolve("store")).toWrite().close();
    }

    @Test
    void removesTemporaryFilesThatWereLeftBehindADayAgo() throws IOException {
        Path abandoned = temporary("abandoned", Duration.ofHours(25));
        Path fresh = temporary("fresh", Duration.ofHours(23));

        opening(folder).toWrite().close();

        assertThat(abandoned).doesNotExist();
        assertThat(fresh).exists();
    }

    @Test
    void opensEvenIfTheJanitorCannotWork() throws IOException {
        Path abandoned = temporary("abandoned", Duration.ofDays(3));
        Files.createDirectory(folder.resolve(".tmp/janitor.lock"));

        opening(folder).toWrite().close();

        assertThat(abandoned).exists();
    }

    @Test
    void leavesTheJanitorsWorkToWhoeverHasTheLock() throws IOException {
        Path abandoned = temporary("abandoned", Duration.ofDays(3));
        try (FileChannel channel = FileChannel.open(
                        folder.resolve(".tmp/janitor.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var elected = channel.lock()) {
            assertThat(elected.isValid()).isTrue();
            opening(folder).toWrite().close();
        }
        assertThat(abandoned).exists();
    }

    @Test
    void reportsARealFilesystemThatIsFullAndOneThatIsReadOnly() throws Exception {
        Path mount = Files.createDirectory(folder.resolve("mount"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", mount.toString()), "no right to mount");
        try (ObjectStore store = new FileStoreProvider().open(mount.toUri(), false)) {
            refuses(
                    ErrorCode.STORE_FULL,
                    () -> store.createIfAbsent("large", Contents.of(Contents.random(1 << 20, 1))));
            assertThat(store.list("", "", 1)).isEmpty();
            assertThat(store.createIfAbsent("small", Contents.of("x"))).isTrue();

            assertThat(run("mount", "-o", "remount,ro", mount.toString())).isTrue();
            refuses(ErrorCode.STORE_READ_ONLY, () -> store.createIfAbsent("other", Contents.of("x")));
            refuses(ErrorCode.STORE_READ_ONLY, () -> store.delete("small"));
            refuses(ErrorCode.STORE_READ_ONLY, () -> new FileStoreProvider().open(mount.toUri(), false));
            try (ObjectStore reader = new FileStoreProvider().open(mount.toUri(), true)) {
                assertThat(reader.list("", "", 1)).containsExactly("small");
            }
        } finally {
            run("umount", mount.toString());
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            return false; // no such command on this system
        }
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    private Path temporary(String name, Duration age) throws IOException {
        Path file = Files.createDirectories(folder.resolve(".tmp")).resolve(".tmp-" + name);
        Files.createFile(file);
        return Files.setLastModifiedTime(file, FileTime.from(NOW.minus(age)));
    }

    private Opening opening(Path path) {
        return new Opening(
                StoreAddress.parse(URI.create("file://" + path.toUri().getRawPath())), disk, clock);
    }

    private static List<String> filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static void refuses(ErrorCode code, ThrowingCallable use) {
        MaasException failure = catchThrowableOfType(MaasException.class, use);
        assertThat(failure).as("a typed error").isNotNull();
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
    }
}
