package io.maas.store.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.maas.error.AmbiguousWriteException;
import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.spi.ObjectStore;
import io.maas.store.fs.FaultyDisk.Call;
import io.maas.testkit.Contents;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a failed system call means: until the link nothing was written, after it the outcome is unknown. */
class DiskFailureTest {
    private static final ObjectStore.Source X = Contents.of("x");

    @TempDir
    private Path folder;

    private final FaultyDisk disk = new FaultyDisk();
    private ObjectStore store;

    @BeforeEach
    void openStore() {
        store = new Opening(StoreAddress.parse(folder.toUri()), disk, Clock.systemUTC()).toWrite();
        disk.forgetCalls();
    }

    @Test
    void forcesEverythingInOrderBeforeItAcknowledges() {
        store.createIfAbsent("log/sub/1", X);

        String root = String.valueOf(folder.getFileName());
        assertThat(disk.calls())
                .containsExactly(
                        "CREATE_FOLDER log",
                        "OPEN_FOLDER " + root,
                        "FORCE_FOLDER " + root,
                        "CREATE_FOLDER sub",
                        "OPEN_FOLDER log",
                        "FORCE_FOLDER log",
                        "CREATE_FILE temporary",
                        "WRITE -",
                        "FORCE_FILE temporary",
                        "LINK 1",
                        "OPEN_FOLDER sub",
                        "FORCE_FOLDER sub",
                        "DELETE temporary");
    }

    @Test
    void forcesAFolderThatAnotherProcessCreated() throws IOException {
        Files.createDirectory(folder.resolve("log"));

        store.createIfAbsent("log/1", X);
        assertThat(disk.calls()).contains("FORCE_FOLDER " + folder.getFileName());

        disk.forgetCalls();
        store.createIfAbsent("log/2", X);
        assertThat(disk.calls()).doesNotContain("FORCE_FOLDER " + folder.getFileName());
    }

    @Test
    void forcesTheNameOfAnObjectThatAnotherCreatedBeforeItSaysSo() throws IOException {
        Files.createDirectory(folder.resolve("log"));
        Files.createFile(folder.resolve("log/1"));

        assertThat(store.createIfAbsent("log/1", X)).isFalse();

        assertThat(disk.calls())
                .contains("FORCE_FOLDER " + folder.getFileName())
                .endsWith("FORCE_FOLDER log");
    }

    @ParameterizedTest
    @ValueSource(strings = {"No space left on device", "Disk quota exceeded"})
    void aFullDiskLeavesNothingBehind(String error) {
        for (Call call : List.of(Call.CREATE_FOLDER, Call.CREATE_FILE, Call.WRITE, Call.FORCE_FILE, Call.LINK)) {
            disk.fail(call, error);

            MaasException failure = failure(() -> store.createIfAbsent("log/1", X));

            assertThat(failure.code()).as("%s", call).isEqualTo(ErrorCode.STORE_FULL);
            assertDefinite(failure);
            disk.heal();
        }
        assertThat(store.createIfAbsent("log/1", X)).as("works again").isTrue();
    }

    @Test
    void aFullDiskIsToldFromItsStateIfTheErrorIsInAnotherLanguage() {
        disk.fail(Call.WRITE, "Auf dem Gerät ist kein Speicherplatz mehr verfügbar")
                .on(new Disk.Volume("ext4", 4096, false));
        assertThat(failure(() -> store.createIfAbsent("a", X)).code()).isEqualTo(ErrorCode.STORE_FULL);

        disk.on(new Disk.Volume("ext4", 1L << 40, true));
        assertThat(failure(() -> store.createIfAbsent("a", X)).code()).isEqualTo(ErrorCode.STORE_READ_ONLY);
    }

    @Test
    void aDiskThatMayNotBeWrittenIsReadOnly() {
        List<IOException> errors = List.of(
                new IOException("Read-only file system"),
                new AccessDeniedException("a"),
                new IOException("Operation not permitted"));
        for (IOException error : errors) {
            for (Call call : List.of(Call.CREATE_FOLDER, Call.CREATE_FILE, Call.WRITE, Call.LINK)) {
                disk.before(call, () -> {
                    throw error;
                });

                String key = "new" + disk.calls().size() + "/1"; // in a folder that must be created each time
                MaasException failure = failure(() -> store.createIfAbsent(key, X));

                assertThat(failure).as("%s: %s", call, error).isInstanceOf(DeniedException.class);
                assertThat(failure.code()).isEqualTo(ErrorCode.STORE_READ_ONLY);
                assertThat(store.get(key)).isEmpty();
                assertDefinite(failure);
                disk.heal();
            }
        }
    }

    @Test
    void anErrorOnTheWayWritesNothing() {
        for (Call call : List.of(Call.CREATE_FOLDER, Call.OPEN_FOLDER, Call.CREATE_FILE, Call.WRITE)) {
            disk.fail(call, "Input/output error");

            MaasException failure = failure(() -> store.createIfAbsent("log/1", X));

            assertThat(failure.code()).as("%s", call).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
            assertDefinite(failure);
            disk.heal();
        }
        assertThat(store.createIfAbsent("log/1", X)).isTrue();
    }

    @Test
    void aFailedForceOfAFileFailsTheStoreForGood() {
        store.createIfAbsent("old", X);
        disk.fail(Call.FORCE_FILE, "Input/output error");
        assertDefinite(failure(() -> store.createIfAbsent("new", X)));
        disk.heal();
        disk.forgetCalls();

        List<ThrowingCallable> writes = List.of(
                () -> store.createIfAbsent("new", X), () -> store.put("hint", new byte[1]), () -> store.delete("old"));
        for (ThrowingCallable write : writes) {
            MaasException failure = failure(write);
            assertDefinite(failure);
            assertThat(failure.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
            assertThat(failure).hasMessageContaining("cannot be trusted").hasMessageContaining("open the store again");
        }
        assertThat(disk.calls()).as("tries nothing any more").isEmpty();
        assertThat(store.get("old")).as("still reads").isPresent();
    }

    @Test
    void aStoreThatFailedDoesNotVouchForWhatIsThere() {
        store.createIfAbsent("old", X);
        disk.fail(Call.FORCE_FILE, "Input/output error");
        assertDefinite(failure(() -> store.createIfAbsent("new", X)));
        disk.heal();

        assertThat(failure(() -> store.createIfAbsent("old", X))).isInstanceOf(AmbiguousWriteException.class);
    }

    @Test
    void aFailedForceOfTheFolderLeavesTheOutcomeUnknownAndTheStoreFailed() {
        store.createIfAbsent("log/1", X);
        disk.fail(Call.FORCE_FOLDER, "Input/output error");

        assertThat(failure(() -> store.createIfAbsent("log/2", X))).isInstanceOf(AmbiguousWriteException.class);

        assertThat(store.get("log/2")).as("nothing is undone").isPresent();
        disk.heal();
        assertThat(failure(() -> store.createIfAbsent("log/2", X)))
                .as("a second force that succeeds proves nothing")
                .isInstanceOf(AmbiguousWriteException.class);
        assertDefinite(failure(() -> store.createIfAbsent("log/3", X)));
    }

    @Test
    void aFolderThatCannotBeOpenedForForcingLeavesTheOutcomeUnknownUntilItCan() {
        store.createIfAbsent("log/1", X);
        disk.fail(Call.OPEN_FOLDER, "Too many open files");

        assertThat(failure(() -> store.createIfAbsent("log/2", X))).isInstanceOf(AmbiguousWriteException.class);
        assertThat(failure(() -> store.createIfAbsent("log/2", X))).isInstanceOf(AmbiguousWriteException.class);

        disk.heal();
        assertThat(store.createIfAbsent("log/2", X)).isFalse();
    }

    @Test
    void aFailedForceOfAFolderOnTheWayWritesNothing() {
        disk.fail(Call.FORCE_FOLDER, "Input/output error");

        assertDefinite(failure(() -> store.createIfAbsent("log/1", X)));
        disk.heal();
        assertDefinite(failure(() -> store.createIfAbsent("log/1", X)));
    }

    @Test
    void anUnknownErrorOfTheLinkLeavesTheOutcomeUnknown() {
        disk.fail(Call.LINK, "Input/output error");

        assertThat(failure(() -> store.createIfAbsent("a", X))).isInstanceOf(AmbiguousWriteException.class);
        assertThat(temporaryFiles()).isEmpty();

        disk.heal();
        assertThat(store.createIfAbsent("a", X)).isTrue();
    }

    @Test
    void aLinkThatWasMadeAndThenReportedAsTakenIsOurs() {
        disk.after(Call.LINK, () -> {
            throw new FileAlreadyExistsException("a");
        });

        assertThat(store.createIfAbsent("a", X)).isTrue();
    }

    @Test
    void anObjectThatWasDeletedWhileItWasCreatedWasThere() {
        disk.before(Call.LINK, () -> {
            throw new FileAlreadyExistsException("a");
        });

        assertThat(store.createIfAbsent("a", X)).isFalse();
    }

    @Test
    void aFilesystemThatLosesHardLinksIsUnfit() {
        disk.before(Call.LINK, () -> {
            throw new UnsupportedOperationException("link");
        });

        MaasException failure = failure(() -> store.createIfAbsent("a", X));

        assertThat(failure.code()).isEqualTo(ErrorCode.STORE_UNFIT);
        assertDefinite(failure);
    }

    @ParameterizedTest
    @EnumSource(
            value = Call.class,
            names = {"WRITE", "FORCE_FILE"})
    void anInterruptBeforeTheLinkWritesNothing(Call call) {
        disk.before(call, DiskFailureTest::interrupt);

        MaasException failure = failure(() -> store.createIfAbsent("a", X));

        assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
        assertDefinite(failure);
        assertThat(failure.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        disk.heal();
        assertThat(store.createIfAbsent("a", X)).as("the store has not failed").isTrue();
    }

    @Test
    void anInterruptAfterTheLinkLeavesTheOutcomeUnknown() {
        disk.after(Call.LINK, () -> Thread.currentThread().interrupt());

        MaasException failure = failure(() -> store.createIfAbsent("a", X));

        assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
        assertThat(failure).isInstanceOf(AmbiguousWriteException.class);
        assertThat(store.createIfAbsent("a", X)).as("the store has not failed").isFalse();
    }

    @Test
    void anInterruptThatBreaksTheContentOffWritesNothing() {
        ObjectStore.Source content = Contents.halfway(new byte[100], DiskFailureTest::interrupt);

        MaasException failure = failure(() -> store.createIfAbsent("a", content));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure).isInstanceOf(UnavailableException.class).hasMessageContaining("interrupted");
        assertDefinite(failure);
    }

    @Test
    void aTemporaryNameThatCannotBeRemovedDoesNotChangeTheOutcome() {
        disk.fail(Call.DELETE, "Input/output error");

        assertThat(store.createIfAbsent("a", X)).isTrue();
        assertThat(temporaryFiles()).hasSize(1);
    }

    @Test
    void putIsRefusedWhereCreationIs() {
        disk.fail(Call.WRITE, "No space left on device");
        assertThat(failure(() -> store.put("hint", new byte[1])).code()).isEqualTo(ErrorCode.STORE_FULL);
        disk.heal();
        disk.before(Call.REPLACE, () -> {
            throw new AccessDeniedException("hint");
        });
        assertThat(failure(() -> store.put("hint", new byte[1])).code()).isEqualTo(ErrorCode.STORE_READ_ONLY);
        disk.fail(Call.REPLACE, "Input/output error");
        assertThat(failure(() -> store.put("hint", new byte[1]))).isInstanceOf(AmbiguousWriteException.class);

        assertThat(store.get("hint")).isEmpty();
        assertThat(temporaryFiles()).isEmpty();
    }

    @Test
    void deleteIsHarmlessIfAnotherWasFaster() {
        store.createIfAbsent("a", X);
        disk.before(Call.DELETE, () -> {
            throw new NoSuchFileException("a");
        });

        store.delete("a");
    }

    @Test
    void deleteSaysWhyItCannot() {
        store.createIfAbsent("a", X);

        disk.before(Call.DELETE, () -> {
            throw new AccessDeniedException("a");
        });
        assertThat(failure(() -> store.delete("a")).code()).isEqualTo(ErrorCode.STORE_READ_ONLY);
        disk.fail(Call.DELETE, "Input/output error");
        assertThat(failure(() -> store.delete("a"))).isInstanceOf(AmbiguousWriteException.class);
    }

    @Test
    void anErrorWhoseReasonCannotBeLookedUpIsStillReported() {
        disk.fail(Call.WRITE, "Input/output error").fail(Call.VOLUME, "Stale file handle");

        assertThat(failure(() -> store.createIfAbsent("a", X)).code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
    }

    private static void interrupt() throws IOException {
        Thread.currentThread().interrupt();
        throw new ClosedByInterruptException();
    }

    /** Nothing was written: the caller may be told so, nobody sees the object, and no temporary file stays. */
    private void assertDefinite(MaasException failure) {
        assertThat(failure).isNotInstanceOf(AmbiguousWriteException.class);
        assertThat(store.list("", "", 10)).doesNotContain("a", "log/3", "new", "hint");
        assertThat(temporaryFiles()).isEmpty();
    }

    private static MaasException failure(ThrowingCallable use) {
        MaasException failure = catchThrowableOfType(MaasException.class, use);
        assertThat(failure).as("a typed error").isNotNull();
        return failure;
    }

    private List<Path> temporaryFiles() {
        try (Stream<Path> files = Files.list(folder.resolve(".tmp"))) {
            return files.filter(file -> file.getFileName().toString().startsWith(".tmp-"))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
