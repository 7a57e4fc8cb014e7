package io.maas;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.internal.store.MemoryStore;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.repository.AuditQuery;
import io.maas.repository.ChangeOptions;
import io.maas.repository.CopyOptions;
import io.maas.repository.CopyReport;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.PublishOptions;
import io.maas.spi.ObjectStore;
import io.maas.testkit.Contents;
import io.maas.testkit.FaultyStore;
import io.maas.testkit.FaultyStore.Fault;
import io.maas.testkit.FaultyStore.Operation;
import io.maas.testkit.ForwardingStore;
import io.maas.testkit.ScriptedBackend;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies and backups when stores fail, lie and change meanwhile. */
class CopyFaultTest {
    private static final CopyOptions COPY = CopyOptions.defaults().timeout(Duration.ofMillis(1));
    private static final int LARGE = (1 << 20) + 12_345;

    @TempDir
    Path folder;

    private final MemoryStore memory = new MemoryStore();
    private final FaultyStore from = new FaultyStore(memory);
    private final MemoryStore targetMemory = new MemoryStore();
    private final FaultyStore to = new FaultyStore(targetMemory);
    private Platforms platforms;
    private Maas maas;
    private ModelRepository repository;
    private ModelVersion large;

    @BeforeEach
    void makeRegistry() {
        platforms = new Platforms(folder, memory);
        maas = platforms.open();
        repository = maas.repository();
        ModelVersion one = repository.register(ScriptedBackend.model("digits", "scale 1"));
        repository.publish(one, PublishOptions.toProduction());
        byte[] notes = new byte[LARGE];
        new SplittableRandom(1).nextBytes(notes);
        large = repository.register(PackageSource.builder(
                        Manifest.builder("iris", ScriptedBackend.FORMAT).build())
                .file("model.scripted", Role.WEIGHTS, "scale 5".getBytes(StandardCharsets.UTF_8))
                .file("notes.txt", Role.DOC, notes)
                .build());
        repository.deprecate(one, ChangeOptions.because("old"));
    }

    @AfterEach
    void close() {
        maas.close();
    }

    private CopyReport copy() {
        return Registries.copy(from, to, COPY);
    }

    private void assertCopied(ObjectStore target) {
        try (Maas copy = platforms.builderOn(target).open()) {
            assertThat(copy.repository()
                            .audit()
                            .entries(AuditQuery.everything(), 1000)
                            .entries())
                    .isEqualTo(repository
                            .audit()
                            .entries(AuditQuery.everything(), 1000)
                            .entries());
            copy.repository().exportZip(large, folder.resolve("large-" + System.identityHashCode(copy) + ".zip"));
        }
        objects(memory, "default/blobs/")
                .forEach((key, content) -> assertThat(target.get(key)).as(key).contains(content));
    }

    private static Map<String, byte[]> objects(ObjectStore store, String prefix) {
        Map<String, byte[]> objects = new TreeMap<>();
        store.list(prefix, "", 1000)
                .forEach(key -> objects.put(key, store.get(key).orElseThrow()));
        return objects;
    }

    private void assertNoRegistry(ObjectStore target) {
        assertThat(target.get("default/format.json")).isEmpty();
        assertRefused(
                ErrorCode.STORE_UNAVAILABLE,
                () -> platforms.builderOn(target).readOnly().open());
    }

    private String keyOf(int size) {
        return memory.list("default/blobs/", "", 1000).stream()
                .filter(key -> memory.get(key).orElseThrow().length == size)
                .findFirst()
                .orElseThrow();
    }

    // ---- writes

    @ParameterizedTest
    @ValueSource(
            strings = {"default/blobs/", "default/log/000000000000", "default/log/000000000002", "default/format.json"})
    void aWriteThatLandedUnansweredIsRepeated(String key) {
        to.onCreate(key, Fault.FAIL_AFTER);
        Registries.copy(from, to, CopyOptions.defaults());
        assertCopied(targetMemory);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"default/blobs/", "default/log/000000000000", "default/log/000000000002", "default/format.json"})
    void aCopyThatWasCutOffIsNoRegistryAndGoesOn(String key) {
        to.onCreate(key, Fault.FAIL_BEFORE);
        assertRefused(ErrorCode.STORE_UNAVAILABLE, this::copy);
        assertNoRegistry(targetMemory);
        int there = targetMemory.list("default/", "", 1000).size();
        CopyReport rest = copy();
        assertThat(rest.blobs() + rest.commits() + 2 + there)
                .as("nothing is written twice")
                .isEqualTo(targetMemory.list("default/", "", 1000).size());
        assertCopied(targetMemory);
    }

    @Test
    void everyWriteCanBeTheLastBeforeItGoesOn() {
        int writes = 0;
        MaasException error;
        do {
            MemoryStore target = new MemoryStore();
            int until = writes;
            ObjectStore failing = new ForwardingStore(target) {
                private int left = until;

                @Override
                public synchronized boolean createIfAbsent(String key, Source content) {
                    if (!key.contains("/probe/") && left-- == 0) {
                        throw new UnavailableException(
                                ErrorCode.STORE_UNAVAILABLE, "create " + key, "a test said so", "again");
                    }
                    return super.createIfAbsent(key, content);
                }
            };
            error = catchThrowableOfType(MaasException.class, () -> Registries.copy(memory, failing, COPY));
            Registries.copy(memory, target, COPY);
            assertCopied(target);
            writes++;
        } while (error != null && writes < 100);
        assertThat(writes).as("every write was the failing one once").isBetween(10, 99);
    }

    @Test
    void aTargetThatCreatesTwiceIsRefusedUnwritten() {
        ObjectStore careless = new ForwardingStore(targetMemory) {
            @Override
            public boolean createIfAbsent(String key, Source content) {
                super.createIfAbsent(key, content);
                return true;
            }
        };
        assertRefused(ErrorCode.STORE_UNFIT, () -> Registries.copy(from, careless, COPY));
        assertThat(targetMemory.list("default/", "", 10)).isEmpty();
    }

    @Test
    void aRegistryThatAppearsInTheTargetMeanwhileIsNotMixedWithTheCopy() {
        ObjectStore raced = new ForwardingStore(targetMemory) {
            @Override
            public boolean createIfAbsent(String key, Source content) {
                if (key.endsWith("/format.json")) {
                    super.createIfAbsent(key, Contents.of("{\"layout\":1,\"hash\":\"sha256\",\"namespace\":\"x\"}"));
                }
                return super.createIfAbsent(key, content);
            }
        };
        assertRefused(ErrorCode.OTHER_REGISTRY, () -> Registries.copy(from, raced, COPY));
        assertRefused(ErrorCode.OTHER_REGISTRY, this::copy);
    }

    // ---- reads

    @Test
    void aDamagedBlobStopsTheCopyBeforeTheTargetIsARegistry() {
        for (String key : List.of(keyOf(LARGE), keyOf("scale 1".length()))) {
            MemoryStore target = new MemoryStore();
            from.flipBits(key);
            assertRefused(ErrorCode.CORRUPT_BLOB, () -> Registries.copy(from, target, COPY))
                    .hasMessageContaining(key);
            assertNoRegistry(target);
            assertThat(target.get(key)).as("what is damaged is not passed on").isEmpty();
            assertRefused(ErrorCode.CORRUPT_BLOB, () -> Registries.backup(from, folder.resolve("b.zip"), COPY));
            assertThat(folder.resolve("b.zip")).doesNotExist();
            from.heal();
        }
        copy();
        assertCopied(targetMemory);
    }

    @Test
    void whatIsWrongOnceIsReadAgain() {
        for (String key : List.of(keyOf(LARGE), keyOf("scale 1".length()), "default/log/000000000001.json")) {
            MemoryStore target = new MemoryStore();
            // the log is read before, to tell what it needs
            int first = key.contains("/log/") ? 2 : 1;
            ObjectStore flaky = new ForwardingStore(memory) {
                private int reads;

                @Override
                public Optional<byte[]> get(String asked) {
                    return super.get(asked).map(bytes -> changed(asked, bytes));
                }

                @Override
                public Optional<InputStream> open(String asked, long offset) {
                    return super.get(asked).map(bytes -> new ByteArrayInputStream(changed(asked, bytes)));
                }

                private synchronized byte[] changed(String asked, byte[] bytes) {
                    if (asked.equals(key)) {
                        reads++;
                        bytes[bytes.length / 2] ^= (byte) (reads == first || reads == first + 1 ? 1 : 0);
                    }
                    return bytes;
                }
            };
            Registries.copy(flaky, target, COPY);
            assertCopied(target);
        }
    }

    @Test
    void whatLooksLikeABlobIsLeftAlone() {
        String hex = Digest.of(new byte[1]).hex();
        List<String> strays = List.of(
                "default/blobs/sha256/" + hex.substring(0, 2) + "/" + hex + ".0-12345678",
                "default/blobs/sha256/" + hex.substring(0, 2) + "/" + hex + ".0-123456789abcdef01",
                "default/blobs/sha256/00/" + hex + ".0-0123456789abcdef");
        strays.forEach(key -> targetMemory.createIfAbsent(key, Contents.of("not ours")));
        copy();
        assertCopied(targetMemory);
        assertThat(strays).allSatisfy(key -> assertThat(targetMemory.get(key)).isPresent());
    }

    @Test
    void aMissingBlobIsAnErrorIfItIsNeeded() {
        memory.delete(keyOf(LARGE));
        assertRefused(ErrorCode.CORRUPT_BLOB, this::copy).hasMessageContaining("is missing");
        assertNoRegistry(targetMemory);
    }

    @Test
    void whatIsCollectedMeanwhileIsNotMissed() {
        String key = keyOf(LARGE);
        ObjectStore live = new ForwardingStore(memory) {
            @Override
            public Optional<InputStream> open(String asked, long offset) {
                if (asked.equals(key) && memory.get(key).isPresent()) {
                    repository.delete(large, ChangeOptions.because("not needed"));
                    memory.delete(key);
                }
                return super.open(asked, offset);
            }
        };
        CopyReport report = Registries.copy(live, to, COPY);
        assertThat(report.head()).isEqualTo(repository.head());
        try (Maas copy = platforms.builderOn(targetMemory).open()) {
            assertThat(copy.repository()
                            .audit()
                            .entries(AuditQuery.everything(), 1000)
                            .entries())
                    .isEqualTo(repository
                            .audit()
                            .entries(AuditQuery.everything(), 1000)
                            .entries());
        }
    }

    @Test
    void whatIsCommittedMeanwhileIsForTheNextCopy() {
        ObjectStore live = new ForwardingStore(memory) {
            private boolean done;

            @Override
            public Optional<InputStream> open(String asked, long offset) {
                if (!done) {
                    done = true;
                    repository.publish(large, PublishOptions.toProduction());
                }
                return super.open(asked, offset);
            }
        };
        long head = repository.head();
        assertThat(Registries.copy(live, to, COPY).head()).isEqualTo(head);
        assertThat(Registries.copy(live, to, COPY).head()).isEqualTo(head + 1);
        assertCopied(targetMemory);
    }

    @Test
    void aRegistryOfANewerPlatformIsNotCopied() {
        long next = repository.head() + 1;
        byte[] last = memory.get(logKey(next - 1)).orElseThrow();
        memory.createIfAbsent(
                logKey(next),
                Contents.of(
                        "{\"n\":" + next + ",\"previous\":\"" + Digest.of(last).hex()
                                + "\",\"time\":\"2026-01-01T00:00:00Z\",\"minReader\":99,\"changes\":[]}"));
        assertRefused(ErrorCode.NEWER_LAYOUT, this::copy);
        assertThat(targetMemory.list("default/", "", 10)).isEmpty();
    }

    private static String logKey(long number) {
        return String.format(Locale.ROOT, "default/log/%012d.json", number);
    }

    @Test
    void aChangedCommitIsNotCopied() {
        from.flipBits(logKey(1));
        assertRefused(ErrorCode.BROKEN_CHAIN, this::copy);
        assertThat(targetMemory.list("default/", "", 10)).isEmpty();
    }

    @Test
    void aLogOfSeveralSegmentsIsFoldedInTheCopy() {
        for (int i = 0; i < 300; i++) {
            repository.governance().hold(large.name(), ChangeOptions.defaults());
            repository.governance().unhold(large.name(), ChangeOptions.defaults());
        }
        copy();
        assertThat(targetMemory.list("default/segments/", "", 10)).hasSize(2);
        assertThat(targetMemory.list("default/base/", "", 10)).isEmpty();
        assertCopied(targetMemory);
        repository.governance().hold(large.name(), ChangeOptions.defaults());
        from.resetCounts();
        assertThat(copy().commits()).isEqualTo(1);
        assertThat(from.count(Operation.GET, "default/blobs/"))
                .as("only what is new is read")
                .isZero();
        assertCopied(targetMemory);
    }

    @Test
    void segmentsSaveReadsAndAreNotTrusted() {
        for (int i = 0; i < 150; i++) {
            repository.governance().hold(large.name(), ChangeOptions.defaults());
            repository.governance().unhold(large.name(), ChangeOptions.defaults());
        }
        copy();
        long commits = repository.head() + 1;
        FaultyStore folded = new FaultyStore(targetMemory);
        MemoryStore second = new MemoryStore();
        Registries.copy(folded, second, COPY);
        assertThat(folded.count(Operation.GET, "default/log/")).isLessThan((int) commits);
        assertCopied(second);

        MemoryStore third = new MemoryStore();
        folded.flipBits("default/segments/");
        Registries.copy(folded, third, COPY);
        assertCopied(third);
    }

    @Test
    void aRegistryWithoutCommitsIsCopiedToo() {
        MemoryStore empty = new MemoryStore();
        platforms.builderOn(empty).open().close();
        assertThat(Registries.copy(empty, to, COPY)).isEqualTo(new CopyReport(-1, 0, 0, 0, 0));
        try (Maas copy = platforms.builderOn(targetMemory).open()) {
            copy.repository().register(ScriptedBackend.model("digits", "scale 1"));
        }
        assertRefused(ErrorCode.OTHER_REGISTRY, () -> Registries.copy(empty, to, COPY));
    }

    // ---- backups

    private Path backup() {
        Path file = folder.resolve("backup.zip");
        Registries.backup(memory, file, COPY);
        return file;
    }

    @Test
    void aBackupThatWasCutShortIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(backup());
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 40; i++) {
            int length = i < 5 ? i : random.nextInt(whole.length);
            Path cut = Files.write(folder.resolve("cut.zip"), Arrays.copyOf(whole, length));
            MemoryStore target = new MemoryStore();
            MaasException error =
                    catchThrowableOfType(MaasException.class, () -> Registries.restore(cut, target, COPY));
            assertThat(error).as("a backup of " + length + " bytes").isNotNull();
            assertThat(target.list("default/", "", 10)).isEmpty();
        }
    }

    @Test
    void aBackupThatWasChangedIsRefusedOrTheSame() throws IOException {
        byte[] whole = Files.readAllBytes(backup());
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < 200; i++) {
            byte[] changed = whole.clone();
            // half of them in the directory and the log, which are small beside the files
            int at = i % 2 == 0 ? random.nextInt(whole.length) : whole.length - 1 - random.nextInt(4000);
            changed[at] ^= (byte) (1 << random.nextInt(8));
            Path file = Files.write(folder.resolve("changed.zip"), changed);
            MemoryStore target = new MemoryStore();
            MaasException error =
                    catchThrowableOfType(MaasException.class, () -> Registries.restore(file, target, COPY));
            if (error == null) {
                assertCopied(target); // a date or an attribute, which nobody reads
            } else {
                assertNoRegistry(target);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "../x, PACKAGE_PATH_PARENT",
        "/etc/x, PACKAGE_PATH_ABSOLUTE",
        "default/base/000000000002.gz, PACKAGE_UNLISTED",
        "default/segments/000000000000-000000000255.gz, PACKAGE_UNLISTED",
        "default/log/x.json, PACKAGE_UNLISTED",
        "default/FORMAT.json, PACKAGE_UNLISTED",
        "default/blobs/sha256/00/x, PACKAGE_UNLISTED",
        "format.json, PACKAGE_UNLISTED"
    })
    void aBackupHasNothingThatABackupHasNot(String name, ErrorCode code) throws IOException {
        Map<String, byte[]> members = Zips.read(backup());
        members.put(name, new byte[3]);
        Path file = Zips.write(members, folder.resolve("hostile.zip"));
        assertRefused(code, () -> Registries.restore(file, to, COPY));
        assertThat(targetMemory.list("default/", "", 10)).isEmpty();
    }

    @Test
    void aBackupDoesNotExpand() throws IOException {
        Map<String, byte[]> members = Zips.read(backup());
        members.values().removeIf(content -> content.length == LARGE);
        members.put("default/log/000000000099.json", new byte[16 << 20]);
        Path file = Zips.write(members, folder.resolve("bomb.zip"));
        assertRefused(ErrorCode.PACKAGE_RATIO, () -> Registries.restore(file, to, COPY));
    }

    @Test
    void aBackupWithoutACommitIsRefused() throws IOException {
        Map<String, byte[]> whole = Zips.read(backup());
        for (long missing : List.of(0L, 1L, repository.head())) {
            Map<String, byte[]> members = new LinkedHashMap<>(whole);
            members.remove(logKey(missing));
            Path file = Zips.write(members, folder.resolve("cut-log.zip"));
            assertRefused(ErrorCode.BROKEN_CHAIN, () -> Registries.restore(file, to, COPY));
        }
        assertThat(targetMemory.list("default/", "", 10)).isEmpty();
    }

    @Test
    void aBackupOfAnotherNamespaceIsNotTakenForThisOne() {
        Path file = backup();
        assertRefused(ErrorCode.STORE_UNAVAILABLE, () -> Registries.restore(file, to, COPY.namespace("other")));
        assertRefused(ErrorCode.INVALID_NAME, () -> COPY.namespace("../x"));
        assertRefused(ErrorCode.BAD_SETTING, () -> COPY.timeout(Duration.ZERO));
    }

    @Test
    void nothingIsLeftOfABackupThatFailed() throws IOException {
        assertRefused(
                ErrorCode.TARGET_UNWRITABLE,
                () -> Registries.backup(memory, folder.resolve("missing").resolve("b.zip"), COPY));
        from.outage();
        assertRefused(ErrorCode.STORE_UNAVAILABLE, () -> Registries.backup(from, folder.resolve("b.zip"), COPY));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.filter(file -> file.toString().contains("b.zip"))).isEmpty();
        }
    }

    @Test
    void addressesAreOpenedAndClosed() {
        assertRefused(
                ErrorCode.STORE_UNAVAILABLE,
                () -> Registries.copy(URI.create("memory:a"), URI.create("memory:b"), COPY));
        Path file = backup();
        Consumer<Path> restore = archive -> Registries.restore(archive, URI.create("memory:c"), COPY);
        restore.accept(file);
        assertRefused(ErrorCode.NO_STORE, () -> Registries.restore(file, URI.create("nowhere:c"), COPY));
    }
}
