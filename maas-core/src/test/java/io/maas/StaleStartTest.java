package io.maas;

import static io.maas.Refusals.assertRefused;
import static io.maas.testkit.ScriptedBackend.x;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.internal.log.CommitLog;
import io.maas.internal.registry.Registry;
import io.maas.internal.store.MemoryStore;
import io.maas.model.ModelName;
import io.maas.predict.Predictor;
import io.maas.repository.ModelVersion;
import io.maas.repository.PublishOptions;
import io.maas.repository.RepositoryEvent;
import io.maas.repository.Subscription;
import io.maas.tensor.Tensors;
import io.maas.testkit.FaultyStore;
import io.maas.testkit.FaultyStore.Operation;
import io.maas.testkit.ScriptedBackend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts that start while the store cannot be reached. */
@Timeout(60)
class StaleStartTest {
    private static final String ADDRESS = "test:registry";

    @TempDir
    Path folder;

    private final MemoryStore memory = new MemoryStore();
    private final FaultyStore store = new FaultyStore(new NamedStore(ADDRESS, memory));
    private Platforms platforms;
    /** Another host, with a cache of its own. */
    private Platforms elsewhere;

    @BeforeEach
    void open() {
        platforms = new Platforms(folder, store);
        elsewhere = new Platforms(folder.resolve("elsewhere"), new NamedStore(ADDRESS, memory));
    }

    private ModelVersion publish(Maas maas, String script) {
        ModelVersion version = maas.repository().register(ScriptedBackend.model("digits", script));
        maas.repository().publish(version, PublishOptions.toProduction());
        return version;
    }

    private static float answer(Predictor<Tensors, Tensors> predictor) {
        return ScriptedBackend.y(predictor.predict(x(1)))[0];
    }

    /** A host that served version 1, and ends. */
    private void serveOnce() {
        try (Maas maas = platforms.open()) {
            publish(maas, "scale 1");
            assertThat(answer(maas.predictor("digits"))).isEqualTo(1);
        }
    }

    @Test
    void aHostServesWhatItKnowsAndFollowsWhenTheStoreIsBack() {
        serveOnce();
        store.outage();
        try (Maas host = platforms.open()) {
            Predictor<Tensors, Tensors> digits = host.predictor("digits");
            assertThat(answer(digits)).isEqualTo(1);
            assertThat(host.status().stale().orElseThrow()).contains("the store is down");
            assertThat(host.status().head()).isEqualTo(1);
            assertRefused(ErrorCode.STORE_UNAVAILABLE, () -> host.repository().refresh());
            long head;
            try (Maas other = elsewhere.open()) {
                publish(other, "scale 2");
                head = other.repository().head();
            }

            store.heal();
            assertThat(host.repository().refresh()).isEqualTo(head);
            host.awaitServing(host.repository().history(digitsName()).get(1).commit());
            assertThat(answer(digits)).isEqualTo(2);
            assertThat(host.status().stale()).isEmpty();
            assertThat(publish(host, "scale 3").version()).isEqualTo("3");
        }
    }

    private static ModelName digitsName() {
        return ModelName.of("digits");
    }

    @Test
    void nothingOfTheStoreIsNeededToLoadWhatWasServedBefore() {
        serveOnce();
        store.outage();
        store.resetCounts();
        try (Maas host = platforms.open()) {
            assertThat(answer(host.predictor("digits@production"))).isEqualTo(1);
            assertThat(answer(host.predictor("digits:1"))).isEqualTo(1);
            assertThat(store.count(Operation.OPEN, "default/blobs/")).isZero();
            assertThat(store.count(Operation.GET, "default/blobs/")).isZero();
        }
    }

    @Test
    void changesAreRefusedDuringTheOutageAndMadeAfterIt() {
        serveOnce();
        store.outage();
        try (Maas host = platforms.open()) {
            ModelVersion one = host.repository().resolve("digits:1");
            assertRefused(
                            ErrorCode.STORE_UNAVAILABLE,
                            () -> host.repository().publish(one, PublishOptions.to("staging")))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("not reached since the platform was opened");
            assertRefused(ErrorCode.STORE_UNAVAILABLE, () -> publish(host, "scale 2"))
                    .isInstanceOf(UnavailableException.class);
            assertThat(store.count(Operation.CREATE, "default/blobs/"))
                    .as("uploads of the first host")
                    .isEqualTo(4);

            store.heal();
            assertThat(host.repository()
                            .publish(one, PublishOptions.to("staging"))
                            .number())
                    .isEqualTo(2);
            assertThat(host.status().stale()).isEmpty();
        }
    }

    @Test
    void eventsAreToldOnceTheStoreIsKnownToBeTheSame() throws Exception {
        serveOnce();
        store.outage();
        BlockingQueue<RepositoryEvent> events = new LinkedBlockingQueue<>();
        try (Maas host = platforms.open();
                Subscription subscription = host.repository().subscribe(0, events::add)) {
            assertThat(subscription.position()).isEqualTo(-1);
            store.heal();
            host.repository().refresh();
            assertThat(events.take()).isInstanceOf(RepositoryEvent.Registered.class);
            assertThat(events.take()).isInstanceOf(RepositoryEvent.Attached.class);
            assertThat(events.take()).isInstanceOf(RepositoryEvent.Attached.class);
            assertThat(events.take()).isInstanceOf(RepositoryEvent.AliasMoved.class);
        }
    }

    @Test
    void eventsOfAnotherRegistryAreNotTold() {
        serveOnce();
        store.outage();
        BlockingQueue<RepositoryEvent> events = new LinkedBlockingQueue<>();
        try (Maas host = platforms.open()) {
            clear("default/");
            try (Maas other = elsewhere.open()) {
                publish(other, "scale 7");
            }
            store.heal();
            assertRefused(ErrorCode.BROKEN_CHAIN, () -> host.repository().refresh());
            store.resetCounts();
            Subscription subscription = host.repository().subscribe(0, events::add);
            subscription.close();
            assertThat(events).isEmpty();
            assertThat(store.count(Operation.GET, "default/log/")).isZero();
        }
    }

    @Test
    void anOutageWhileRunningIsStaleUntilItIsOver() {
        try (Maas host = platforms.open()) {
            publish(host, "scale 1");
            store.outage();
            assertRefused(ErrorCode.STORE_UNAVAILABLE, () -> host.repository().refresh());
            assertThat(host.status().stale()).isPresent();
            assertRefused(ErrorCode.STORE_UNAVAILABLE, () -> publish(host, "scale 2"));
            store.heal();
            host.repository().refresh();
            assertThat(host.status().stale()).isEmpty();
        }
    }

    @Test
    void aHostThatKnowsNothingIsRefused() {
        serveOnce();
        store.outage();
        assertRefused(ErrorCode.STORE_UNAVAILABLE, () -> new Platforms(folder.resolve("new"), store).open());
    }

    @Test
    void aHostMayInsistOnTheStore() {
        serveOnce();
        store.outage();
        assertRefused(
                ErrorCode.STORE_UNAVAILABLE,
                () -> platforms.builder().requireStore().open());
    }

    @Test
    void aReadOnlyHostStartsStaleToo() {
        serveOnce();
        store.outage();
        try (Maas host = platforms.builder().readOnly().open()) {
            assertThat(answer(host.predictor("digits"))).isEqualTo(1);
            assertRefused(ErrorCode.READ_ONLY, () -> publish(host, "scale 2"));
        }
    }

    @Test
    void memoryIsNotKnownAgain() {
        Platforms forgetful = new Platforms(folder, new MemoryStore());
        try (Maas host = forgetful.open()) {
            publish(host, "scale 1");
        }
        assertThat(folder.resolve("cache/registry")).doesNotExist();
        new Platforms(folder, new MemoryStore()).open().close();
    }

    // ---- what is on this host's disk

    private Path state() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("cache/registry"))) {
            List<Path> all = files.filter(Files::isRegularFile).toList();
            assertThat(all).hasSize(1);
            return all.get(0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 31, 40, 200, -1})
    void aDamagedStateIsIgnored(int length) throws IOException {
        serveOnce();
        byte[] bytes = Files.readAllBytes(state());
        if (length < 0) {
            bytes[bytes.length / 2] ^= 1;
        }
        Files.write(state(), length < 0 ? bytes : Arrays.copyOf(bytes, length));
        store.outage();
        assertRefused(ErrorCode.STORE_UNAVAILABLE, () -> platforms.open());
        store.heal();
        platforms.open().close(); // and is written anew
        store.outage();
        platforms.open().close();
    }

    @Test
    void aDamagedModelFileIsNotServed() throws IOException {
        serveOnce();
        try (Stream<Path> blobs = Files.list(folder.resolve("cache/blobs"))) {
            for (Path blob : blobs.toList()) {
                Files.writeString(blob, "scale 9");
            }
        }
        store.outage();
        try (Maas host = platforms.open()) {
            assertRefused(ErrorCode.STORE_UNAVAILABLE, () -> host.predictor("digits"));
            store.heal();
            assertThat(answer(host.predictor("digits"))).isEqualTo(1);
        }
    }

    // ---- what is in the store when it is back

    private void clear(String prefix) {
        memory.list(prefix, "", 1000).forEach(memory::delete);
    }

    @Test
    void anotherRegistryAtTheSameAddressIsNotFollowedNorWrittenTo() {
        serveOnce();
        store.outage();
        try (Maas host = platforms.open()) {
            Predictor<Tensors, Tensors> digits = host.predictor("digits");
            clear("default/");
            try (Maas other = elsewhere.open()) {
                publish(other, "scale 5");
                publish(other, "scale 6");
            }
            List<String> theirs = memory.list("default/", "", 1000);
            store.heal();

            assertRefused(ErrorCode.BROKEN_CHAIN, () -> host.repository().refresh())
                    .hasMessageContaining("another registry");
            assertRefused(ErrorCode.BROKEN_CHAIN, () -> publish(host, "scale 2"));
            ((Registry) host.repository()).maintain();
            host.report();
            assertThat(answer(digits)).isEqualTo(1);
            assertThat(host.status().stale().orElseThrow()).contains("another registry");
            assertThat(host.status().head()).isEqualTo(1);
            assertThat(memory.list("default/", "", 1000)).isEqualTo(theirs);
        }
        assertThat(memory.get("default/hint/last").orElseThrow())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("3");
    }

    @Test
    void aLogThatLacksWhatTheHostKnowsIsNotFollowed() {
        serveOnce();
        store.outage();
        try (Maas host = platforms.open()) {
            memory.delete("default/log/000000000001.json");
            memory.delete("default/hint/last");
            store.heal();
            assertRefused(ErrorCode.BROKEN_CHAIN, () -> host.repository().refresh())
                    .hasMessageContaining("lacks commit 1");
            assertThat(answer(host.predictor("digits"))).isEqualTo(1);
        }
    }

    @Test
    void aLogWithAnotherCommitThanTheHostKnowsIsNotFollowed() {
        serveOnce();
        store.outage();
        try (Maas host = platforms.open()) {
            String key = "default/log/000000000001.json";
            String text = new String(memory.get(key).orElseThrow(), StandardCharsets.UTF_8);
            memory.delete(key);
            memory.createIfAbsent(
                    key, CommitLog.source(text.replace("tester", "nobody").getBytes(StandardCharsets.UTF_8)));
            store.heal();
            assertRefused(ErrorCode.BROKEN_CHAIN, () -> host.repository().refresh())
                    .hasMessageContaining("another commit 1");
        }
    }

    @Test
    void aStoreThatIsBackButEmptyIsWaitedFor() {
        serveOnce();
        store.outage();
        MemoryStore kept = new MemoryStore();
        try (Maas host = platforms.open()) {
            move(memory, kept);
            store.heal();
            assertRefused(ErrorCode.REGISTRY_MISSING, () -> host.repository().refresh());
            assertRefused(ErrorCode.STORE_UNAVAILABLE, () -> publish(host, "scale 2"));
            assertThat(memory.list("", "", 10)).isEmpty();

            move(kept, memory);
            assertThat(host.repository().refresh()).isEqualTo(1);
            assertThat(publish(host, "scale 2").version()).isEqualTo("2");
        }
    }

    private static void move(MemoryStore from, MemoryStore to) {
        for (String key : from.list("", "", 1000)) {
            to.createIfAbsent(key, CommitLog.source(from.get(key).orElseThrow()));
            from.delete(key);
        }
    }

    // ---- what the cache does not cover up

    @Test
    void noNewRegistryIsMadeOverOneThatThisHostKnows() throws IOException {
        serveOnce();
        clear("default/");
        assertRefused(ErrorCode.REGISTRY_MISSING, () -> platforms.open())
                .hasMessageContaining("mount or restore the store")
                .hasMessageContaining(state().getParent().toString());
        assertThat(memory.list("", "", 10)).isEmpty();

        Files.delete(state());
        Files.delete(Path.of(onlyFolder()));
        try (Maas begun = platforms.open()) {
            assertThat(begun.repository().head()).isEqualTo(-1);
        }
    }

    private String onlyFolder() throws IOException {
        try (Stream<Path> folders = Files.list(folder.resolve("cache/registry"))) {
            return folders.findFirst().orElseThrow().toString();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"no json", "{\"layout\":2,\"hash\":\"sha256\"}"})
    void aDamagedOrNewerStoreIsRefused(String format) {
        serveOnce();
        memory.delete("default/format.json");
        memory.createIfAbsent("default/format.json", CommitLog.source(format.getBytes(StandardCharsets.UTF_8)));
        assertRefused(
                format.contains("layout") ? ErrorCode.NEWER_LAYOUT : ErrorCode.BROKEN_CHAIN, () -> platforms.open());
    }

    @Test
    void aDamagedLogIsRefused() {
        serveOnce();
        memory.delete("default/log/000000000001.json");
        assertRefused(ErrorCode.BROKEN_CHAIN, () -> platforms.open());
    }

    @Test
    void segmentsAreFoldedOnAfterAnOutage() {
        serveOnce();
        store.outage();
        try (Maas host = platforms.open();
                Maas other = elsewhere.open()) {
            ModelVersion one = other.repository().resolve("digits:1");
            for (int i = 0; i < 600; i++) {
                other.repository().publish(one, PublishOptions.to("alias-" + i));
            }
            store.heal();
            host.repository().refresh();
            ((Registry) host.repository()).maintain();
            assertThat(memory.list("default/segments/", "", 10)).hasSize(2);
        }
    }
}
