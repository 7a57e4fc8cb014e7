package io.maas;

import static io.maas.testkit.ScriptedBackend.x;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.maas.error.InvalidInputException;
import io.maas.internal.serving.ShadowListener;
import io.maas.internal.serving.ShadowTally.Counts;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import io.maas.predict.CallOptions;
import io.maas.predict.Predictor;
import io.maas.repository.Commit;
import io.maas.repository.PublishOptions;
import io.maas.repository.Traffic;
import io.maas.repository.TrafficOptions;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import io.maas.testkit.ScriptedBackend;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A shadow gets copies of calls, and callers see nothing of it. Version n multiplies by n. */
@Timeout(60)
class ShadowTest {
    private static final ModelName DIGITS = ModelName.of("digits");
    private static final TrafficOptions LIVE = TrafficOptions.ofProduction();
    private static final long SEED = 7;
    private static final int MOST_WAITING = 64;
    private static final ModelRef REF = ModelRef.parse("digits");

    @TempDir
    Path folder;

    private final Answers answers = new Answers();
    private Platforms platforms;
    private Maas maas;

    /** What shadows answered or failed on, for a test to wait for. */
    private static final class Answers implements ShadowListener {
        final BlockingQueue<Mirrored> calls = new LinkedBlockingQueue<>();
        final BlockingQueue<Tensors> given = new LinkedBlockingQueue<>();
        final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();

        @Override
        public void answered(Mirrored call, Tensors answer) {
            calls.add(call);
            given.add(answer);
        }

        @Override
        public void failed(Mirrored call, Throwable why) {
            calls.add(call);
            failures.add(why);
            throw new IllegalStateException("it is scripted to fail");
        }
    }

    @BeforeEach
    void open() {
        platforms = new Platforms(folder);
        maas = platforms.builder().trafficRandom(new SplittableRandom(SEED)).open();
        maas.serving().onShadow(answers);
        register("scale 1");
        maas.repository().publish(maas.repository().resolve("digits:1"), PublishOptions.toProduction());
    }

    @AfterEach
    void close() {
        maas.close();
        assertThat(platforms.backend.openModels()).isZero();
        assertThat(platforms.backend.misused()).isFalse();
    }

    private void register(String script) {
        maas.repository().register(ScriptedBackend.model("digits", script));
    }

    private Commit shadow(double fraction) {
        return maas.repository().setTraffic(DIGITS, Traffic.none().shadow("2", fraction), LIVE);
    }

    private static float one(Predictor<Tensors, Tensors> predictor) {
        return predictor.predict(x(1)).get("y").floatAt(0);
    }

    private Counts counts() {
        return maas.serving().shadowCounts(REF).orElseThrow();
    }

    @Test
    void theShadowGetsWhatTheCallerGaveAndTheMonitorBothAnswers() throws Exception {
        register("scale 2");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        maas.awaitServing(shadow(1));
        assertThat(predictor.call(x(3), CallOptions.defaults()).receipt().version())
                .isEqualTo("1");
        ShadowListener.Mirrored call = answers.calls.take();
        assertThat(call.ref()).isEqualTo(REF);
        assertThat(call.answered().version()).isEqualTo("1");
        assertThat(call.answer().get("y").toFloats()).containsExactly(3);
        assertThat(call.shadow().version()).isEqualTo("2");
        assertThat(answers.given.take().get("y").toFloats()).containsExactly(6);
        assertThat(counts()).isEqualTo(new Counts(1, 0, 0));
    }

    @Test
    void aFractionOfTheCallsIsMirrored() {
        register("scale 2");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        maas.awaitServing(shadow(0.25));
        SplittableRandom same = new SplittableRandom(SEED);
        int expected = 0;
        for (int i = 0; i < 2_000; i++) {
            one(predictor);
            expected += same.nextInt(1 << 30) < (1 << 28) ? 1 : 0;
        }
        assertThat(expected).as("five standard deviations around 500").isBetween(403, 597);
        int all = expected;
        await(counts -> counts.answered() + counts.dropped() == all);
    }

    @Test
    void callersNeverWaitForAShadowAndWhatItCannotTakeIsDropped() throws Exception {
        register("scale 2");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        maas.awaitServing(shadow(1));
        try (ScriptedBackend.Gate gate = platforms.backend.holdUp(1, "scale 2")) {
            one(predictor);
            gate.awaitEntered(); // the shadow stands still from here on
            for (int i = 0; i < MOST_WAITING + 10; i++) {
                assertThat(one(predictor)).isEqualTo(1);
            }
            assertThat(predictor
                            .callAsync(x(1), CallOptions.defaults())
                            .join()
                            .value()
                            .get("y")
                            .floatAt(0))
                    .isEqualTo(1);
            assertThat(counts()).isEqualTo(new Counts(0, 0, 11));
        }
        await(counts -> counts.equals(new Counts(1 + MOST_WAITING, 0, 11)));
    }

    @Test
    void whatACallerLentIsHisAgainOnceHeHasHisAnswer() throws Exception {
        register("scale 2");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        maas.awaitServing(shadow(1));
        float[] lent = {5};
        try (ScriptedBackend.Gate gate = platforms.backend.holdUp(1, "scale 2")) {
            predictor.predict(Tensors.of("x", Tensor.wrap(lent)));
            gate.awaitEntered();
            lent[0] = 100;
        }
        assertThat(answers.given.take().get("y").toFloats()).containsExactly(10);
    }

    @Test
    void aShadowThatFailsIsSeenByNobodyButWhoListens() throws Exception {
        register("failing");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        maas.awaitServing(shadow(1));
        for (int i = 1; i <= 3; i++) {
            assertThat(one(predictor)).isEqualTo(1);
            assertThat(answers.failures.take()).hasMessageContaining("scripted to fail");
        }
        assertThat(counts()).isEqualTo(new Counts(0, 3, 0));
        assertThat(maas.status().routes())
                .allSatisfy(route -> assertThat(route.reason()).isEmpty());
    }

    @Test
    void aCallThatFailsIsNotMirrored() {
        register("scale 2");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        maas.awaitServing(shadow(1));
        assertThat(catchThrowable(() -> predictor.predict(Tensors.of("z", Tensor.scalar(1f)))))
                .isInstanceOf(InvalidInputException.class);
        assertThat(counts()).isEqualTo(new Counts(0, 0, 0));
    }

    @Test
    void aShadowThatCannotBeLoadedDisturbsNobody() {
        register("once 2"); // which is loaded to be registered, and never again
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        Commit commit =
                maas.repository().setTraffic(DIGITS, Traffic.none().shadow("2", 1), LIVE.force("to see what happens"));
        maas.awaitServing(commit);
        assertThat(one(predictor)).isEqualTo(1);
        assertThat(counts()).isEqualTo(new Counts(0, 0, 0));
        assertThat(maas.status().routes())
                .allSatisfy(route -> assertThat(route.reason()).isEmpty());
    }

    @Test
    void aShadowThatIsTakenAwayGetsNothingMore() throws Exception {
        register("scale 2");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        maas.awaitServing(shadow(1));
        try (ScriptedBackend.Gate gate = platforms.backend.holdUp(1, "scale 2")) {
            one(predictor);
            gate.awaitEntered();
            one(predictor);
            one(predictor);
            maas.awaitServing(maas.repository().setTraffic(DIGITS, Traffic.none(), LIVE));
            assertThat(platforms.backend.openModels()).as("a call runs in it").isEqualTo(2);
        }
        // those that waited are dropped, unless what the gate tried out is still being let go of
        await(counts -> counts.answered() + counts.dropped() == 3);
        while (platforms.backend.openModels() != 1) {
            Thread.onSpinWait(); // the last call lets go of the model
        }
        assertThat(one(predictor)).isEqualTo(1);
        assertThat(counts().answered() + counts().dropped()).isEqualTo(3);
    }

    @Test
    void closingThePlatformEndsShadows() throws Exception {
        register("scale 2");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        maas.awaitServing(shadow(1));
        ScriptedBackend.Gate gate = platforms.backend.holdUp(1, "scale 2");
        one(predictor);
        one(predictor);
        gate.awaitEntered();
        maas.close(); // and not when the shadow has thought it over
        assertThat(platforms.backend.openModels()).isZero();
        assertThat(answers.failures).hasSize(1);
    }

    private void await(Predicate<Counts> wanted) {
        while (!wanted.test(counts())) {
            Thread.onSpinWait(); // the shadows' thread is at it
        }
    }
}
