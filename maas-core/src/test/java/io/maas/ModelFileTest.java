package io.maas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.maas.error.CommitStateUnknownException;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.internal.bundle.ManifestCodec;
import io.maas.internal.store.MemoryStore;
import io.maas.internal.transfer.ModelDocument;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.Manifest.FileEntry;
import io.maas.model.Manifest.Role;
import io.maas.model.ModelName;
import io.maas.repository.AuditQuery;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.CopyOptions;
import io.maas.repository.Lifecycle;
import io.maas.repository.ModelImportOptions;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.Policy;
import io.maas.repository.PromoteOptions;
import io.maas.repository.PublishOptions;
import io.maas.repository.RegisterOptions;
import io.maas.spi.Pseudonyms;
import io.maas.testkit.FaultyStore;
import io.maas.testkit.FaultyStore.Fault;
import io.maas.testkit.ForwardingStore;
import io.maas.testkit.ScriptedBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of models from strangers, and deliveries when stores fail and others are faster. */
class ModelFileTest {
    private static final ModelName DIGITS = ModelName.of("digits");
    private static final ModelImportOptions IMPORT = ModelImportOptions.defaults();
    private static final int LARGE = (1 << 20) + 9;

    @TempDir
    Path folder;

    private final MemoryStore memory = new MemoryStore();
    private final FaultyStore from = new FaultyStore(memory);
    private final MemoryStore there = new MemoryStore();
    private final FaultyStore to = new FaultyStore(there);
    /** What others do right before the next blobs are stored in the target, one for each. */
    private final Deque<Runnable> meanwhile = new ArrayDeque<>();
    /** What happens right before the next commits of the target, one for each. */
    private final Deque<Runnable> beforeCommit = new ConcurrentLinkedDeque<>();

    private Maas maas;
    private Maas target;
    private Maas other;
    private ModelVersion two;
    private Path file;

    @BeforeEach
    void export() {
        maas = new Platforms(folder, from).open();
        Platforms targets = new Platforms(folder, to);
        target = targets.builderOn(new ForwardingStore(to) {
                    @Override
                    public boolean createIfAbsent(String key, Source content) {
                        if (key.contains("/blobs/") && !meanwhile.isEmpty()) {
                            meanwhile.remove().run();
                        } else if (key.contains("/log/") && !beforeCommit.isEmpty()) {
                            beforeCommit.remove().run();
                        }
                        return super.createIfAbsent(key, content);
                    }
                })
                .commitTimeout(Duration.ofMillis(1))
                .open();
        other = targets.open();
        ModelRepository repository = maas.repository();
        ModelVersion one = repository.register(ScriptedBackend.model("digits", "scale 1"));
        Manifest manifest = Manifest.builder("digits", ScriptedBackend.FORMAT).build();
        byte[] notes = new byte[LARGE];
        new SplittableRandom(3).nextBytes(notes);
        two = repository.register(PackageSource.builder(manifest)
                .file("model.scripted", Role.WEIGHTS, "scale 2".getBytes(StandardCharsets.UTF_8))
                .file("notes.txt", Role.DOC, notes)
                .build());
        repository.register(ScriptedBackend.model("iris", "scale 3"));
        repository.publish(one, PublishOptions.toProduction());
        repository.publish(two, PublishOptions.toProduction().reason("better"));
        file = folder.resolve("digits.model");
        repository.exportModel(DIGITS, file);
    }

    @AfterEach
    void close() {
        maas.close();
        target.close();
        other.close();
    }

    private List<String> left() {
        return there.list("default/blobs/", "", 1000);
    }

    private void assertRefusedUntouched(ErrorCode code, Path hostile) {
        assertRefused(code, () -> target.repository().importModel(hostile, IMPORT.withAliases()));
        assertThat(target.repository().refresh()).isEqualTo(-1);
        assertThat(left()).as("what a refused import left").isEmpty();
    }

    private void assertRefused(ErrorCode code, Consumer<Map<String, byte[]>> change) throws IOException {
        Map<String, byte[]> members = Zips.read(file);
        change.accept(members);
        assertRefusedUntouched(code, Zips.write(members, folder.resolve("hostile.model")));
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable call) {
        Refusals.assertRefused(code, call);
    }

    private static Consumer<Map<String, byte[]>> document(UnaryOperator<String> change) {
        return members -> members.computeIfPresent(
                "model.json",
                (name, json) ->
                        change.apply(new String(json, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8));
    }

    private static String member(byte[] content) {
        return "blobs/sha256/" + Digest.of(content).hex();
    }

    // ---- hostile files

    @Test
    void aChangedPartIsRefusedByItsReason() throws IOException {
        byte[] script = "scale 2".getBytes(StandardCharsets.UTF_8);
        assertRefused(ErrorCode.PACKAGE_MISSING, members -> members.remove(member(script)));
        assertRefused(
                ErrorCode.PACKAGE_DIGEST,
                members -> members.put(member(script), "scale 9".getBytes(StandardCharsets.UTF_8)));
        assertRefused(ErrorCode.PACKAGE_SIZE, members -> members.put(member(script), new byte[3]));
        assertRefused(ErrorCode.PACKAGE_MISSING, members -> members.remove("model.json"));
        assertRefused(ErrorCode.PACKAGE_UNLISTED, members -> members.put("readme.txt", new byte[1]));
        assertRefused(ErrorCode.PACKAGE_UNLISTED, members -> members.put(member(new byte[1]), new byte[1]));
        assertRefused(ErrorCode.PACKAGE_PATH_PARENT, members -> members.put("../x", new byte[1]));
        assertRefused(ErrorCode.PACKAGE_RATIO, members -> {
            members.values().removeIf(content -> content.length == LARGE);
            members.put(member(new byte[16 << 20]), new byte[16 << 20]);
        });
    }

    @Test
    void aChangedDocumentIsRefused() throws IOException {
        String digest = two.digest().hex();
        assertRefused(ErrorCode.BAD_DOCUMENT, document(json -> json.replace("maas-model/1", "maas-model/2")));
        assertRefused(ErrorCode.BAD_DOCUMENT, document(json -> json.replace("\"active\"", "\"deleted\"")));
        assertRefused(ErrorCode.BAD_DOCUMENT, document(json -> json.replace("\"active\"", "\"immortal\"")));
        assertRefused(
                ErrorCode.BAD_DOCUMENT, document(json -> json.replace("\"model\" : \"digits\"", "\"model\" : \"a\"")));
        assertRefused(
                ErrorCode.BAD_DOCUMENT, document(json -> json.replace("\"version\" : \"2\"", "\"version\" : \"1\"")));
        assertRefused(
                ErrorCode.BAD_DOCUMENT, document(json -> json.replace("\"version\" : \"2\"", "\"version\" : \"9\"")));
        assertRefused(ErrorCode.BAD_DOCUMENT, document(json -> json.replace(digest, "0".repeat(64))));
        assertRefused(ErrorCode.BAD_DOCUMENT, document(json -> json.replaceAll("(?s)\"versions\" : .*\\],", "")));
        assertRefused(ErrorCode.BAD_DOCUMENT, document(json -> "[".repeat(100_000)));
        assertRefused(ErrorCode.BAD_DOCUMENT, document(json -> "{}"));
        assertRefused(ErrorCode.BAD_DOCUMENT, document(json -> ""));
    }

    @Test
    void whatNoRegistryWritesIsRefusedBeforeAnythingIsStored() throws IOException {
        String stack = "\"stack\" : [ \"1\", \"2\" ]";
        String longer = "\"stack\" : [" + "\"1\",".repeat(64) + "\"2\"]";
        assertRefused(ErrorCode.BAD_DOCUMENT, document(json -> {
            assertThat(json).contains(stack);
            return json.replace(stack, longer);
        }));
        StringBuilder aliases = new StringBuilder("\"aliases\" : {");
        for (int i = 0; i < 1000; i++) {
            aliases.append("\"a").append(i).append("\" : {").append(stack).append(", \"moves\" : []},");
        }
        assertRefused(ErrorCode.BAD_DOCUMENT, document(json -> {
            assertThat(json).contains("\"aliases\" : {");
            return json.replace("\"aliases\" : {", aliases);
        }));
    }

    @Test
    void aFileOfMoreFilesThanAnyModelHasIsRefused() throws IOException {
        Digest empty = Digest.of(new byte[0]);
        List<FileEntry> files = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            files.add(new FileEntry("f" + i, Role.DOC, 0, empty));
        }
        byte[] manifest = new ManifestCodec()
                .write(Manifest.builder("digits", ScriptedBackend.FORMAT)
                        .files(files)
                        .build());
        Digest listed = Digest.of(manifest);
        List<ModelDocument.Version> versions = new ArrayList<>();
        for (int i = 0; i < 101; i++) {
            versions.add(new ModelDocument.Version(
                    "v" + i, listed, Lifecycle.ACTIVE, listed, Optional.empty(), listed, Map.of()));
        }
        assertRefused(ErrorCode.PACKAGE_TOO_MANY, members -> {
            members.put(member(manifest), manifest);
            members.put("model.json", new ModelDocument(empty, 0, empty, DIGITS, versions, Map.of()).write());
        });
    }

    /** What would be read whole is bounded where it comes in, so that everything that is there can be written and read. */
    @Test
    void aSignatureThatCouldNotBeReadIsNotRegistered() throws IOException {
        Path plain = folder.resolve("plain.zip");
        Packages.writeZip(ScriptedBackend.model("signed", "scale 1"), plain);
        Map<String, byte[]> members = Zips.read(plain);
        byte[] signature = new byte[(16 << 20) + 1];
        new SplittableRandom(5).nextBytes(signature);
        members.put("model.sig", signature);
        Path signed = Zips.write(members, folder.resolve("signed.zip"));
        assertRefused(ErrorCode.SIGNATURE_MALFORMED, () -> maas.repository().register(PackageSource.zip(signed)));
    }

    @Test
    void noPackageIsTakenForAnother() throws IOException {
        // both are whole: the origin of one with the package of the other
        assertRefused(ErrorCode.PACKAGE_DIGEST, document(json -> {
            String[] manifests = Pattern.compile("\"manifest\" : \"([0-9a-f]{64})\"")
                    .matcher(json)
                    .results()
                    .map(found -> found.group(1))
                    .toArray(String[]::new);
            return json.replace(manifests[0], "x")
                    .replace(manifests[1], manifests[0])
                    .replace("\"x\"", "\"" + manifests[1] + "\"");
        }));
    }

    @Test
    void aFileThatWasCutOrChangedIsRefusedOrTheSame() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        SplittableRandom random = new SplittableRandom(13);
        for (int i = 0; i < 150; i++) {
            byte[] changed = whole.clone();
            if (i % 3 == 0) {
                changed = Arrays.copyOf(whole, random.nextInt(whole.length));
            } else {
                int at = i % 3 == 1 ? random.nextInt(whole.length) : whole.length - 1 - random.nextInt(2000);
                changed[at] ^= (byte) (1 << random.nextInt(8));
            }
            Path hostile = Files.write(folder.resolve("changed.model"), changed);
            MemoryStore store = new MemoryStore();
            try (Maas fresh = new Platforms(folder, store).open()) {
                MaasException error = catchThrowableOfType(
                        MaasException.class, () -> fresh.repository().importModel(hostile, IMPORT));
                if (error == null) {
                    assertThat(fresh.repository().versions(DIGITS))
                            .extracting(ModelVersion::digest)
                            .isEqualTo(maas.repository().versions(DIGITS).stream()
                                    .map(ModelVersion::digest)
                                    .toList());
                } else {
                    assertThat(fresh.repository().head()).isEqualTo(-1);
                    assertThat(store.list("default/blobs/", "", 10)).isEmpty();
                }
            }
        }
    }

    @Test
    void aModelThatTheEngineRefusesIsNotImportedUnlessItWasYanked() {
        ModelRepository repository = maas.repository();
        ModelVersion bad = repository.register(ScriptedBackend.model("bad", "once 1"));
        repository.register(ScriptedBackend.model("bad", "scale 1"));
        Path active = folder.resolve("active.model");
        repository.exportModel(bad.name(), active);
        repository.yank(bad, ChangeOptions.because("it breaks the engine"));
        Path yanked = folder.resolve("yanked.model");
        repository.exportModel(bad.name(), yanked);

        // from now on the engine there breaks on that script
        target.repository().register(ScriptedBackend.model("other", "once 1"));
        long head = target.repository().head();
        int blobs = left().size();
        assertThat(catchThrowable(() -> target.repository().importModel(active, IMPORT)))
                .isNotNull();
        assertThat(target.repository().head()).isEqualTo(head);
        assertThat(left()).hasSize(blobs);

        List<ModelVersion> versions = target.repository().importModel(yanked, IMPORT);
        assertThat(target.repository().details(versions.get(0)).probe()).isEmpty();
        assertThat(target.repository().details(versions.get(0)).standing().lifecycle())
                .isEqualTo(Lifecycle.YANKED);
        assertThat(target.repository().details(versions.get(1)).probe()).isPresent();
    }

    // ---- the audit log in the file

    @Test
    void theFileTellsOfTheModelAndOfNothingElse() throws IOException {
        maas.repository().governance().setPolicy(DIGITS, Policy.open(), ChangeOptions.because("ours"));
        maas.repository().governance().setPolicy(Policy.open(), ChangeOptions.because("all"));
        Path again = folder.resolve("again.model");
        maas.repository().exportModel(DIGITS, again);
        List<String> lines = new String(Zips.read(again).get("audit.jsonl"), StandardCharsets.UTF_8)
                .lines()
                .toList();
        long about = maas.repository().audit().entries(AuditQuery.everything(), 1000).entries().stream()
                .filter(entry -> "digits".equals(entry.details().get("model")))
                .count();
        assertThat(lines).hasSize((int) about).noneMatch(line -> line.contains("iris"));
        assertThat(lines.get(lines.size() - 1)).contains("\"kind\":\"policy\"").contains("ours");
        assertThat(lines).filteredOn(line -> line.contains("better")).isNotEmpty();
    }

    @Test
    void aDamagedStoreIsNotExported() {
        String key = memory.list("default/blobs/", "", 1000).stream()
                .filter(each -> memory.get(each).orElseThrow().length == LARGE)
                .findFirst()
                .orElseThrow();
        from.flipBits(key);
        Path damaged = folder.resolve("damaged.model");
        assertRefused(ErrorCode.CORRUPT_BLOB, () -> maas.repository().exportModel(DIGITS, damaged));
        assertThat(damaged).doesNotExist();
        assertRefused(
                ErrorCode.CORRUPT_BLOB,
                () -> maas.repository().promote(two, target.repository(), PromoteOptions.defaults()));
        assertThat(left()).isEmpty();
    }

    // ---- stores that fail, and others

    @Test
    void anImportOfUnknownOutcomeIsRepeatedByItsToken() {
        ModelImportOptions options = IMPORT.withAliases().token("import-1");
        for (int i = 0; i < 10; i++) {
            to.onCreate("default/log/", Fault.LATE);
        }
        CommitStateUnknownException unknown = catchThrowableOfType(
                CommitStateUnknownException.class, () -> target.repository().importModel(file, options));
        assertThat(unknown).isNotNull();
        assertThat(left()).as("the commit may be there, and needs its files").isNotEmpty();
        assertThat(to.landLate()).isEqualTo(1);
        to.heal();
        List<ModelVersion> versions = target.repository().importModel(file, options);
        assertThat(versions).hasSize(2);
        assertThat(target.repository().head()).isZero();
        target.repository().exportZip(versions.get(1), folder.resolve("whole.zip"));
    }

    @Test
    void aVersionThatArrivesMeanwhileIsKept() {
        meanwhile.add(() -> other.repository().register(ScriptedBackend.model("digits", "scale 1")));
        List<ModelVersion> versions = target.repository().importModel(file, IMPORT);
        assertThat(versions.get(0).commit()).isZero();
        assertThat(versions.get(1).commit()).isEqualTo(1);
    }

    @Test
    void aLabelThatIsTakenMeanwhileLeavesNothing() {
        meanwhile.add(() -> other.repository()
                .register(
                        ScriptedBackend.model("digits", "scale 7"),
                        RegisterOptions.defaults().version("2")));
        assertRefused(ErrorCode.DUPLICATE_VERSION, () -> target.repository().importModel(file, IMPORT));
        target.repository().refresh();
        assertThat(target.repository().versions(DIGITS)).hasSize(1);
        assertThat(left()).hasSize(3);
    }

    @Test
    void aPolicyThatChangesWhileTheGateLooksIsMet() {
        // the first blobs are files; the last one is the report
        Runnable nothing = () -> {};
        for (int i = 0; i < 8; i++) {
            meanwhile.add(nothing);
        }
        meanwhile.add(
                () -> other.repository().governance().setPolicy(Policy.open().approvals(1), ChangeOptions.defaults()));
        assertRefused(ErrorCode.POLICY_APPROVALS, () -> target.repository().importModel(file, IMPORT.withAliases()));
        assertThat(meanwhile).isEmpty();
        assertThat(left()).isEmpty();
        assertThat(target.repository().models()).isEmpty();
    }

    @Test
    void aReportThatIsTakenBackIsNobodyElsesFile() {
        ModelRepository repository = target.repository();
        repository.importModel(file, IMPORT.withAliases());
        repository.unpublish(DIGITS, "production", ChangeOptions.defaults());
        // the clock stands still, so the gate will find the same once more
        PackageSource.Builder collection = PackageSource.builder(
                        Manifest.builder("reports", ScriptedBackend.FORMAT).build())
                .file("model.scripted", Role.WEIGHTS, "scale 4".getBytes(StandardCharsets.UTF_8));
        for (String key : left()) {
            byte[] content = there.get(key).orElseThrow();
            if (new String(content, StandardCharsets.UTF_8).startsWith("{\"version\":{")) {
                collection.file(Digest.of(content).hex() + ".txt", Role.DOC, content);
            }
        }
        repository.register(collection.build());
        beforeCommit.add(() ->
                other.repository().governance().setPolicy(Policy.open().heldBy("grace"), ChangeOptions.defaults()));
        repository.importModel(file, IMPORT.withAliases());
        assertThat(beforeCommit).isEmpty();
        assertThat(Registries.copy(there, new MemoryStore(), CopyOptions.defaults())
                        .head())
                .as("a copy needs every blob")
                .isEqualTo(repository.head());
    }

    @Test
    void whatIsThereIsToldOfAsItWasBeforeOthersDeletedItInTheSameCommit() throws Exception {
        ModelVersion kept = target.repository()
                .register(
                        ScriptedBackend.model("digits", "scale 1"),
                        RegisterOptions.defaults().version("ours"));
        ExecutorService executor = Executors.newCachedThreadPool();
        try {
            List<Thread> threads = new CopyOnWriteArrayList<>();
            CountDownLatch committing = new CountDownLatch(1);
            CountDownLatch queued = new CountDownLatch(1);
            beforeCommit.add(() -> {
                committing.countDown();
                await(queued);
            });
            // while the import stores its files, a commit begins that takes until the others wait for it
            meanwhile.add(() -> {
                executor.execute(() -> target.repository()
                        .governance()
                        .setPolicy(Policy.open().heldBy("grace"), ChangeOptions.defaults()));
                while (committing.getCount() > 0) {
                    Thread.onSpinWait(); // it is not to be taken for one that waits for the lock
                }
            });
            Future<List<ModelVersion>> imported = executor.submit(() -> {
                threads.add(Thread.currentThread());
                return target.repository().importModel(file, IMPORT);
            });
            await(committing);
            awaitAllQueued(threads, 1);
            Future<Commit> deleted = executor.submit(() -> {
                threads.add(Thread.currentThread());
                return target.repository().delete(kept, ChangeOptions.because("by mistake"));
            });
            awaitAllQueued(threads, 2);
            queued.countDown();
            assertThat(imported.get().get(0)).isEqualTo(kept);
            assertThat(imported.get().get(1).commit()).isEqualTo(deleted.get().number());
        } finally {
            executor.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until threads wait for the lock under which commits are made. */
    private static void awaitAllQueued(List<Thread> threads, int count) {
        while (threads.size() < count
                || threads.stream()
                        .anyMatch(thread -> !(LockSupport.getBlocker(thread) instanceof AbstractQueuedSynchronizer))) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whoImportsIsAskedForOnce() {
        StoredPseudonyms stored = StoredPseudonyms.in(new MemoryStore());
        List<String> asked = new ArrayList<>();
        Pseudonyms counting = new Pseudonyms() {
            @Override
            public String idOf(String actor) {
                asked.add(actor);
                return stored.idOf(actor);
            }

            @Override
            public Optional<String> find(String actor) {
                return stored.find(actor);
            }

            @Override
            public Optional<String> actorOf(String id) {
                return stored.actorOf(id);
            }
        };
        try (Maas named = new Platforms(folder, to)
                .builder()
                .pseudonyms(counting)
                .actor("ada")
                .open()) {
            ModelRepository repository = named.repository();
            ModelVersion kept = repository.register(ScriptedBackend.model("digits", "scale 1"));
            repository.governance().hold(kept.name(), ChangeOptions.defaults());
            asked.clear();
            repository.importModel(
                    file, IMPORT.change(ChangeOptions.defaults().despiteHold()).withAliases());
            assertThat(asked).containsExactly("ada");
        }
    }

    @Test
    void evidenceIsAboutTheVersionAsItWasRegistered() {
        Clock precise = Clock.fixed(Instant.parse("2026-01-01T00:00:00.123456789Z"), ZoneOffset.UTC);
        try (Maas exact = new Platforms(folder, to).builder().clock(precise).open()) {
            ModelRepository repository = exact.repository();
            repository.importModel(file, IMPORT.withAliases());
            ModelVersion live = repository.resolve("digits");
            assertThat(repository.evidence(live, "production").orElseThrow().version())
                    .isEqualTo(live);
        }
    }

    @Test
    void whatIsServedAfterAnImportWasCheckedOnceMore() throws IOException {
        byte[] script = "scale 2".getBytes(StandardCharsets.UTF_8);
        Path local = Files.write(folder.resolve("local"), script);
        ForwardingStore withFiles = new ForwardingStore(to) {
            @Override
            public Optional<Path> localFile(String key) {
                return key.contains(Digest.of(script).hex()) ? Optional.of(local) : Optional.empty();
            }

            @Override
            public boolean createIfAbsent(String key, Source content) {
                if (!meanwhile.isEmpty() && key.contains("/blobs/")) {
                    meanwhile.remove().run();
                }
                return super.createIfAbsent(key, content);
            }
        };
        // of the first version and of the second one; the last one is the origin, which is stored when the model was
        // run
        Runnable nothing = () -> {};
        for (int i = 0; i < 7; i++) {
            meanwhile.add(nothing);
        }
        meanwhile.add(() -> {
            try {
                Files.writeString(local, "scale 9");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try (Maas damaged = new Platforms(folder, to).builderOn(withFiles).open()) {
            assertRefused(ErrorCode.CORRUPT_BLOB, () -> damaged.repository().importModel(file, IMPORT.withAliases()));
        }
        assertThat(meanwhile).isEmpty();
    }
}
