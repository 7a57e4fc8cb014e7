package io.maas.store.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.maas.Maas;
import io.maas.MaasBuilder;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.PublishOptions;
import io.maas.testkit.ScriptedBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may be wrong with the folder of a store, as somebody meets it who only knows the platform. */
class StoreFolderTest {
    private static final int MIB = 1 << 20;

    @TempDir
    private Path folder;

    private MaasBuilder on(Path store) {
        return Maas.builder()
                .store(store)
                .cache(folder.resolve("cache"))
                .backend(new ScriptedBackend())
                .pollInterval(Duration.ZERO);
    }

    private static ModelVersion publishDigits(Maas maas) {
        ModelVersion one = maas.repository().register(ScriptedBackend.model("digits", "scale 2"));
        maas.repository().publish(one, PublishOptions.toProduction());
        return one;
    }

    private static void answers(Maas maas) {
        assertThat(ScriptedBackend.y(maas.predictor("digits").predict(ScriptedBackend.x(3))))
                .containsExactly(6);
    }

    private static void refuses(ErrorCode code, String what, ThrowingCallable use) {
        MaasException failure = catchThrowableOfType(MaasException.class, use);
        assertThat(failure).as("a typed error").isNotNull();
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
        assertThat(failure.getMessage()).contains(what).doesNotContain("null");
    }

    // ---- places that are no store, or not one for this platform

    @Test
    void aPathThatIsAFileIsRefusedAndKept() throws IOException {
        Path file = Files.writeString(folder.resolve("models"), "mine");

        refuses(ErrorCode.BAD_SETTING, file.toString(), () -> on(file).open());
        refuses(
                ErrorCode.BAD_SETTING,
                file.toString(),
                () -> on(file).readOnly().open());

        assertThat(file).hasContent("mine");
    }

    @Test
    void aFolderWithoutAStoreIsNotMadeOneToRead() {
        refuses(
                ErrorCode.STORE_UNAVAILABLE,
                folder.toString(),
                () -> on(folder).readOnly().open());

        assertThat(folder.resolve("default")).doesNotExist();
    }

    @Test
    void aNewerLayoutIsRefusedAndKept() throws IOException {
        Path store = storeWithDigits();
        Files.delete(store.resolve("default/format.json"));
        Files.writeString(store.resolve("default/format.json"), "{\"layout\":2,\"hash\":\"sha256\"}");
        Map<String, Long> before = filesIn(store);

        refuses(ErrorCode.NEWER_LAYOUT, "layout 2", () -> on(store).open());

        assertThat(filesIn(store)).isEqualTo(before);
    }

    @Test
    void aBrokenChainIsRefusedAndKept() throws IOException {
        Path store = storeWithDigits();
        Path first = store.resolve("default/log/000000000000.json");
        String edited = Files.readString(first).replace("digits", "digitz");
        Files.delete(first);
        Files.writeString(first, edited);
        Map<String, Long> before = filesIn(store);

        refuses(ErrorCode.BROKEN_CHAIN, "commit 1", () -> on(store).open());
        refuses(ErrorCode.BROKEN_CHAIN, "commit 1", () -> on(store).readOnly().open());

        assertThat(filesIn(store)).isEqualTo(before);
    }

    @Test
    void aDamagedModelFileIsNotServed() throws IOException {
        Path store = storeWithDigits();
        try (Stream<Path> files = Files.walk(store.resolve("default/blobs"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (Files.readString(file).equals("scale 2")) {
                    Files.delete(file);
                    Files.writeString(file, "scale 3");
                }
            }
        }
        try (Maas maas = on(store).open()) {
            refuses(ErrorCode.CORRUPT_BLOB, "blobs/sha256/", () -> maas.predictor("digits"));
        }
    }

    private Path storeWithDigits() {
        Path store = folder.resolve("store");
        try (Maas maas = on(store).open()) {
            publishDigits(maas);
        }
        return store;
    }

    /** The files of a store with their sizes, but for the lock that opening takes and the hint that is left in passing. */
    private static Map<String, Long> filesIn(Path store) throws IOException {
        Map<String, Long> files = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(store)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                if (!file.endsWith("janitor.lock") && !file.endsWith("hint/last")) {
                    files.put(store.relativize(file).toString(), Files.size(file));
                }
            }
        }
        return files;
    }

    // ---- a folder that goes away

    @Test
    void aFolderThatIsRemovedWhileOpenIsMissedAndNotMadeAnew() throws IOException {
        Path store = folder.resolve("store");
        Path away = folder.resolve("away");
        try (Maas maas = on(store).open()) {
            ModelVersion one = publishDigits(maas);
            answers(maas);
            Files.move(store, away);

            PublishOptions canary = PublishOptions.to("canary");
            refuses(
                    ErrorCode.STORE_UNAVAILABLE,
                    store.toString(),
                    () -> maas.repository().publish(one, canary));
            refuses(
                    ErrorCode.STORE_UNAVAILABLE,
                    store.toString(),
                    () -> maas.repository().register(ScriptedBackend.model("iris", "scale 1")));
            refuses(
                    ErrorCode.STORE_UNAVAILABLE,
                    store.toString(),
                    () -> maas.repository().refresh());
            assertThat(store).doesNotExist();
            assertThat(maas.repository().resolve("digits")).isEqualTo(one);
            answers(maas);

            Files.move(away, store);
            assertThat(maas.repository().publish(one, canary).number()).isEqualTo(2);
        }
        try (Maas maas = on(store).open()) {
            assertThat(maas.repository().aliases(maas.repository().models().get(0)))
                    .containsOnlyKeys("production", "canary");
            answers(maas);
        }
    }

    // ---- filesystems that are full or read-only

    private interface Use {
        void on(Path mount) throws Exception;
    }

    private void withMount(String size, Use use) throws Exception {
        Path mount = Files.createDirectory(folder.resolve("mount"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", mount.toString()),
                "needs the right to mount a tmpfs");
        try {
            use.on(mount);
        } finally {
            run("umount", "-l", mount.toString());
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
        try {
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aReadOnlyFilesystemServesAndTakesNoChange() throws Exception {
        withMount("4m", mount -> {
            Path store = mount.resolve("store");
            try (Maas maas = on(store).open()) {
                ModelVersion one = publishDigits(maas);
                assertThat(run("mount", "-o", "remount,ro", mount.toString())).isTrue();

                PublishOptions canary = PublishOptions.to("canary");
                refuses(
                        ErrorCode.STORE_READ_ONLY,
                        store.toString(),
                        () -> maas.repository().publish(one, canary));
                answers(maas);
                refuses(
                        ErrorCode.STORE_READ_ONLY,
                        store.toString(),
                        () -> on(store).open());
                try (Maas reader = on(store).readOnly().open()) {
                    answers(reader);
                }

                assertThat(run("mount", "-o", "remount,rw", mount.toString())).isTrue();
                assertThat(maas.repository().publish(one, canary).number()).isEqualTo(2);
            }
        });
    }

    @Test
    void aModelLargerThanTheRoomChangesNothing() throws Exception {
        withMount("2m", mount -> {
            Path store = mount.resolve("store");
            PackageSource large = ScriptedBackend.model("large", "scale 5 " + "x".repeat(4 * MIB));
            try (Maas maas = on(store).open()) {
                publishDigits(maas);
                Map<String, Long> before = filesIn(store);

                refuses(
                        ErrorCode.STORE_FULL,
                        store.toString(),
                        () -> maas.repository().register(large));

                assertThat(maas.repository().head()).isEqualTo(1);
                assertThat(maas.repository().models()).hasSize(1);
                assertThat(filesIn(store)).isEqualTo(before);
                answers(maas);

                assertThat(run("mount", "-o", "remount,size=16m", mount.toString()))
                        .isTrue();
                assertThat(maas.repository().register(large).commit()).isEqualTo(2);
            }
        });
    }

    @Test
    void aFilesystemThatIsFullToTheBrimTakesNoChangeUntilThereIsRoom() throws Exception {
        withMount("2m", mount -> {
            Path store = mount.resolve("store");
            try (Maas maas = on(store).open()) {
                ModelVersion one = publishDigits(maas);
                Path ballast = fill(mount);

                PublishOptions canary = PublishOptions.to("canary");
                refuses(
                        ErrorCode.STORE_FULL,
                        store.toString(),
                        () -> maas.repository().publish(one, canary));
                assertThat(maas.repository().head()).isEqualTo(1);
                answers(maas);

                Files.delete(ballast);
                assertThat(maas.repository().publish(one, canary).number()).isEqualTo(2);
            }
            try (Maas maas = on(store).open()) {
                assertThat(maas.repository().head()).isEqualTo(2);
            }
        });
    }

    private static Path fill(Path mount) throws IOException {
        Path ballast = mount.resolve("ballast");
        try (var out = Files.newOutputStream(ballast)) {
            byte[] page = new byte[4096];
            while (true) {
                out.write(page);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space");
            return ballast;
        }
    }
}
