package io.maas;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.internal.log.CommitLog;
import io.maas.internal.store.MemoryStore;
import io.maas.model.ModelRef;
import io.maas.repository.Commit;
import io.maas.repository.ModelVersion;
import io.maas.repository.PublishOptions;
import io.maas.spi.ObjectStore;
import io.maas.testkit.FaultyStore;
import io.maas.testkit.FaultyStore.Operation;
import io.maas.testkit.ForwardingStore;
import io.maas.testkit.ScriptedBackend;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several hosts on one store, and what they tell each other. Polling is off: they report when they are told to. */
@Timeout(60)
class HostsTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final String HOSTS = "default/side/hosts/";

    @TempDir
    Path folder;

    private final MemoryStore memory = new MemoryStore();
    private final FaultyStore store = new FaultyStore(memory);
    private final Hands clock = new Hands();
    private Platforms platforms;
    private Maas a;
    private Maas b;
    private Maas c;

    /** A clock that is set by hand. */
    private static final class Hands extends Clock {
        private volatile Instant now = START;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    @BeforeEach
    void open() {
        platforms = new Platforms(folder, store);
        a = host("a");
        b = host("b");
        c = host("c");
    }

    @AfterEach
    void close() {
        store.heal();
        c.close();
        b.close();
        a.close();
    }

    private Maas host(String name) {
        return platforms.builder().clock(clock).host(name).open();
    }

    private Commit publish(String script) {
        ModelVersion version = a.repository().register(ScriptedBackend.model("digits", script));
        PublishOptions options = PublishOptions.toProduction();
        return a.repository()
                .publish(version, script.startsWith("once") ? options.force("it breaks on purpose") : options);
    }

    /** Lets a host see a commit, serve it and say so. */
    private static void follow(Maas host, Commit commit) {
        host.awaitServing(commit);
        host.report();
    }

    private static Status.Host.Reporting named(Status status, String name) {
        return status.hosts().stream()
                .filter(host -> host instanceof Status.Host.Reporting reporting
                        && reporting.name().equals(name))
                .map(host -> (Status.Host.Reporting) host)
                .findFirst()
                .orElseThrow();
    }

    private static void plant(ObjectStore store, String key, String content) {
        store.createIfAbsent(key, CommitLog.source(content.getBytes(StandardCharsets.UTF_8)));
    }

    // ---- status

    @Test
    void everyHostSeesWhatAllServe() {
        Commit first = publish("scale 1");
        for (Maas host : List.of(a, b, c)) {
            host.repository().refresh();
            host.predictor("digits");
            follow(host, first);
        }
        Commit second = publish("scale 2");
        follow(b, second);
        clock.now = START.plusSeconds(7);
        Status status = a.status();
        assertThat(status.hosts()).hasSize(3);
        Status.Host.Reporting lagging = named(status, "c");
        assertThat(lagging.head()).isEqualTo(first.number());
        assertThat(lagging.age()).isEqualTo(Duration.ofSeconds(7));
        Status.Host.Reporting current = named(status, "b");
        assertThat(current.head()).isEqualTo(second.number());
        assertThat(current.stale()).isEmpty();
        assertThat(current.platform()).isNotBlank();
        assertThat(current.routes())
                .containsExactly(new Status.Route(
                        ModelRef.parse("digits"),
                        Optional.of("2"),
                        Optional.of("2"),
                        Optional.of(a.repository().resolve("digits").digest()),
                        Optional.empty()));
        assertThat(named(status, "a").age()).isZero();
        assertThat(status.hosts().get(0).id()).isEqualTo(named(status, "a").id());
    }

    @Test
    void aHostReportsWhyAVersionDoesNotAnswer() {
        Commit first = publish("scale 1");
        b.repository().refresh();
        b.predictor("digits");
        follow(b, first);
        Commit second = publish("once 1"); // loads where it is registered, and nowhere else
        assertThatThrownBy(() -> b.awaitServing(second)).isInstanceOf(UnavailableException.class);
        b.report();
        Status.Route route = named(a.status(), "b").routes().get(0);
        assertThat(route.desired()).contains("2");
        assertThat(route.actual()).contains("1");
        assertThat(route.reason().orElseThrow()).contains("it is scripted to break");
    }

    @Test
    void aClockThatIsAheadMakesNoAgeNegative() {
        try (Maas ahead = platforms
                .builder()
                .clock(Clock.fixed(START.plus(Duration.ofMinutes(5)), ZoneOffset.UTC))
                .host("ahead")
                .open()) {
            ahead.report();
            assertThat(named(a.status(), "ahead").age()).isZero();
        }
    }

    @Test
    void oneReportOfAHostIsLeftAndNoneOnceItIsClosed() {
        for (int i = 0; i < 5; i++) {
            b.report();
        }
        assertThat(memory.list(HOSTS, "", 10)).hasSize(1).first().asString().endsWith("/000000000005.json");
        b.close();
        assertThat(memory.list(HOSTS, "", 10)).isEmpty();
    }

    @Test
    void aReadOnlyHostWritesNothingAndSeesTheOthers() {
        publish("scale 1");
        b.report();
        store.resetCounts();
        try (Maas reader = platforms.builder().readOnly().host("reader").open()) {
            reader.report();
            assertThat(reader.status().hosts()).hasSize(2);
            assertThat(named(reader.status(), "reader").head()).isEqualTo(1);
        }
        assertThat(store.count(Operation.CREATE, "")
                        + store.count(Operation.DELETE, "")
                        + store.count(Operation.PUT, ""))
                .isZero();
    }

    @Test
    void whatIsNewOrOldEnoughIsReportedByPolling() {
        try (Maas polling = platforms
                .builder()
                .clock(clock)
                .host("polling")
                .pollInterval(Duration.ofMillis(1))
                .open()) {
            awaitCount(1);
            clock.now = START.plusSeconds(31);
            awaitCount(2);
            publish("scale 1");
            awaitCount(3);
            assertThat(polling.repository().head()).isGreaterThanOrEqualTo(0);
        }
    }

    private void awaitCount(int reports) {
        while (store.count(Operation.CREATE, HOSTS) < reports) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aReportIsReadAgainIfItsOwnerReplacesItMeanwhile() {
        b.report();
        ForwardingStore racing = new ForwardingStore(memory) {
            @Override
            public List<String> list(String prefix, String after, int limit) {
                List<String> keys = super.list(prefix, after, limit);
                if (prefix.equals(HOSTS)) {
                    b.report();
                }
                return keys;
            }
        };
        try (Maas late = new Platforms(folder, racing).open()) {
            assertThat(named(late.status(), "b").name()).isEqualTo("b");
        }
    }

    @Test
    void theLastAnswerCountsWhileTheStoreIsDown() {
        b.report();
        assertThat(a.status().hosts()).hasSize(2);
        store.outage();
        assertThat(a.status().hosts()).hasSize(2);
    }

    // ---- hosts that lie or are gone

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nothing",
                "[]",
                "{}",
                "{\"host\":\"0123456789abcdef\"}",
                "{\"host\":\"0123456789abcdee\",\"name\":\"x\",\"platform\":\"1\",\"head\":1,\"time\":\"2026-01-01T00:00:00Z\",\"routes\":[]}",
                "{\"host\":\"0123456789abcdef\",\"name\":7,\"platform\":\"1\",\"head\":1,\"time\":\"2026-01-01T00:00:00Z\",\"routes\":[]}",
                "{\"host\":\"0123456789abcdef\",\"name\":\"x\\u0007\",\"platform\":\"1\",\"head\":1,\"time\":\"2026-01-01T00:00:00Z\",\"routes\":[]}",
                "{\"host\":\"0123456789abcdef\",\"name\":\"x\",\"platform\":\"1\",\"head\":1e99,\"time\":\"2026-01-01T00:00:00Z\",\"routes\":[]}",
                "{\"host\":\"0123456789abcdef\",\"name\":\"x\",\"platform\":\"1\",\"head\":1,\"time\":\"soon\",\"routes\":[]}",
                "{\"host\":\"0123456789abcdef\",\"name\":\"x\",\"platform\":\"1\",\"head\":1,\"time\":\"2026-01-01T00:00:00Z\",\"routes\":7}",
                "{\"host\":\"0123456789abcdef\",\"name\":\"x\",\"platform\":\"1\",\"head\":1,\"time\":\"2026-01-01T00:00:00Z\",\"routes\":[{\"ref\":\"../../etc\"}]}",
                "{\"host\":\"0123456789abcdef\",\"name\":\"x\",\"platform\":\"1\",\"head\":1,\"time\":\"2026-01-01T00:00:00Z\",\"routes\":[{\"ref\":\"m\",\"digest\":\"zz\"}]}"
            })
    void whatIsNoReportIsSaidToBeNone(String content) {
        b.report();
        plant(memory, HOSTS + "0123456789abcdef/000000000001.json", content);
        Status status = a.status();
        assertThat(status.hosts()).hasSize(3);
        assertThat(status.hosts())
                .filteredOn(Status.Host.Illegible.class::isInstance)
                .singleElement()
                .satisfies(host -> assertThat(host.id()).isEqualTo("0123456789abcdef"));
    }

    @Test
    void whatIsTooLongOrTooDeepIsNotRead() {
        plant(memory, HOSTS + "0123456789abcdef/000000000001.json", "[".repeat(100_000));
        plant(memory, HOSTS + "0123456789abcdee/000000000001.json", " ".repeat(5 << 20));
        assertThat(a.status().hosts())
                .filteredOn(Status.Host.Illegible.class::isInstance)
                .hasSize(2);
    }

    @Test
    void keysThatAreNoReportsAreNotLookedAt() {
        plant(memory, HOSTS + "UPPER/000000000001.json", "{}");
        plant(memory, HOSTS + "0123456789abcdef/last", "{}");
        plant(memory, HOSTS + "0123456789abcdef/deep/er/000000000001.json", "{}");
        assertThat(a.status().hosts()).hasSize(1);
    }

    @Test
    void aReportOfALaterPlatformIsReadAsFarAsItIsKnown() {
        plant(
                memory,
                HOSTS + "0123456789abcdef/000000000001.json",
                "{\"host\":\"0123456789abcdef\",\"name\":\"later\",\"platform\":\"9\",\"head\":1,"
                        + "\"time\":\"2026-01-01T00:00:00Z\",\"routes\":[],\"mood\":[1,2]}");
        assertThat(named(a.status(), "later").platform()).isEqualTo("9");
    }

    @Test
    void aHostThatIsGoneForADayIsForgotten() {
        Maas dying = host("dying");
        dying.report();
        plant(memory, HOSTS + "0123456789abcdef/000000000001.json", "nothing");
        b.report();
        clock.now = START.plus(Duration.ofHours(23));
        a.tidy();
        assertThat(memory.list(HOSTS, "", 10)).hasSize(3);
        b.report();
        clock.now = START.plus(Duration.ofHours(25));
        a.tidy();
        assertThat(memory.list(HOSTS, "", 10))
                .as("b, and what is seen for two hours")
                .hasSize(2);
        clock.now = START.plus(Duration.ofHours(46));
        b.report();
        clock.now = START.plus(Duration.ofDays(2));
        a.tidy();
        assertThat(memory.list(HOSTS, "", 10)).hasSize(1);
        assertThat(named(a.status(), "b").age()).isEqualTo(Duration.ofHours(2));
        dying.close();
    }

    @Test
    void aHostWhoseClockIsFarAheadIsForgottenWhenItsReportDoesNotChange() {
        plant(
                memory,
                HOSTS + "0123456789abcdef/000000000001.json",
                "{\"host\":\"0123456789abcdef\",\"name\":\"ahead\",\"platform\":\"1\",\"head\":1,"
                        + "\"time\":\"9999-01-01T00:00:00Z\",\"routes\":[]}");
        clock.now = START.plus(Duration.ofHours(2));
        a.tidy();
        assertThat(memory.list(HOSTS, "", 10)).hasSize(1);
        clock.now = START.plus(Duration.ofHours(27));
        a.tidy();
        assertThat(memory.list(HOSTS, "", 10)).isEmpty();
    }

    // ---- waiting

    @Test
    void aCommitIsServedWhenEnoughHostsSaySo() {
        Commit first = publish("scale 1");
        for (Maas host : List.of(b, c)) {
            host.repository().refresh();
            host.predictor("digits");
        }
        follow(b, first);
        a.awaitServing(first, 2, Duration.ZERO);
        a.awaitServing(first, List.of("a", "b"), Duration.ZERO);
        assertRefused(ErrorCode.DEADLINE_EXCEEDED, () -> a.awaitServing(first, 3, Duration.ZERO))
                .hasMessageContaining("3 hosts")
                .hasMessageContaining("2 do");
        assertRefused(
                        ErrorCode.DEADLINE_EXCEEDED,
                        () -> a.awaitServing(first, List.of("b", "c", "nobody"), Duration.ZERO))
                .hasMessageContaining("'c' does not report")
                .hasMessageContaining("'nobody' does not report");
        follow(c, first);
        a.awaitServing(first, 3, Duration.ZERO);
    }

    @Test
    void aHostThatLagsIsNamedWithItsReason() {
        Commit first = publish("scale 1");
        b.repository().refresh();
        b.predictor("digits");
        follow(b, first);
        Commit second = publish("once 2");
        assertRefused(ErrorCode.DEADLINE_EXCEEDED, () -> a.awaitServing(second, List.of("b"), Duration.ZERO))
                .hasMessageContaining("'b' knows commit " + first.number());
        assertThatThrownBy(() -> b.awaitServing(second)).isInstanceOf(UnavailableException.class);
        b.report();
        assertRefused(ErrorCode.DEADLINE_EXCEEDED, () -> a.awaitServing(second, List.of("b"), Duration.ZERO))
                .hasMessageContaining("'b' answers digits with version 1 instead of 2")
                .hasMessageContaining("it is scripted to break");
        // what b cannot serve is not the fault of a commit on another model
        ModelVersion other = a.repository().register(ScriptedBackend.model("iris", "scale 1"));
        Commit third = a.repository().publish(other, PublishOptions.toProduction());
        b.repository().refresh();
        b.report();
        a.awaitServing(third, List.of("b"), Duration.ZERO);
    }

    @Test
    void waitingGoesOnUntilTheLastHostReports() {
        Commit first = publish("scale 1");
        b.repository().refresh();
        AtomicInteger asked = new AtomicInteger();
        ForwardingStore watching = new ForwardingStore(memory) {
            @Override
            public List<String> list(String prefix, String after, int limit) {
                if (prefix.equals(HOSTS) && asked.incrementAndGet() == 2) {
                    follow(b, first);
                }
                return super.list(prefix, after, limit);
            }
        };
        try (Maas waiting = new Platforms(folder, watching).open()) {
            waiting.awaitServing(first, List.of("b"), Duration.ofMinutes(1));
            assertThat(asked.get()).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void ofSeveralReportsOfOneNameTheNewestCounts() {
        Maas crashed = host("d");
        crashed.report();
        Commit first = publish("scale 1");
        clock.now = START.plusSeconds(1);
        try (Maas restarted = host("d")) {
            follow(restarted, first);
            a.awaitServing(first, List.of("d"), Duration.ZERO);
        }
        crashed.close();
    }

    @Test
    void waitingForNobodyIsRefused() {
        Commit first = publish("scale 1");
        assertRefused(ErrorCode.BAD_SETTING, () -> a.awaitServing(first, 0, Duration.ZERO));
        assertRefused(ErrorCode.BAD_SETTING, () -> a.awaitServing(first, List.of(), Duration.ZERO));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\nb"})
    void aHostNeedsAName(String name) {
        assertRefused(ErrorCode.BAD_SETTING, () -> platforms.builder().host(name));
    }
}
