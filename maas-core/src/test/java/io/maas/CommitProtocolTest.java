package io.maas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.maas.error.AmbiguousWriteException;
import io.maas.error.CommitStateUnknownException;
import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.internal.registry.Registry;
import io.maas.internal.store.MemoryStore;
import io.maas.model.ModelName;
import io.maas.repository.AliasMove;
import io.maas.repository.AuditQuery;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.PublishOptions;
import io.maas.repository.RegisterOptions;
import io.maas.repository.RollbackOptions;
import io.maas.spi.ObjectStore;
import io.maas.testkit.FaultyStore;
import io.maas.testkit.FaultyStore.Fault;
import io.maas.testkit.ForwardingStore;
import io.maas.testkit.ScriptedBackend;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The commit loop against a store that fails as stores do. */
class CommitProtocolTest {
    private static final ModelName DIGITS = ModelName.of("digits");

    @TempDir
    Path folder;

    private FaultyStore store;
    private Platforms platforms;

    @BeforeEach
    void open() {
        store = new FaultyStore(new MemoryStore());
        platforms = new Platforms(folder, store);
    }

    private static ModelVersion register(Maas maas, int scale) {
        return maas.repository().register(ScriptedBackend.model("digits", "scale " + scale));
    }

    @Test
    void aWriteThatLandedUnnoticedIsRecognised() {
        try (Maas maas = platforms.open()) {
            ModelVersion one = register(maas, 1);
            store.onCreate("default/log/", Fault.FAIL_AFTER);
            Commit commit = maas.repository().publish(one, PublishOptions.toProduction());
            assertThat(commit.number()).isEqualTo(1);
            assertThat(maas.repository().history(DIGITS)).hasSize(1);
        }
    }

    @Test
    void aLateWriteIsRepeatedUntilItIsThere() {
        try (Maas maas = platforms.open()) {
            ModelVersion one = register(maas, 1);
            store.onCreate("default/log/", Fault.LATE);
            store.onCreate("default/log/", Fault.LATE);
            assertThat(maas.repository()
                            .publish(one, PublishOptions.toProduction())
                            .number())
                    .isEqualTo(1);
            store.landLate();
            assertThat(maas.repository().refresh()).isEqualTo(1);
        }
    }

    @Test
    void aWriteThatDefinitelyFailedChangesNothing() {
        try (Maas maas = platforms.open()) {
            ModelVersion one = register(maas, 1);
            store.onCreate("default/log/", Fault.FAIL_BEFORE);
            assertThatThrownBy(() -> maas.repository().publish(one, PublishOptions.toProduction()))
                    .isInstanceOf(UnavailableException.class);
            assertThat(maas.repository().head()).isZero();
            assertThat(maas.repository()
                            .publish(one, PublishOptions.toProduction())
                            .number())
                    .isEqualTo(1);
        }
    }

    @Test
    void aDefiniteFailureAfterAnUnknownOneIsStillUnknown() {
        try (Maas maas = platforms.builder().commitTimeout(Duration.ofNanos(1)).open()) {
            ModelVersion one = register(maas, 1);
            store.onCreate("default/log/", Fault.LATE);
            PublishOptions publish = PublishOptions.toProduction().token("mine");
            CommitStateUnknownException unknown = catchThrowableOfType(
                    CommitStateUnknownException.class, () -> maas.repository().publish(one, publish));
            assertThat(unknown.token()).isEqualTo("mine");
            assertThat(unknown.code()).isEqualTo(ErrorCode.COMMIT_STATE_UNKNOWN);

            store.landLate();
            Commit outcome = maas.repository().publish(one, publish);
            assertThat(outcome.number()).isEqualTo(1);
            assertThat(maas.repository().head()).isEqualTo(1);
        }
    }

    @Test
    void aDenialAfterAnUnknownWriteIsStillUnknown() {
        MemoryStore memory = new MemoryStore();
        boolean[] armed = {false};
        ObjectStore expiring = new ForwardingStore(memory) {
            private int tries;

            @Override
            public boolean createIfAbsent(String key, Source content) {
                if (armed[0] && key.contains("/log/")) {
                    if (tries++ == 0) {
                        super.createIfAbsent(key, content);
                        throw new AmbiguousWriteException(ErrorCode.STORE_UNAVAILABLE, "write", "timed out", "again");
                    }
                    throw new DeniedException(ErrorCode.STORE_READ_ONLY, "write", "the token expired", "renew it");
                }
                return super.createIfAbsent(key, content);
            }
        };
        try (Maas maas = new Platforms(folder, expiring)
                .builder()
                .commitTimeout(Duration.ofNanos(1))
                .open()) {
            armed[0] = true;
            assertThatThrownBy(() -> register(maas, 1)).isInstanceOf(CommitStateUnknownException.class);
            armed[0] = false;
            maas.repository().refresh();
            assertThat(maas.repository()
                            .details(maas.repository().resolve("digits:1"))
                            .probe())
                    .isPresent();
        }
    }

    @Test
    void anUnknownWriteThatNeverLandsIsMadeByTheRepeatedCall() {
        try (Maas maas = platforms.builder().commitTimeout(Duration.ofNanos(1)).open()) {
            ModelVersion one = register(maas, 1);
            store.onCreate("default/log/", Fault.LATE);
            PublishOptions publish = PublishOptions.toProduction().token("mine");
            assertThatThrownBy(() -> maas.repository().publish(one, publish))
                    .isInstanceOf(CommitStateUnknownException.class);
            assertThat(maas.repository().publish(one, publish).number()).isEqualTo(1);
            assertThat(store.landLate()).isZero();
            assertThat(maas.repository().refresh()).isEqualTo(1);
        }
    }

    @Test
    void anUnknownRegistrationKeepsItsFiles() {
        try (Maas maas = platforms.builder().commitTimeout(Duration.ofNanos(1)).open()) {
            register(maas, 1);
            store.onCreate("default/log/", Fault.LATE);
            RegisterOptions once = RegisterOptions.defaults().token("mine");
            assertThatThrownBy(() -> maas.repository().register(ScriptedBackend.model("digits", "scale 2"), once))
                    .isInstanceOf(CommitStateUnknownException.class);
            store.landLate();
            maas.repository().refresh();
            ModelVersion two = maas.repository().resolve("digits:2");
            assertThat(maas.repository().register(ScriptedBackend.model("digits", "scale 2"), once))
                    .isEqualTo(two);
            maas.repository().publish(two, PublishOptions.toProduction());
            assertThat(maas.predictor("digits")
                            .predict(ScriptedBackend.x(3))
                            .get("y")
                            .toFloats())
                    .containsExactly(6);
        }
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void aBlobIsStoredWhateverTheStoreSaysFirst(Fault fault) {
        try (Maas maas = platforms.open()) {
            store.onCreate("default/blobs/", fault);
            if (fault == Fault.FAIL_BEFORE) {
                assertThatThrownBy(() -> register(maas, 1)).isInstanceOf(UnavailableException.class);
                assertThat(maas.repository().models()).isEmpty();
            } else {
                assertThat(register(maas, 1).version()).isEqualTo("1");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "default/probe/, FAIL_AFTER",
        "default/probe/, LATE",
        "default/format.json, FAIL_AFTER",
        "default/format.json, LATE"
    })
    void aNewRegistryIsMadeWhateverTheStoreSaysFirst(String key, Fault fault) {
        store.onCreate(key, fault).onCreate(key, fault);
        try (Maas maas = platforms.builder().commitTimeout(Duration.ofNanos(1)).open()) {
            store.landLate();
            assertThat(register(maas, 1).version()).isEqualTo("1");
        }
        assertThat(store.count(FaultyStore.Operation.CREATE, key)).isGreaterThanOrEqualTo(3);
    }

    @Test
    void aStoreThatCreatesTwiceIsRefused() {
        ObjectStore forgetful = new ForwardingStore(new MemoryStore()) {
            @Override
            public boolean createIfAbsent(String key, Source content) {
                delete(key);
                return super.createIfAbsent(key, content);
            }
        };
        assertThatThrownBy(() -> new Platforms(folder, forgetful).open())
                .hasMessageContaining("second creation")
                .extracting(e -> ((MaasException) e).code())
                .isEqualTo(ErrorCode.STORE_UNFIT);
    }

    @Test
    void aStoreThatReturnsOtherBytesIsRefused() {
        store.flipBits("default/probe/");
        assertThatThrownBy(() -> platforms.open())
                .hasMessageContaining("other bytes")
                .extracting(e -> ((MaasException) e).code())
                .isEqualTo(ErrorCode.STORE_UNFIT);
    }

    @Test
    void aStoreThatThrowsWhatItShouldNotLeavesTheOutcomeUnknown() {
        MemoryStore memory = new MemoryStore();
        boolean[] armed = {false};
        ObjectStore rude = new ForwardingStore(memory) {
            @Override
            public boolean createIfAbsent(String key, Source content) {
                if (armed[0] && key.contains("/log/")) {
                    throw new IllegalStateException("a bug");
                }
                return super.createIfAbsent(key, content);
            }
        };
        try (Maas maas = new Platforms(folder, rude).open()) {
            ModelVersion one = register(maas, 1);
            armed[0] = true;
            assertThatThrownBy(() -> maas.repository().publish(one, PublishOptions.toProduction()))
                    .isInstanceOf(CommitStateUnknownException.class);
            armed[0] = false;
            assertThat(maas.repository()
                            .publish(one, PublishOptions.toProduction())
                            .number())
                    .isEqualTo(1);
        }
    }

    @Test
    void twoPlatformsThatPublishAtOnceBothSucceedInSomeOrder() throws Exception {
        try (Maas a = platforms.open();
                Maas b = platforms.open()) {
            ModelVersion one = register(a, 1);
            b.repository().refresh();
            int each = 40;
            List<Callable<List<Commit>>> writers = new ArrayList<>();
            for (Maas maas : List.of(a, b)) {
                writers.add(() -> {
                    List<Commit> commits = new ArrayList<>();
                    for (int i = 0; i < each; i++) {
                        commits.add(maas.repository().publish(one, PublishOptions.to(maas == a ? "a" + i : "b" + i)));
                    }
                    return commits;
                });
            }
            Set<Long> numbers = new HashSet<>();
            for (List<Commit> commits : inParallel(writers)) {
                commits.forEach(
                        commit -> assertThat(numbers.add(commit.number())).isTrue());
            }
            a.repository().refresh();
            b.repository().refresh();
            assertThat(numbers).hasSize(2 * each);
            assertThat(a.repository().head()).isEqualTo(2L * each);
            assertThat(b.repository().aliases(DIGITS))
                    .hasSize(2 * each)
                    .isEqualTo(a.repository().aliases(DIGITS));
        }
    }

    @Test
    void ofTwoChangesWithTheSamePreconditionOneIsRefused() throws Exception {
        try (Maas a = platforms.open();
                Maas b = platforms.open()) {
            List<ModelVersion> versions = List.of(register(a, 1), register(a, 2), register(a, 3));
            a.repository().publish(versions.get(0), PublishOptions.toProduction());
            b.repository().refresh();
            int done = 0;
            List<Callable<Boolean>> writers = new ArrayList<>();
            for (Maas maas : List.of(a, b)) {
                writers.add(() -> {
                    try {
                        maas.repository()
                                .publish(
                                        versions.get(maas == a ? 1 : 2),
                                        PublishOptions.toProduction().expecting("1"));
                        return true;
                    } catch (MaasException e) {
                        assertThat(e.code()).isEqualTo(ErrorCode.STALE);
                        return false;
                    }
                });
            }
            for (boolean won : inParallel(writers)) {
                done += won ? 1 : 0;
            }
            assertThat(done).isEqualTo(1);
            a.repository().refresh();
            assertThat(a.repository().history(DIGITS)).hasSize(2);
        }
    }

    @Test
    void whatIsAnsweredWithoutAWriteIsAnsweredByTheNewestState() {
        try (Maas a = platforms.open();
                Maas b = platforms.open()) {
            ModelVersion one = register(a, 1);
            ModelVersion two = register(a, 2);
            // b has not seen either
            assertThat(b.repository()
                            .publish(one, PublishOptions.toProduction())
                            .number())
                    .isEqualTo(2);

            a.repository().publish(two, PublishOptions.toProduction().expecting("1"));
            // for all that b has seen, production is version 1 already
            assertThat(b.repository()
                            .publish(one, PublishOptions.toProduction())
                            .number())
                    .isEqualTo(4);

            a.repository().publish(two, PublishOptions.toProduction());
            // and is not what is expected
            assertThat(b.repository()
                            .publish(one, PublishOptions.toProduction().expecting("2"))
                            .number())
                    .isEqualTo(6);

            a.repository().publish(two, PublishOptions.to("canary"));
            a.repository().publish(one, PublishOptions.to("canary"));
            // and there is no canary to roll back
            assertThat(b.repository()
                            .rollback(DIGITS, RollbackOptions.of("canary"))
                            .number())
                    .isEqualTo(9);
        }
    }

    @Test
    void nothingIsSoAlreadyBecauseOfACommitThatFails() throws Exception {
        Runnable[] inFlight = {() -> {}};
        ObjectStore slow = new ForwardingStore(store) {
            @Override
            public boolean createIfAbsent(String key, Source content) {
                if (key.endsWith("log/000000000001.json")) {
                    inFlight[0].run();
                }
                return super.createIfAbsent(key, content);
            }
        };
        ExecutorService executor = Executors.newFixedThreadPool(8);
        try (Maas maas = new Platforms(folder, slow).open()) {
            ModelVersion one = register(maas, 1);
            List<Future<Commit>> riders = new ArrayList<>();
            store.onCreate("default/log/000000000002", Fault.FAIL_BEFORE);
            inFlight[0] = () -> {
                List<Thread> threads = new CopyOnWriteArrayList<>();
                for (int i = 0; i < 8; i++) {
                    riders.add(executor.submit(() -> {
                        threads.add(Thread.currentThread());
                        return maas.repository().governance().hold(DIGITS, ChangeOptions.defaults());
                    }));
                }
                awaitAllWaiting(threads, 8);
            };
            maas.repository().publish(one, PublishOptions.to("canary"));

            assertThat(riders)
                    .hasSize(8)
                    .allSatisfy(rider -> assertThatThrownBy(rider::get).hasCauseInstanceOf(UnavailableException.class));
            assertThat(maas.repository().aliases(DIGITS)).containsOnlyKeys("canary");
            assertThat(maas.repository().hold(DIGITS)).isEmpty();
        } finally {
            executor.shutdownNow();
        }
    }

    /** In one commit: a bundle that is there already is asked for with another, and deleted by somebody else. */
    @Test
    void whatRidesAlongHarmsNobody() throws Exception {
        Runnable[] inFlight = {() -> {}};
        ObjectStore slow = new ForwardingStore(store) {
            @Override
            public boolean createIfAbsent(String key, Source content) {
                if (key.endsWith("log/000000000001.json")) {
                    inFlight[0].run();
                }
                return super.createIfAbsent(key, content);
            }
        };
        ExecutorService executor = Executors.newFixedThreadPool(3);
        try (Maas maas = new Platforms(folder, slow).open()) {
            ModelRepository repository = maas.repository();
            ModelVersion known = register(maas, 1);
            List<Future<?>> riders = new ArrayList<>();
            List<Runnable> changes = List.of(
                    () -> repository.registerAll(
                            List.of(ScriptedBackend.model("digits", "scale 1"), ScriptedBackend.model("b", "scale 2")),
                            RegisterOptions.defaults()),
                    () -> repository.delete(known, ChangeOptions.defaults()),
                    () -> repository.register(ScriptedBackend.model("d", "scale 3")));
            inFlight[0] = () -> {
                List<Thread> threads = new CopyOnWriteArrayList<>();
                for (Runnable change : changes) { // one after another, so that they are decided in this order
                    riders.add(executor.submit(() -> {
                        threads.add(Thread.currentThread());
                        change.run();
                    }));
                    awaitAllWaiting(threads, riders.size());
                }
            };
            repository.register(ScriptedBackend.model("c", "scale 4"));

            for (Future<?> rider : riders) {
                rider.get();
            }
            assertThat(repository.head()).isEqualTo(2);
            assertThat(repository.models()).extracting(ModelName::value).containsExactly("b", "c", "d");
            for (ModelName name : repository.models()) {
                repository.exportZip(repository.versions(name).get(0), folder.resolve(name + ".zip"));
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private static void awaitAllWaiting(List<Thread> threads, int count) {
        while (threads.size() < count
                || threads.stream().anyMatch(thread -> thread.getState() != Thread.State.WAITING)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void changesOfManyThreadsRideInFewCommits() throws Exception {
        try (Maas maas = platforms.open()) {
            ModelVersion one = register(maas, 1);
            List<Callable<Commit>> writers = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                String alias = "alias-" + i;
                writers.add(() -> maas.repository()
                        .publish(one, PublishOptions.to(alias).actor(alias).reason("because " + alias)));
            }
            for (Commit commit : inParallel(writers)) {
                assertThat(commit.reason()).contains("because " + commit.actor());
            }
            assertThat(maas.repository().aliases(DIGITS)).hasSize(64);
            assertThat(maas.repository()
                            .audit()
                            .entries(AuditQuery.everything().fromCommit(1), 200)
                            .entries())
                    .filteredOn(entry -> entry.kind().equals("alias"))
                    .hasSize(64)
                    .allSatisfy(entry -> assertThat(entry.subject())
                            .isEqualTo("digits@" + entry.commit().actor()));
        }
    }

    @Test
    void theSameTokenFromManyThreadsTakesEffectOnce() throws Exception {
        try (Maas maas = platforms.open()) {
            ModelVersion one = register(maas, 1);
            List<Callable<Commit>> writers = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                writers.add(() -> maas.repository()
                        .publish(one, PublishOptions.toProduction().token("once")));
            }
            assertThat(new HashSet<>(inParallel(writers))).hasSize(1);
            assertThat(maas.repository().history(DIGITS))
                    .extracting(AliasMove::kind)
                    .containsExactly(AliasMove.Kind.PUBLISH);
        }
    }

    @Test
    void anInterruptedThreadStillCommitsAndStaysInterrupted() {
        try (Maas maas = platforms.open()) {
            ModelVersion one = register(maas, 1);
            store.onCreate("default/log/", Fault.LATE);
            Thread.currentThread().interrupt();
            Commit commit = maas.repository().publish(one, PublishOptions.toProduction());
            assertThat(Thread.interrupted()).isTrue();
            assertThat(commit.number()).isEqualTo(1);
        }
    }

    @Test
    void aStoreThatGivesUpWhenInterruptedIsAskedAgain() {
        MemoryStore memory = new MemoryStore();
        ObjectStore sensitive = new ForwardingStore(memory) {
            private int tries;

            @Override
            public boolean createIfAbsent(String key, Source content) {
                if (key.contains("/log/000000000001") && tries++ < 3) {
                    Thread.currentThread().interrupt();
                    throw new UnavailableException(ErrorCode.STORE_UNAVAILABLE, "write", "interrupted", "again");
                }
                return super.createIfAbsent(key, content);
            }
        };
        try (Maas maas = new Platforms(folder, sensitive).open()) {
            ModelVersion one = register(maas, 1);
            assertThat(maas.repository()
                            .publish(one, PublishOptions.toProduction())
                            .number())
                    .isEqualTo(1);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void timeNeverGoesBack() {
        Instant late = Instant.parse("2030-01-01T00:00:00Z");
        ModelVersion one;
        try (Maas maas =
                platforms.builder().clock(Clock.fixed(late, ZoneOffset.UTC)).open()) {
            one = register(maas, 1);
        }
        try (Maas maas = platforms.open()) {
            assertThat(maas.repository()
                            .publish(one, PublishOptions.toProduction())
                            .time())
                    .isEqualTo(late);
        }
    }

    @Test
    void aFailingListenerDoesNotUndoACommit() {
        try (Maas maas = platforms.open()) {
            ((Registry) maas.repository()).onCommit((number, models) -> {
                throw new IllegalStateException("a listener's bug");
            });
            assertThat(register(maas, 1).version()).isEqualTo("1");
            assertThat(maas.repository().head()).isZero();
        }
    }

    @Test
    void aDamagedManifestIsNoticed() {
        ModelVersion one;
        try (Maas maas = platforms.open()) {
            one = register(maas, 1);
        }
        store.flipBits("default/blobs/");
        try (Maas maas = platforms.open()) {
            assertThatThrownBy(() -> maas.repository().details(one))
                    .extracting(e -> ((MaasException) e).code())
                    .isEqualTo(ErrorCode.CORRUPT_BLOB);
            store.heal();
            assertThat(maas.repository().details(one).manifest().name()).isEqualTo(DIGITS);
        }
    }

    @Test
    void aRottenFileIsNotExported() {
        try (Maas maas = platforms.open()) {
            ModelVersion one = register(maas, 1);
            assertThat(maas.repository().details(one).manifest().name()).isEqualTo(DIGITS); // cached before it rots
            store.flipBits("default/blobs/");
            assertThatThrownBy(() -> maas.repository().exportZip(one, folder.resolve("out.zip")))
                    .extracting(e -> ((MaasException) e).code())
                    .isEqualTo(ErrorCode.CORRUPT_BLOB);
            assertThat(folder.resolve("out.zip")).doesNotExist();
        }
    }

    @Test
    void filesThatCannotBeDeletedDoNotHideWhatWasWrong() {
        ObjectStore keeping = new ForwardingStore(new MemoryStore()) {
            @Override
            public void delete(String key) {
                if (key.contains("/blobs/")) {
                    throw new DeniedException(ErrorCode.STORE_READ_ONLY, "delete", "no right", "ask for it");
                }
                super.delete(key);
            }
        };
        try (Maas maas = new Platforms(folder, keeping).open()) {
            assertThatThrownBy(() -> maas.repository().register(ScriptedBackend.model("digits", "corrupt")))
                    .extracting(e -> ((MaasException) e).code())
                    .isEqualTo(ErrorCode.MODEL_CORRUPT);
        }
    }

    @Test
    void aMissingBlobIsNamed() {
        try (Maas maas = platforms.open()) {
            ModelVersion one = register(maas, 1);
            for (String key : store.list("default/blobs/", "", 100)) {
                store.delete(key);
            }
            assertThatThrownBy(() -> maas.repository().exportDirectory(one, folder.resolve("out")))
                    .hasMessageContaining("blobs/sha256/")
                    .extracting(e -> ((MaasException) e).code())
                    .isEqualTo(ErrorCode.CORRUPT_BLOB);
        }
    }

    @Test
    void closingLeavesTheHintOfTheLastCommit() {
        try (Maas maas = platforms.open()) {
            register(maas, 1);
        }
        assertThat(store.get("default/hint/last").orElseThrow()).isEqualTo("0".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void theFormatSaysWhichLayoutTheStoreHas() {
        platforms.open().close();
        assertThat(new String(store.get("default/format.json").orElseThrow(), StandardCharsets.UTF_8))
                .contains("\"layout\" : 1")
                .contains("\"hash\" : \"sha256\"");
    }

    private static <T> List<T> inParallel(List<Callable<T>> tasks) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(tasks.size());
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> future : executor.invokeAll(tasks)) {
                results.add(future.get());
            }
            return results;
        } finally {
            executor.shutdownNow();
        }
    }
}
