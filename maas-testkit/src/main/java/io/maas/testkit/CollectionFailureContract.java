package io.maas.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.maas.error.CommitStateUnknownException;
import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.repository.ChangeOptions;
import io.maas.repository.CollectionReport;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.testkit.FaultyStore.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What becomes of garbage where hosts die, stores fail, and others collect too. */
abstract class CollectionFailureContract extends CollectionContract {
    @Test
    void whatIsLeftByACollectorThatIsKilledIsDeletedByTheNext() {
        for (int i = 1; i <= 4; i++) {
            repository.delete(register("digits", i), ChangeOptions.defaults());
        }
        maintenance().collect(AT_ONCE);
        HookedStore hooked = hooked();
        ModelRepository dying = platformOn(hooked).repository();
        hooked.before(weightsHex(3), () -> {
            throw new IllegalStateException("killed");
        });
        assertThat(catchThrowableOfType(
                        IllegalStateException.class, () -> dying.maintenance().collect(AT_ONCE)))
                .hasMessage("killed");
        assertThat(blobs()).anyMatch(key -> key.contains(weightsHex(3)));

        assertThat(maintenance().collect(AT_ONCE).deleted())
                .as("deleting twice is harmless")
                .hasSize(4);
        for (int i = 1; i <= 4; i++) {
            String hex = weightsHex(i);
            assertThat(blobs()).noneMatch(key -> key.contains(hex));
        }
    }

    @Test
    void whatCannotBeDeletedIsReportedAndNotForgotten() {
        repository.delete(register("digits", 1), ChangeOptions.defaults());
        maintenance().collect(AT_ONCE);
        clock.advance(Duration.ofSeconds(1));
        repository.delete(register("digits", 2), ChangeOptions.defaults());
        maintenance().collect(AT_ONCE.waiting(DAY));
        HookedStore hooked = hooked();
        hooked.before(weightsHex(2), () -> {
            throw new DeniedException(ErrorCode.STORE_DENIED, "delete", "a test said so", "ask the test");
        });

        CollectionReport report = platformOn(hooked).repository().maintenance().collect(AT_ONCE);

        assertThat(report.failed()).hasSize(1);
        assertThat(report.failed().get(0).key()).contains(weightsHex(2));
        assertThat(report.failed().get(0).reason()).contains("a test said so");
        assertThat(report.deleted()).hasSize(1);
        assertThat(report.condemned()).as("it is condemned already").isEmpty();
        CollectionReport next = maintenance().collect(AT_ONCE);
        assertThat(next.deleted()).containsExactly(report.failed().get(0).key());
        assertThat(next.failed()).isEmpty();
    }

    @Test
    void aCommitOfUnknownOutcomeEndsTheCollection() {
        ModelVersion one = register("digits", 1);
        repository.delete(one, ChangeOptions.defaults());
        FaultyStore faulty = new FaultyStore(new SharedStore(store));
        ModelRepository there =
                keep(builder(faulty).commitTimeout(Duration.ofNanos(1))).repository();
        faulty.onCreate("default/log/", Fault.LATE);
        assertThat(catchThrowableOfType(
                        CommitStateUnknownException.class,
                        () -> there.maintenance().collect(AT_ONCE)))
                .isNotNull();
        assertThat(faulty.count(FaultyStore.Operation.DELETE, "default/")).isZero();

        faulty.landLate();
        assertThat(there.maintenance().collect(AT_ONCE).deleted()).hasSize(1);
    }

    @Test
    void whatAnotherHostHasCondemnedMeanwhileDoesNotWaitAnew() {
        repository.delete(register("digits", 1), ChangeOptions.defaults());
        HookedStore hooked = hooked();
        ModelRepository there = platformOn(hooked).repository();
        hooked.before("/log/", () -> {
            assertThat(maintenance().collect(COLLECT).condemned()).hasSize(1);
            clock.advance(Duration.ofHours(1));
        });
        CollectionReport report = there.maintenance().collect(COLLECT);
        assertThat(report.condemned()).isEmpty();
        assertThat(report.commits()).isEmpty();
        clock.advance(DAY.minusHours(1));
        assertThat(there.maintenance().collect(COLLECT).deleted()).hasSize(1);
    }

    @Test
    void whatWaitsSurvivesARestartFromABase() {
        ModelVersion one = register("digits", 1);
        repository.delete(one, ChangeOptions.defaults());
        List<String> condemned = maintenance().collect(COLLECT).condemned();
        for (int i = 0; i < 260; i++) { // enough for a segment and a base
            repository.deprecate(register("iris", 1), ChangeOptions.defaults());
            repository.reinstate(repository.resolve("iris:1"), ChangeOptions.defaults());
        }
        maas.close();
        assertThat(store.list("default/base/", "", 10)).isNotEmpty();

        clock.advance(DAY);
        ModelRepository fresh = platform().repository();
        assertThat(fresh.maintenance().collect(COLLECT).deleted()).isEqualTo(condemned);
        ModelVersion again = fresh.register(ScriptedBackend.model("digits", "scale 1"));
        assertReadable(platform().repository(), again);
    }

    @Test
    void severalMayCollectAtOnce() throws Exception {
        for (int i = 1; i <= 6; i++) {
            repository.delete(register("digits", i), ChangeOptions.defaults());
        }
        ModelVersion live = register("digits", 7);
        List<ModelRepository> hosts = List.of(
                platform().repository(), platform().repository(), platform().repository());
        List<String> condemned = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(hosts.size());
        try {
            for (CollectionReport report : collectTogether(threads, hosts)) {
                condemned.addAll(report.condemned());
            }
            collectTogether(threads, hosts);
        } finally {
            threads.shutdownNow();
        }
        // with no time between, one may condemn once more what it listed before another deleted it, which does no harm
        assertThat(new HashSet<>(condemned)).hasSize(6);
        assertThat(blobs()).doesNotContainAnyElementsOf(condemned);
        assertReadable(platform().repository(), live);
    }

    private static List<CollectionReport> collectTogether(ExecutorService threads, List<ModelRepository> hosts)
            throws Exception {
        List<Future<CollectionReport>> running = new ArrayList<>();
        for (ModelRepository host : hosts) {
            running.add(threads.submit(() -> host.maintenance().collect(AT_ONCE)));
        }
        List<CollectionReport> reports = new ArrayList<>();
        for (Future<CollectionReport> each : running) {
            reports.add(each.get());
        }
        return reports;
    }
}
