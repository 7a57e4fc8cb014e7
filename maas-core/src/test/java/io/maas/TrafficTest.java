package io.maas;

import static io.maas.testkit.ScriptedBackend.x;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.maas.model.ModelName;
import io.maas.predict.ArmChoice;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.repository.Commit;
import io.maas.repository.PublishOptions;
import io.maas.repository.Traffic;
import io.maas.repository.TrafficOptions;
import io.maas.tensor.Tensors;
import io.maas.testkit.ScriptedBackend;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Versions that share an alias, as callers see them. Version n multiplies by n. */
@Timeout(60)
class TrafficTest {
    private static final ModelName DIGITS = ModelName.of("digits");
    private static final TrafficOptions LIVE = TrafficOptions.ofProduction();

    @TempDir
    Path folder;

    private Platforms platforms;
    private Maas maas;

    @BeforeEach
    void open() {
        platforms = new Platforms(folder);
        maas = platforms.builder().trafficRandom(new SplittableRandom(7)).open();
        for (String script : List.of("scale 1", "scale 2", "scale 3")) {
            maas.repository().register(ScriptedBackend.model("digits", script));
        }
        publish("1");
    }

    @AfterEach
    void close() {
        maas.close();
        assertThat(platforms.backend.openModels()).isZero();
        assertThat(platforms.backend.misused()).isFalse();
    }

    private Commit publish(String label) {
        return maas.repository().publish(maas.repository().resolve("digits:" + label), PublishOptions.toProduction());
    }

    private Commit set(Traffic traffic) {
        return maas.repository().setTraffic(DIGITS, traffic, LIVE);
    }

    private static Map<String, Integer> answers(Predictor<Tensors, Tensors> predictor, int calls) {
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < calls; i++) {
            Prediction<Tensors> prediction = predictor.call(x(1), CallOptions.defaults());
            String version = prediction.receipt().version();
            assertThat(prediction.value().get("y").floatAt(0)).isEqualTo(Float.parseFloat(version));
            counts.merge(version, 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void sharesAreKeptWithinChance() {
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        maas.awaitServing(set(Traffic.none().share("1", 70).share("2", 25).share("3", 5)));
        Map<String, Integer> counts = answers(predictor, 10_000);
        // five standard deviations of a binomial distribution
        assertThat(counts.get("1")).isBetween(6_770, 7_230);
        assertThat(counts.get("2")).isBetween(2_283, 2_717);
        assertThat(counts.get("3")).isBetween(391, 609);
    }

    @Test
    void theReceiptTellsWhyItWasThisVersion() {
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        CallOptions keyed = CallOptions.defaults().key("user-1");
        assertThat(predictor.call(x(1), CallOptions.defaults()).receipt().choice())
                .isEqualTo(ArmChoice.PRIMARY);
        assertThat(predictor.call(x(1), keyed).receipt().choice()).isEqualTo(ArmChoice.PRIMARY);
        maas.awaitServing(set(Traffic.none().share("1", 50).share("2", 50)));
        assertThat(predictor.call(x(1), CallOptions.defaults()).receipt().choice())
                .isEqualTo(ArmChoice.WEIGHTED);
        assertThat(predictor.call(x(1), keyed).receipt().choice()).isEqualTo(ArmChoice.STICKY);
        assertThat(maas.predictor("digits:2").call(x(1), keyed).receipt().choice())
                .isEqualTo(ArmChoice.PRIMARY);
    }

    @Test
    void aKeyIsAnsweredByOneVersionOnEveryHostAndAfterARestart() {
        set(Traffic.none().share("1", 50).share("2", 50));
        // computed by another implementation of the hash: user-0 lies at 48 of 100, user-1 at 14, user-2 at 63 …
        List<String> expected = List.of("1", "1", "2", "1", "1", "2", "2", "2", "1", "2", "2", "1");
        assertThat(sticky(maas)).isEqualTo(expected);
        try (Maas other = new Platforms(folder.resolve("other"), platforms.store).open()) {
            assertThat(sticky(other)).isEqualTo(expected);
        }
        maas.close();
        maas = platforms.open();
        assertThat(sticky(maas)).isEqualTo(expected);
    }

    private static List<String> sticky(Maas host) {
        Predictor<Tensors, Tensors> predictor = host.predictor("digits");
        List<String> versions = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            CallOptions keyed = CallOptions.defaults().key("user-" + i);
            String version = predictor.call(x(1), keyed).receipt().version();
            assertThat(predictor.callAsync(x(1), keyed).join().receipt().version())
                    .isEqualTo(version);
            versions.add(version);
        }
        return versions;
    }

    @Test
    void aShareThatGrowsAtTheEndOnlyAttractsKeys() {
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        List<String> before = List.of();
        for (int canary : List.of(5, 20, 60)) {
            maas.awaitServing(set(Traffic.none().share("1", 100 - canary).share("2", canary)));
            List<String> now = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                CallOptions keyed = CallOptions.defaults().key("user-" + i);
                if (predictor.call(x(1), keyed).receipt().version().equals("2")) {
                    now.add("user-" + i);
                }
            }
            assertThat(now).containsAll(before).hasSizeGreaterThan(before.size());
            before = now;
        }
    }

    @Test
    void whatSharesAnAliasStaysLoadedAndNothingElse() {
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        assertThat(platforms.backend.openModels()).isEqualTo(1);
        maas.awaitServing(set(Traffic.none().share("1", 1).share("2", 1)));
        assertThat(platforms.backend.openModels()).isEqualTo(2);
        int loads = platforms.backend.loads();
        maas.awaitServing(set(Traffic.none().share("1", 3).share("2", 1)));
        assertThat(platforms.backend.openModels()).isEqualTo(2);
        assertThat(platforms.backend.loads()).as("nothing is loaded twice").isEqualTo(loads);
        maas.awaitServing(set(Traffic.none()));
        assertThat(platforms.backend.openModels()).isEqualTo(1);
        assertThat(answers(predictor, 20)).isEqualTo(Map.of("1", 20));
    }

    @Test
    void publishingAndRollingBackEndIt() {
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        maas.awaitServing(set(Traffic.none().share("1", 1).share("2", 1)));
        maas.awaitServing(publish("2"));
        assertThat(answers(predictor, 50)).isEqualTo(Map.of("2", 50));
        maas.awaitServing(set(Traffic.none().share("2", 1).share("3", 1)));
        maas.awaitServing(maas.repository().rollback("digits"));
        assertThat(answers(predictor, 50)).isEqualTo(Map.of("1", 50));
    }

    @Test
    void noCallFailsWhileTheTrafficChanges() throws Exception {
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        AtomicBoolean done = new AtomicBoolean();
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        CountDownLatch started = new CountDownLatch(2);
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Thread caller = new Thread(() -> call(predictor, done, started, failures));
            caller.start();
            callers.add(caller);
        }
        started.await();
        try {
            for (int round = 1; round <= 30; round++) {
                maas.awaitServing(set(Traffic.none().share("1", round).share("2", 2)));
                maas.awaitServing(
                        set(Traffic.none().share("3", round).share("1", 1).shadow("2", 0.5)));
                maas.awaitServing(set(Traffic.none()));
            }
        } finally {
            done.set(true);
            for (Thread caller : callers) {
                caller.join();
            }
        }
        assertThat(failures).isEmpty();
    }

    private static void call(
            Predictor<Tensors, Tensors> predictor,
            AtomicBoolean done,
            CountDownLatch started,
            ConcurrentLinkedQueue<Throwable> failures) {
        try {
            while (!done.get()) {
                Prediction<Tensors> prediction = predictor.call(x(1), CallOptions.defaults());
                started.countDown();
                assertThat(prediction.value().get("y").floatAt(0))
                        .isEqualTo(Float.parseFloat(prediction.receipt().version()));
            }
        } catch (RuntimeException | Error e) {
            failures.add(e);
            started.countDown();
        }
    }

    @Test
    void whatCannotBeLoadedChangesNothingButTheStatus() {
        maas.repository().register(ScriptedBackend.model("digits", "once 4"));
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        // it was loaded once to be registered, so the gate cannot, and neither can this host
        Commit commit = maas.repository()
                .setTraffic(DIGITS, Traffic.none().share("1", 1).share("4", 1), LIVE.force("to see what happens"));
        assertThat(catchThrowable(() -> maas.awaitServing(commit, Duration.ofSeconds(30))))
                .hasMessageContaining("version 4");
        assertThat(answers(predictor, 50)).isEqualTo(Map.of("1", 50));
        assertThat(maas.status().routes())
                .singleElement()
                .satisfies(route -> assertThat(route.reason()).isPresent());
        maas.awaitServing(set(Traffic.none()));
        assertThat(maas.status().routes())
                .singleElement()
                .satisfies(route -> assertThat(route.reason()).isEmpty());
    }
}
