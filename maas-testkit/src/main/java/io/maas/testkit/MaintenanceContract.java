package io.maas.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.Maas;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.repository.ChangeOptions;
import io.maas.repository.CollectOptions;
import io.maas.repository.CollectionReport;
import io.maas.repository.Maintenance;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.Policy;
import io.maas.repository.PublishOptions;
import io.maas.repository.RetentionReport;
import io.maas.repository.RetireOptions;
import io.maas.repository.SweepOptions;
import io.maas.repository.SweepReport;
import io.maas.spi.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What keeps a registry from growing, on every {@link ObjectStore}: retention, the collection of garbage against whoever
 * registers meanwhile, and sweeping. To check a store, extend this in its tests and say how it is opened, as for {@link
 * ObjectStoreContract}, which has to hold first.
 */
@Timeout(300)
public abstract class MaintenanceContract extends CollectionFailureContract {
    private static final SweepOptions SWEEP = SweepOptions.defaults();

    /** For subclasses. */
    protected MaintenanceContract() {}

    @Override
    protected abstract ObjectStore open();

    // ---- dry runs, reading only

    /** A registry in which there is something to do for each. */
    private void neglect() {
        ModelVersion gone = register("digits", 1);
        register("digits", 2);
        register("digits", 3);
        repository.governance().setPolicy(Policy.open().keepUnpublished(1), ChangeOptions.defaults());
        repository.delete(register("iris", 7), ChangeOptions.defaults());
        maintenance().collect(AT_ONCE); // condemned, to be deleted
        repository.delete(gone, ChangeOptions.defaults()); // to be condemned
        orphan("killed", 0);
        store.createIfAbsent("default/probe/0011223344556677", Contents.of("x"));
        clock.advance(Duration.ofDays(2));
    }

    @Test
    void aDryRunTellsWhatWouldBeDoneAndWritesNothing() {
        neglect();
        ModelRepository reader = keep(builder(store).readOnly()).repository();
        Map<String, Digest> before = contents();
        Maintenance dry = reader.maintenance();

        RetentionReport retired = dry.retire(RetireOptions.defaults().dryRun());
        CollectionReport collected = dry.collect(CollectOptions.defaults().dryRun());
        SweepReport swept = dry.sweep(SWEEP.dryRun());

        assertThat(contents()).isEqualTo(before);
        assertThat(retired.mode()).isEqualTo(Maintenance.Mode.DRY_RUN);
        assertThat(retired.commits()).isEmpty();
        assertThat(collected.commits()).isEmpty();
        assertThat(retired.retired()).isNotEmpty();
        assertThat(collected.deleted()).isNotEmpty();
        assertThat(collected.condemned()).hasSize(2);
        assertThat(swept.removed()).contains("default/probe/0011223344556677");

        SweepReport reallySwept = maintenance().sweep(SWEEP);
        CollectionReport reallyCollected = maintenance().collect(CollectOptions.defaults());
        RetentionReport reallyRetired = maintenance().retire(RetireOptions.defaults());

        assertThat(reallySwept.removed()).isEqualTo(swept.removed());
        assertThat(reallySwept.left()).isEmpty();
        assertThat(reallyCollected.deleted()).containsExactlyInAnyOrderElementsOf(collected.deleted());
        assertThat(reallyCollected.condemned()).containsExactlyInAnyOrderElementsOf(collected.condemned());
        assertThat(reallyRetired.retired()).isEqualTo(retired.retired());
        assertThat(reallyRetired.commits()).isNotEmpty();
    }

    @Test
    void whoOnlyReadsMaintainsNothing() {
        neglect();
        Map<String, Digest> before = contents();
        Maintenance reader = keep(builder(store).readOnly()).repository().maintenance();
        refused(ErrorCode.READ_ONLY, () -> reader.retire(RetireOptions.defaults()));
        refused(ErrorCode.READ_ONLY, () -> reader.collect(CollectOptions.defaults()));
        refused(ErrorCode.READ_ONLY, () -> reader.sweep(SWEEP));
        assertThat(contents()).isEqualTo(before);
    }

    @Test
    void impossibleTimesAreRefused() {
        assertThatThrownBy(() -> AT_ONCE.waiting(Duration.ofSeconds(-1))).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> AT_ONCE.grace(Duration.ofSeconds(-1))).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> SWEEP.olderThan(Duration.ofMinutes(59)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("may be in use");
    }

    // ---- sweeping

    @Test
    void whatTriedOutAStoreBeforeItsFirstUseIsSweptWhenItIsOldEnough() {
        String probe = "default/probe/0011223344556677";
        store.createIfAbsent(probe, Contents.of("x"));
        clock.advance(Duration.ofDays(9));
        assertThat(maintenance().sweep(SWEEP).removed())
                .as("in a registry without commits")
                .isEmpty();
        register("digits", 1);
        clock.advance(Duration.ofHours(23));
        assertThat(maintenance().sweep(SWEEP).removed()).isEmpty();
        clock.advance(Duration.ofHours(2));
        assertThat(maintenance().sweep(SWEEP).removed()).containsExactly(probe);
        assertThat(store.get(probe)).isEmpty();
        assertThat(maintenance().sweep(SWEEP).removed()).isEmpty();
    }

    // ---- clocks

    @Test
    void aHostWhoseClockIsADayOffCollectsNothing() {
        repository.delete(register("digits", 1), ChangeOptions.defaults());
        maintenance().collect(CollectOptions.defaults());
        Map<String, Digest> before = contents();
        for (Duration off : List.of(Duration.ofDays(1), Duration.ofDays(-1), Duration.ofMinutes(16))) {
            Maintenance there = hostWithClock(off, Optional.of(clock.instant()));
            refused(ErrorCode.CLOCK_WRONG, () -> there.collect(CollectOptions.defaults()))
                    .hasMessageContaining(clock.instant().plus(off).toString());
            refused(
                    ErrorCode.CLOCK_WRONG,
                    () -> there.collect(CollectOptions.defaults().dryRun()));
            refused(ErrorCode.CLOCK_WRONG, () -> there.sweep(SWEEP));
        }
        assertThat(contents()).isEqualTo(before);
    }

    @Test
    void aClockThatIsALittleOffCountsAsTheEarlier() {
        repository.delete(register("digits", 1), ChangeOptions.defaults());
        maintenance().collect(CollectOptions.defaults());
        clock.advance(Duration.ofHours(24).minusMinutes(1));
        Maintenance ahead = hostWithClock(Duration.ofMinutes(2), Optional.of(clock.instant()));
        assertThat(ahead.collect(CollectOptions.defaults()).deleted()).isEmpty();
    }

    @Test
    void aClockThatWasSetBackIsNoticedByTheLogWhereTheStoreHasNone() {
        repository.delete(register("digits", 1), ChangeOptions.defaults());
        Maintenance there = hostWithClock(Duration.ofDays(-1), Optional.empty());
        refused(ErrorCode.CLOCK_WRONG, () -> there.collect(AT_ONCE)).hasMessageContaining("newest commit");
        assertThat(hostWithClock(Duration.ofMinutes(-10), Optional.empty())
                        .collect(AT_ONCE)
                        .condemned())
                .hasSize(1);
    }

    private Maintenance hostWithClock(Duration off, Optional<Instant> server) {
        SettableClock own = new SettableClock(clock.instant().plus(off));
        return keep(builder(new HookedStore(store, () -> server)).clock(own))
                .repository()
                .maintenance();
    }

    // ---- everything at once

    @Test
    void whateverHappensAtOnceNoLiveVersionLosesAFile() throws Exception {
        for (long seed : new long[] {1, 2, 3}) {
            long given = Long.getLong("maas.seed", seed);
            try {
                new Stress(given).run();
            } catch (AssertionError e) {
                throw new AssertionError("with seed " + given, e);
            }
        }
    }

    /** Several hosts register, publish, delete, retire and collect at random, and nothing is given any time. */
    private final class Stress {
        private static final int HOSTS = 3;
        private static final int STEPS = 50;

        private final SplittableRandom random;
        private final AtomicInteger collected = new AtomicInteger();
        private final AtomicInteger registered = new AtomicInteger();
        private final List<String> names = List.of("digits", "iris", "wine");

        Stress(long seed) {
            random = new SplittableRandom(seed);
        }

        void run() throws Exception {
            List<Maas> hosts = new ArrayList<>();
            for (int i = 0; i < HOSTS; i++) {
                hosts.add(platform());
            }
            repository.governance().setPolicy(IRIS, Policy.open().keepUnpublished(2), ChangeOptions.defaults());
            ExecutorService threads = Executors.newFixedThreadPool(HOSTS);
            try {
                List<Future<?>> running = new ArrayList<>();
                for (Maas host : hosts) {
                    SplittableRandom own = random.split();
                    running.add(threads.submit(() -> work(host.repository(), own)));
                }
                for (Future<?> each : running) {
                    each.get();
                }
            } finally {
                threads.shutdownNow();
                hosts.forEach(Maas::close);
            }
            check();
        }

        private void work(ModelRepository there, SplittableRandom own) {
            for (int i = 0; i < STEPS; i++) {
                clock.advance(Duration.ofSeconds(1));
                try {
                    step(there, own);
                } catch (MaasException e) {
                    // somebody was faster; whatever it says, no version that lives may be the worse for it
                    assertThat(e.code())
                            .as(e.toString())
                            .isNotIn(ErrorCode.BROKEN_CHAIN, ErrorCode.COMMIT_STATE_UNKNOWN);
                }
            }
        }

        private void step(ModelRepository there, SplittableRandom own) {
            String name = names.get(own.nextInt(names.size()));
            switch (own.nextInt(10)) {
                case 0, 1, 2 -> {
                    there.register(ScriptedBackend.model(name, "scale " + (1 + own.nextInt(6))));
                    registered.incrementAndGet();
                }
                case 3 ->
                    any(there, name, own).ifPresent(version -> there.publish(version, PublishOptions.toProduction()));
                case 4, 5 ->
                    any(there, name, own).ifPresent(version -> there.delete(version, ChangeOptions.defaults()));
                case 6 -> there.maintenance().retire(RetireOptions.defaults());
                default ->
                    collected.addAndGet(
                            there.maintenance().collect(AT_ONCE).deleted().size());
            }
        }

        private Optional<ModelVersion> any(ModelRepository there, String name, SplittableRandom own) {
            there.refresh();
            if (there.models().stream().noneMatch(model -> model.value().equals(name))) {
                return Optional.empty();
            }
            List<ModelVersion> versions = there.versions(ModelName.of(name));
            return Optional.of(versions.get(own.nextInt(versions.size())));
        }

        private void check() {
            assertThat(collected.get()).as("files deleted").isPositive();
            assertThat(registered.get()).as("registrations").isGreaterThan(HOSTS * STEPS / 10);
            clock.advance(Duration.ofSeconds(1));
            register("wine", 99);
            maintenance().collect(AT_ONCE);
            maintenance().collect(AT_ONCE);
            ModelRepository fresh = platform().repository();
            fresh.models().forEach(name -> fresh.versions(name).forEach(version -> assertReadable(fresh, version)));
            assertThat(fresh.maintenance().collect(AT_ONCE.dryRun()).condemned())
                    .as("garbage left")
                    .isEmpty();
        }
    }
}
