package io.maas.store.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.spi.ObjectStore;
import io.maas.spi.StoreProvider;
import io.maas.testkit.Contents;
import io.maas.testkit.ObjectStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreTest extends ObjectStoreContract {
    @TempDir
    private Path folder;

    @Override
    protected ObjectStore open() {
        return new FileStoreProvider().open(folder.toUri(), false);
    }

    @Test
    void isFoundAsAService() {
        assertThat(ServiceLoader.load(StoreProvider.class).stream().map(ServiceLoader.Provider::get))
                .anySatisfy(found -> assertThat(found.schemes()).containsExactly("file"));
    }

    @Test
    void keepsEachObjectAsAFileThatNobodyMayWrite() throws IOException {
        try (ObjectStore store = open()) {
            store.createIfAbsent("blobs/ab/x", Contents.of("bytes"));
            store.put("hint/last", new byte[] {'1'});

            assertThat(store.localFile("blobs/ab/x"))
                    .contains(folder.toRealPath().resolve("blobs/ab/x"));
            for (String key : List.of("blobs/ab/x", "hint/last")) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(key))))
                        .startsWith("r--")
                        .doesNotContain("w");
            }
        }
    }

    @Test
    void leavesNoTemporaryFileBehind() throws IOException {
        try (ObjectStore store = open()) {
            store.createIfAbsent("a", Contents.of("x"));
            store.createIfAbsent("a", Contents.of("y"));
            store.put("b", new byte[1]);
            assertThatThrownBy(() -> store.createIfAbsent("c", Contents.failingHalfway(new byte[100])))
                    .isInstanceOf(InvalidInputException.class);
        }
        assertThat(temporaryFiles()).isEmpty();
    }

    @Test
    void isSharedByStoresThatWereOpenedSeparately() {
        try (ObjectStore one = open();
                ObjectStore other = open()) {
            assertThat(one.createIfAbsent("log/1", Contents.of("one"))).isTrue();
            assertThat(other.createIfAbsent("log/1", Contents.of("other"))).isFalse();
            assertThat(other.get("log/1")).contains("one".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    @Test
    void keepsObjectsWhenItIsOpenedAgain() {
        try (ObjectStore store = open()) {
            store.createIfAbsent("log/1", Contents.of("x"));
        }
        try (ObjectStore again = new FileStoreProvider().open(folder.toUri(), true)) {
            assertThat(again.list("", "", 10)).containsExactly("log/1");
        }
    }

    @Test
    void doesNotListWhatIsNoObject() throws IOException {
        try (ObjectStore store = open()) {
            store.createIfAbsent("a", Contents.of("x"));
            Files.createFile(folder.resolve(".hidden"));
            Files.createFile(folder.resolve("ä"));
            Files.createDirectories(folder.resolve("empty/folder"));
            Files.createDirectories(folder.resolve("1/2/3/4/5/6/7/8"));
            Files.createFile(folder.resolve("1/2/3/4/5/6/7/8/9"));

            assertThat(store.list("", "", 10)).containsExactly("a");
        }
    }

    @Test
    void listsPagesOfAFolderOfThousands() {
        try (ObjectStore store = open()) {
            List<String> keys = IntStream.range(0, 3000)
                    .mapToObj(i -> "log/%06d".formatted(i))
                    .toList();
            for (String key : keys) {
                plant(key);
            }
            assertThat(store.list("log/", "log/001499", 500)).containsExactlyElementsOf(keys.subList(1500, 2000));
            assertThat(store.list("log/0029", "", 5000)).containsExactlyElementsOf(keys.subList(2900, 3000));
        }
    }

    @Test
    void refusesAKeyThatIsAFolderOfOthers() {
        try (ObjectStore store = open()) {
            store.createIfAbsent("a/b", Contents.of("x"));

            refuses(ErrorCode.INVALID_NAME, () -> store.createIfAbsent("a", Contents.of("x")));
            refuses(ErrorCode.INVALID_NAME, () -> store.put("a", new byte[1]));
            refuses(ErrorCode.INVALID_NAME, () -> store.createIfAbsent("a/b/c", Contents.of("x")));
            store.delete("a");

            assertThat(store.get("a")).isEmpty();
            assertThat(store.get("a/b/c")).isEmpty();
            assertThat(store.list("a/b/", "", 10)).isEmpty();
            assertThat(store.list("", "", 10)).containsExactly("a/b");
        }
    }

    @Test
    void followsNoSymbolicLinkOutOfTheStore(@TempDir Path outside) throws IOException {
        Files.writeString(outside.resolve("secret"), "secret");
        Files.createSymbolicLink(folder.resolve("folder"), outside);
        Files.createSymbolicLink(folder.resolve("file"), outside.resolve("secret"));

        try (ObjectStore store = open()) {
            Stream.of("folder/secret", "file").forEach(key -> {
                refuses(ErrorCode.STORE_UNFIT, () -> store.get(key));
                refuses(ErrorCode.STORE_UNFIT, () -> store.open(key, 0));
                refuses(ErrorCode.STORE_UNFIT, () -> store.localFile(key));
                refuses(ErrorCode.STORE_UNFIT, () -> store.createIfAbsent(key, Contents.of("x")));
                refuses(ErrorCode.STORE_UNFIT, () -> store.put(key, new byte[1]));
                refuses(ErrorCode.STORE_UNFIT, () -> store.delete(key));
            });
            refuses(ErrorCode.STORE_UNFIT, () -> store.createIfAbsent("folder/new", Contents.of("x")));
            refuses(ErrorCode.STORE_UNFIT, () -> store.list("", "", 10));
            refuses(ErrorCode.STORE_UNFIT, () -> store.list("folder/", "", 10));
        }
        assertThat(outside.resolve("secret")).hasContent("secret");
        assertThat(outside.resolve("new")).doesNotExist();
    }

    @Test
    void mayItselfBeReachedBySymbolicLink(@TempDir Path elsewhere) throws IOException {
        Path link = Files.createSymbolicLink(elsewhere.resolve("link"), folder);

        try (ObjectStore store = new FileStoreProvider().open(link.toUri(), false)) {
            assertThat(store.createIfAbsent("a", Contents.of("x"))).isTrue();
        }
        assertThat(folder.resolve("a")).exists();
    }

    @Test
    void anInterruptedThreadWritesNothingAndStaysInterrupted() {
        try (ObjectStore store = open()) {
            Thread.currentThread().interrupt();
            try {
                refuses(ErrorCode.STORE_UNAVAILABLE, () -> store.createIfAbsent("a/b", Contents.of("x")));
                refuses(ErrorCode.STORE_UNAVAILABLE, () -> store.createIfAbsent("c", Contents.of("x")));
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            } finally {
                Thread.interrupted();
            }
            assertThat(store.list("", "", 10)).isEmpty();
            assertThat(store.createIfAbsent("a/b", Contents.of("x"))).isTrue();
        }
    }

    @Test
    void anInterruptedReaderIsTold() {
        try (ObjectStore store = open()) {
            store.createIfAbsent("a", Contents.of("x"));
            Thread.currentThread().interrupt();
            try {
                assertThatThrownBy(() -> store.get("a"))
                        .isInstanceOf(UnavailableException.class)
                        .hasMessageContaining("interrupted");
            } finally {
                Thread.interrupted();
            }
        }
    }

    @Test
    void doesNotTakeAStoreThatVanishedForAnEmptyOne() throws IOException {
        try (ObjectStore store = open()) {
            Files.move(folder, folder.resolveSibling("moved"));
            try {
                refuses(ErrorCode.STORE_UNAVAILABLE, () -> store.get("a"));
                refuses(ErrorCode.STORE_UNAVAILABLE, () -> store.list("log/", "", 1));
                refuses(ErrorCode.STORE_UNAVAILABLE, () -> store.list("", "", 1));
                refuses(ErrorCode.STORE_UNAVAILABLE, () -> store.createIfAbsent("a", Contents.of("x")));
                assertThat(folder).doesNotExist();
            } finally {
                Files.move(folder.resolveSibling("moved"), folder);
            }
        }
    }

    private void plant(String key) {
        try {
            Path file = folder.resolve(key);
            Files.createDirectories(file.getParent());
            Files.createFile(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private List<Path> temporaryFiles() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(".tmp-"))
                    .toList();
        }
    }

    private static void refuses(ErrorCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable use) {
        assertThatThrownBy(use)
                .isInstanceOfSatisfying(
                        MaasException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
