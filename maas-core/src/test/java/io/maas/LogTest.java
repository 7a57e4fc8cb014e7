package io.maas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.internal.log.CommitLog;
import io.maas.internal.registry.Registry;
import io.maas.internal.store.MemoryStore;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.repository.AuditQuery;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.ModelVersion;
import io.maas.repository.PublishOptions;
import io.maas.repository.Traffic;
import io.maas.repository.TrafficOptions;
import io.maas.spi.ObjectStore;
import io.maas.testkit.FaultyStore;
import io.maas.testkit.ForwardingStore;
import io.maas.testkit.ScriptedBackend;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Segments, bases, hints, and logs that are damaged or of a newer platform. */
class LogTest {
    private static final ModelName DIGITS = ModelName.of("digits");

    @TempDir
    Path folder;

    private final MemoryStore memory = new MemoryStore();
    private FaultyStore store;
    private Platforms platforms;

    @BeforeEach
    void open() {
        store = new FaultyStore(memory);
        platforms = new Platforms(folder, store);
    }

    /** Makes {@code commits} commits, and returns the version that was published last. */
    private String fill(int commits) {
        try (Maas maas = platforms.open()) {
            ModelVersion one = maas.repository().register(ScriptedBackend.model("digits", "scale 1"));
            ModelVersion two = maas.repository().register(ScriptedBackend.model("digits", "scale 2"));
            for (int i = 2; i < commits; i++) {
                maas.repository()
                        .publish(
                                i % 2 == 0 ? one : two,
                                PublishOptions.toProduction().token("t" + i));
            }
            ((Registry) maas.repository()).maintain();
            assertThat(maas.repository().head()).isEqualTo(commits - 1);
            return maas.repository().resolve("digits").version();
        }
    }

    /** Shares an alias, and makes as many commits after that as a base needs. */
    private void fillAfter(Traffic traffic) {
        try (Maas maas = platforms.open()) {
            List<ModelVersion> versions = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                versions.add(maas.repository().register(ScriptedBackend.model("digits", "scale " + i)));
            }
            maas.repository().publish(versions.get(0), PublishOptions.to("shared"));
            maas.repository().setTraffic(ModelName.of("digits"), traffic, TrafficOptions.of("shared"));
            for (int i = 0; i < 600; i++) {
                maas.repository().publish(versions.get(i % 2), PublishOptions.toProduction());
            }
            ((Registry) maas.repository()).maintain();
        }
    }

    private void refusesToOpen(ErrorCode code) {
        refused(code, () -> platforms.open().close());
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(MaasException.class)
                .extracting(e -> ((MaasException) e).code())
                .isEqualTo(code);
    }

    private void replace(String key, byte[] content) {
        memory.delete(key);
        memory.createIfAbsent(key, CommitLog.source(content));
    }

    private static String commit(int number) {
        return String.format(Locale.ROOT, "default/log/%012d.json", number);
    }

    @Test
    void aLongLogIsReadFromABaseAndAFewCommits() {
        String last = fill(600);
        assertThat(memory.list("default/segments/", "", 10)).hasSize(2);
        assertThat(memory.list("default/base/", "", 10)).isNotEmpty();
        store.resetCounts();
        try (Maas maas = platforms.open()) {
            assertThat(maas.repository().resolve("digits").version()).isEqualTo(last);
            assertThat(maas.repository().head()).isEqualTo(599);
            assertThat(store.count(FaultyStore.Operation.GET, "default/log/")).isLessThan(100);
            // tokens survive in the base
            ModelVersion one = maas.repository().resolve("digits:1");
            assertThat(maas.repository()
                            .publish(one, PublishOptions.toProduction().token("t300"))
                            .number())
                    .isEqualTo(300);
            assertThat(maas.repository()
                            .audit()
                            .entries(AuditQuery.everything().fromCommit(595), 100)
                            .entries())
                    .filteredOn(entry -> entry.kind().equals("alias"))
                    .hasSize(5);
        }
    }

    @Test
    void trafficIsReadFromABaseToo() {
        Traffic traffic = Traffic.none().share("1", 9).share("2", 1).shadow("3", 0.125);
        ModelName digits = ModelName.of("digits");
        fillAfter(traffic);
        assertThat(memory.list("default/base/", "", 10)).isNotEmpty();
        store.resetCounts();
        try (Maas maas = platforms.open()) {
            assertThat(store.count(FaultyStore.Operation.GET, "default/log/")).isLessThan(100);
            assertThat(maas.repository().traffic(digits, "shared")).isEqualTo(traffic);
            assertThat(maas.repository().traffic(digits, "production")).isEqualTo(Traffic.none());
            assertThat(maas.repository().audit().verify().findings()).isEmpty();
            ModelVersion two = maas.repository().resolve("digits:2");
            Commit since = maas.repository().setTraffic(digits, traffic, TrafficOptions.of("shared"));
            assertThat(since.number()).as("it is so already").isLessThan(10);
            refused(ErrorCode.IN_USE, () -> maas.repository().yank(two, ChangeOptions.defaults()));
        }
    }

    @Test
    void withoutItsBaseALogIsReadFromSegments() {
        String last = fill(600);
        memory.list("default/base/", "", 10).forEach(memory::delete);
        store.resetCounts();
        try (Maas maas = platforms.open()) {
            assertThat(maas.repository().resolve("digits").version()).isEqualTo(last);
            assertThat(store.count(FaultyStore.Operation.GET, "default/log/")).isLessThan(100);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"default/base/", "default/segments/"})
    void damagedShortcutsArePassedOver(String prefix) {
        String last = fill(600);
        for (String key : memory.list(prefix, "", 10)) {
            byte[] content = memory.get(key).orElseThrow();
            content[content.length / 2] ^= 1;
            replace(key, content);
        }
        if (prefix.contains("segments")) {
            memory.list("default/base/", "", 10).forEach(memory::delete);
        }
        try (Maas maas = platforms.open()) {
            assertThat(maas.repository().resolve("digits").version()).isEqualTo(last);
            assertThat(maas.repository().head()).isEqualTo(599);
        }
    }

    @Test
    void aBaseOfAnotherLogIsPassedOver() {
        fill(300);
        String key = memory.list("default/base/", "", 10).get(0);
        byte[] other = memory.get(key).orElseThrow();
        MemoryStore second = new MemoryStore();
        Platforms elsewhere = new Platforms(folder, second);
        try (Maas maas = elsewhere.open()) {
            ModelVersion one = maas.repository().register(ScriptedBackend.model("iris", "scale 1"));
            for (int i = 1; i < 300; i++) {
                maas.repository().publish(one, PublishOptions.to("alias-" + i));
            }
        }
        second.list("default/base/", "", 10).forEach(second::delete);
        second.createIfAbsent(key, CommitLog.source(other));
        try (Maas maas = elsewhere.open()) {
            assertThat(maas.repository().models()).containsExactly(ModelName.of("iris"));
        }
    }

    @Test
    void aMissingSegmentIsMadeAgain() {
        fill(600);
        List<String> segments = memory.list("default/segments/", "", 10);
        memory.list("default/base/", "", 10).forEach(memory::delete);
        memory.delete(segments.get(1));
        try (Maas maas = platforms.open()) {
            maas.repository().publish(maas.repository().resolve("digits:1"), PublishOptions.to("again"));
            ((Registry) maas.repository()).maintain();
        }
        assertThat(memory.list("default/segments/", "", 10)).isEqualTo(segments);
    }

    @Test
    void aBaseIsNotWrittenBeforeTheSegmentsThatItCovers() {
        String[] refused = {"default/segments/"};
        ObjectStore failing = new ForwardingStore(memory) {
            @Override
            public boolean createIfAbsent(String key, Source content) {
                if (key.startsWith(refused[0])) {
                    throw new UnavailableException(ErrorCode.STORE_FULL, "create " + key, "it is full", "make room");
                }
                return super.createIfAbsent(key, content);
            }
        };
        try (Maas maas = new Platforms(folder, failing).open()) {
            ModelVersion one = maas.repository().register(ScriptedBackend.model("digits", "scale 1"));
            for (int i = 1; i < 600; i++) {
                maas.repository().publish(one, PublishOptions.to("alias-" + i));
            }
            refused[0] = "default/segments/000000000256";
            refused(ErrorCode.STORE_FULL, () -> ((Registry) maas.repository()).maintain());
        }
        assertThat(memory.list("default/segments/", "", 10)).hasSize(1);
        try (Maas maas = platforms.open()) {
            ((Registry) maas.repository()).maintain();
        }
        assertThat(memory.list("default/segments/", "", 10)).hasSize(2);
    }

    @Test
    void anEditedCommitBreaksTheChain() {
        fill(5);
        String text = new String(memory.get(commit(3)).orElseThrow(), StandardCharsets.UTF_8);
        replace(commit(3), text.replace("tester", "nobody").getBytes(StandardCharsets.UTF_8));
        refusesToOpen(ErrorCode.BROKEN_CHAIN);
    }

    @Test
    void aMissingCommitBreaksTheChain() {
        fill(5);
        memory.delete(commit(2));
        refusesToOpen(ErrorCode.BROKEN_CHAIN);
    }

    /** As a filesystem's folder does: what is added while it is read may or may not be seen. */
    @Test
    void aListingThatMissesACommitMadeMeanwhileDoesNotBreakTheChain() {
        fill(3);
        boolean[] armed = {true};
        ObjectStore racing = new ForwardingStore(memory) {
            @Override
            public List<String> list(String prefix, String after, int limit) {
                if (!prefix.equals("default/log/") || !armed[0]) {
                    return super.list(prefix, after, limit);
                }
                armed[0] = false;
                try (Maas other = platforms.open()) {
                    ModelVersion one = other.repository().resolve("digits:1");
                    other.repository().publish(one, PublishOptions.to("second"));
                    other.repository().publish(one, PublishOptions.to("third"));
                }
                return List.of(commit(4));
            }
        };
        try (Maas maas = new Platforms(folder, racing).open()) {
            assertThat(maas.repository().head()).isEqualTo(4);
            assertThat(maas.repository().aliases(DIGITS)).containsOnlyKeys("production", "second", "third");
        }
    }

    @Test
    void aCutTailIsNoticedByTheHint() {
        fill(5);
        memory.delete(commit(4));
        refusesToOpen(ErrorCode.BROKEN_CHAIN);
    }

    @Test
    void withoutAReadableHintTheLogIsBelieved() {
        fill(5);
        memory.put("default/hint/last", "soon".getBytes(StandardCharsets.UTF_8));
        try (Maas maas = platforms.open()) {
            assertThat(maas.repository().head()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"n\":4}", "{\"n\":3,\"previous\":\"x\",\"time\":\"now\",\"changes\":[]}"})
    void aTornCommitBreaksTheChain(String content) {
        fill(5);
        replace(commit(4), content.getBytes(StandardCharsets.UTF_8));
        refusesToOpen(ErrorCode.BROKEN_CHAIN);
    }

    @Test
    void anImpossibleOperationBreaksTheChain() {
        fill(4);
        appendCommit(
                4,
                "\"changes\":[{\"token\":\"x\",\"intent\":\"\",\"actor\":\"a\",\"ops\":[{\"kind\":\"alias\","
                        + "\"subject\":\"s\",\"expect\":\"9\",\"payload\":{\"model\":\"digits\",\"alias\":\"production\","
                        + "\"move\":\"publish\",\"version\":\"1\"}}]}]");
        refusesToOpen(ErrorCode.BROKEN_CHAIN);
    }

    private void appendCommit(int number, String rest) {
        Digest previous = Digest.of(memory.get(commit(number - 1)).orElseThrow());
        String text = "{\"n\":" + number + ",\"previous\":\"" + previous.hex() + "\",\"time\":\"2026-01-01T00:00:00Z\","
                + rest + "}";
        memory.createIfAbsent(commit(number), CommitLog.source(text.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"minReader\":2,\"changes\":\"of a form that is not known\"",
                "\"changes\":[{\"token\":\"x\",\"intent\":\"\",\"actor\":\"a\",\"ops\":[{\"kind\":\"teleport\"}]}]"
            })
    void aNewerPlatformsCommitEndsFollowingButNotServing(String rest) {
        String last = fill(4);
        appendCommit(4, rest);
        appendCommit(5, "\"changes\":[]");
        try (Maas maas = platforms.open()) {
            assertThat(maas.repository().head()).isEqualTo(3);
            assertThat(maas.repository().resolve("digits").version()).isEqualTo(last);
            assertThat(maas.predictor("digits")
                            .predict(ScriptedBackend.x(1))
                            .get("y")
                            .toFloats())
                    .hasSize(1);
            refused(
                    ErrorCode.NEWER_LAYOUT,
                    () -> maas.repository().publish(maas.repository().resolve("digits:1"), PublishOptions.to("x")));
            assertThat(maas.repository().refresh()).isEqualTo(3);
            ((Registry) maas.repository()).maintain();
        }
    }

    @Test
    void aRunningPlatformRefusesToFollowADamagedLog() {
        try (Maas maas = platforms.open()) {
            ModelVersion one = maas.repository().register(ScriptedBackend.model("digits", "scale 1"));
            memory.createIfAbsent(commit(1), CommitLog.source("{}".getBytes(StandardCharsets.UTF_8)));
            refused(ErrorCode.BROKEN_CHAIN, () -> maas.repository().refresh());
            refused(ErrorCode.BROKEN_CHAIN, () -> maas.repository().publish(one, PublishOptions.toProduction()));
            assertThat(maas.repository().resolve("digits:1")).isEqualTo(one);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"layout\":2,\"hash\":\"sha256\"}", "{\"layout\":1,\"hash\":\"blake3\"}"})
    void aNewerLayoutIsRefused(String format) {
        platforms.open().close();
        replace("default/format.json", format.getBytes(StandardCharsets.UTF_8));
        refusesToOpen(ErrorCode.NEWER_LAYOUT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no json", "{\"layout\":0,\"hash\":\"sha256\"}"})
    void aDamagedFormatIsRefused(String format) {
        platforms.open().close();
        replace("default/format.json", format.getBytes(StandardCharsets.UTF_8));
        refusesToOpen(ErrorCode.BROKEN_CHAIN);
    }

    @Test
    void readingOnlyNeedsARegistry() {
        refused(
                ErrorCode.STORE_UNAVAILABLE,
                () -> platforms.builder().readOnly().open());
        assertThat(memory.list("", "", 10)).isEmpty();
    }

    @Test
    void modelsAreFollowedByAnotherPlatform() {
        try (Maas writer = platforms.open();
                Maas reader = platforms.builder().readOnly().open()) {
            writer.repository().register(ScriptedBackend.model("digits", "scale 1"));
            assertThat(reader.repository().models()).isEmpty();
            assertThat(reader.repository().refresh()).isZero();
            assertThat(reader.repository().models()).containsExactly(DIGITS);
        }
    }
}
