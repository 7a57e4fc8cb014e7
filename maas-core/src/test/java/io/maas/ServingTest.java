package io.maas;

import static io.maas.testkit.ScriptedBackend.x;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.model.Manifest;
import io.maas.model.ModelName;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.repository.Commit;
import io.maas.repository.ModelDetails.BatchInvariance;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.PublishOptions;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import io.maas.testkit.EngineFailure;
import io.maas.testkit.FaultyStore;
import io.maas.testkit.ForwardingStore;
import io.maas.testkit.ScriptedBackend;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServingTest {
    private static final ModelName DIGITS = ModelName.of("digits");

    @TempDir
    Path folder;

    private Platforms platforms;
    private Maas maas;

    @BeforeEach
    void open() {
        platforms = new Platforms(folder);
        maas = platforms.open();
    }

    @AfterEach
    void close() {
        maas.close();
        assertThat(platforms.backend.openModels()).isZero();
        assertThat(platforms.backend.misused()).isFalse();
    }

    private ModelVersion register(String script) {
        return maas.repository().register(ScriptedBackend.model("digits", script));
    }

    private Commit publish(String script) {
        return maas.repository().publish(register(script), PublishOptions.toProduction());
    }

    private static float one(Predictor<Tensors, Tensors> predictor) {
        return predictor.predict(x(1)).get("y").floatAt(0);
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThat(code(catchThrowable(call))).isEqualTo(code);
    }

    private static ErrorCode code(Throwable error) {
        return ((MaasException) (error instanceof ExecutionException ? error.getCause() : error)).code();
    }

    @Test
    void aPredictorAnswersWithWhatItsReferencePointsAt() {
        publish("scale 2");
        ModelVersion three = register("scale 3");
        assertThat(one(maas.predictor("digits"))).isEqualTo(2);
        assertThat(one(maas.predictor("digits:2"))).isEqualTo(3);
        assertThat(one(maas.predictor("digits@" + three.digest()))).isEqualTo(3);
        refused(ErrorCode.UNKNOWN_ALIAS, () -> maas.predictor("digits@staging"));
        refused(ErrorCode.UNKNOWN_MODEL, () -> maas.predictor("iris"));
    }

    @Test
    void theReceiptTellsWhoAnswered() {
        publish("scale 2");
        Prediction<Tensors> prediction =
                maas.predictor("digits").call(x(1, 2), CallOptions.defaults().id("call-7"));
        assertThat(prediction.value().get("y").toFloats()).containsExactly(2, 4);
        assertThat(prediction.receipt().model()).isEqualTo(DIGITS);
        assertThat(prediction.receipt().version()).isEqualTo("1");
        assertThat(prediction.receipt().digest())
                .isEqualTo(maas.repository().resolve("digits").digest());
        assertThat(prediction.receipt().route()).hasToString("digits");
        assertThat(prediction.receipt().id()).contains("call-7");
        assertThat(prediction.receipt().computed()).isPositive();
        assertThat(prediction.receipt().queued()).isGreaterThanOrEqualTo(Duration.ZERO);
    }

    @Test
    void predictorsFollowPublishAndRollback() {
        publish("scale 1");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        maas.awaitServing(publish("scale 2"));
        assertThat(one(predictor)).isEqualTo(2);
        maas.awaitServing(maas.repository().rollback("digits"));
        assertThat(one(predictor)).isEqualTo(1);
        awaitOpenModels(1);
    }

    @Test
    void modelsAreSharedByPredictorsOfOneBundle() {
        publish("scale 1");
        int before = platforms.backend.loads();
        Predictor<Tensors, Tensors> a = maas.predictor("digits");
        Predictor<Tensors, Tensors> b = maas.predictor("digits");
        Predictor<Tensors, Tensors> c = maas.predictor("digits:1");
        assertThat(platforms.backend.loads()).isEqualTo(before + 1);
        a.close();
        b.close();
        assertThat(one(c)).isEqualTo(1);
        c.close();
        assertThat(platforms.backend.openModels()).isZero();
    }

    @Test
    void noCallFailsWhileVersionsAreSwapped() throws Exception {
        List<ModelVersion> versions = new ArrayList<>();
        for (int scale = 1; scale <= 4; scale++) {
            versions.add(register("scale " + scale));
        }
        maas.repository().publish(versions.get(0), PublishOptions.toProduction());
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger calls = new AtomicInteger();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Thread caller = new Thread(() -> {
                while (!done.get() && failure.get() == null) {
                    try {
                        Prediction<Tensors> prediction = predictor.call(x(1), CallOptions.defaults());
                        assertThat(prediction.value().get("y").floatAt(0))
                                .isEqualTo(Float.parseFloat(prediction.receipt().version()));
                        calls.incrementAndGet();
                    } catch (Throwable e) {
                        failure.compareAndSet(null, e);
                    }
                }
            });
            callers.add(caller);
            caller.start();
        }
        try {
            for (int i = 0; i < 200; i++) {
                maas.awaitServing(
                        i % 3 == 2
                                ? maas.repository().rollback("digits")
                                : maas.repository().publish(versions.get((i + 1) % 4), PublishOptions.toProduction()));
            }
        } finally {
            done.set(true);
            for (Thread caller : callers) {
                caller.join();
            }
        }
        assertThat(failure.get()).isNull();
        assertThat(calls.get()).isPositive();
        awaitOpenModels(1);
    }

    /** A model is closed by whoever lets go last, which may be a thread of the device just after the last caller has his answer. */
    private void awaitOpenModels(int expected) {
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            while (platforms.backend.openModels() != expected) {
                Thread.onSpinWait();
            }
        });
    }

    @Test
    void theOldVersionIsClosedWhenItsLastCallHasEnded() throws Exception {
        publish("scale 1");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        CompletableFuture<Float> slow = new CompletableFuture<>();
        try (ScriptedBackend.Gate gate = platforms.backend.holdUpStubbornly(1)) {
            Thread caller = new Thread(() -> slow.complete(one(predictor)));
            caller.start();
            gate.awaitEntered();
            ModelVersion two = maas.repository().versions(DIGITS).get(0);
            assertThat(two.version()).isEqualTo("1");
            assertThat(platforms.backend.openModels()).isEqualTo(1);
            predictor.close();
            assertThat(platforms.backend.openModels()).isEqualTo(1);
        }
        assertThat(slow.get()).isEqualTo(1);
    }

    @Test
    void aVersionThatCannotServeLeavesTheOldOneServing() {
        publish("scale 1");
        FaultyStore store = new FaultyStore(platforms.store);
        try (Maas host =
                platforms.builderOn(store).cache(folder.resolve("fresh")).open()) {
            Predictor<Tensors, Tensors> predictor = host.predictor("digits");
            store.flipBits("default/blobs/");
            Commit commit = publish("scale 2");
            assertThatThrownBy(() -> host.awaitServing(commit))
                    .hasMessageContaining("version 2 cannot be loaded")
                    .extracting(e -> ((MaasException) e).code())
                    .isEqualTo(ErrorCode.MODEL_UNAVAILABLE);
            assertThat(one(predictor)).isEqualTo(1);
            Status.Route route = host.status().routes().get(0);
            assertThat(route.desired()).contains("2");
            assertThat(route.actual()).contains("1");
            assertThat(route.reason()).isPresent();

            store.heal();
            host.awaitServing(host.repository().rollback("digits"));
            assertThat(host.status().routes().get(0).reason()).isEmpty();
            assertThat(host.status().head()).isEqualTo(host.repository().head());
        }
    }

    @Test
    void aBackendThatBreaksItsPromisesIsReportedAndForgiven() {
        publish("scale 1");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        Commit broken = maas.repository()
                .publish(register("once 2"), PublishOptions.toProduction().force("it breaks on purpose"));
        refused(ErrorCode.MODEL_UNAVAILABLE, () -> maas.awaitServing(broken));
        assertThat(maas.status().routes().get(0).reason().orElseThrow()).contains("it is scripted to break");
        assertThat(one(predictor)).isEqualTo(1);
        maas.awaitServing(publish("scale 3"));
        assertThat(one(predictor)).isEqualTo(3);
    }

    @Test
    void whatOneModelCannotServeDoesNotTroubleThoseWhoWaitForAnother() {
        publish("scale 1");
        maas.predictor("digits");
        ModelVersion iris = maas.repository().register(ScriptedBackend.model("iris", "scale 5"));
        maas.repository().publish(iris, PublishOptions.toProduction());
        maas.predictor("iris");
        Commit broken = maas.repository()
                .publish(register("once 2"), PublishOptions.toProduction().force("it breaks on purpose"));
        refused(ErrorCode.MODEL_UNAVAILABLE, () -> maas.awaitServing(broken));
        ModelVersion next = maas.repository().register(ScriptedBackend.model("iris", "scale 6"));
        maas.awaitServing(maas.repository().publish(next, PublishOptions.toProduction()));
        assertThat(one(maas.predictor("iris"))).isEqualTo(6);
    }

    @Test
    void awaitServingGivesUpInTime() throws Exception {
        publish("scale 1");
        maas.predictor("digits");
        Platforms others = new Platforms(folder.resolve("other"), platforms.store);
        Commit commit;
        try (Maas other = others.open()) {
            commit = other.repository()
                    .publish(
                            other.repository().register(ScriptedBackend.model("digits", "scale 2")),
                            PublishOptions.toProduction());
        }
        try (ScriptedBackend.Gate gate = platforms.backend.holdUpStubbornly(1)) {
            maas.repository().refresh();
            gate.awaitEntered(); // the warm-up of the new version
            refused(ErrorCode.DEADLINE_EXCEEDED, () -> maas.awaitServing(commit, Duration.ofMillis(5)));
        }
        maas.awaitServing(new Commit(maas.repository().head(), 0, Instant.EPOCH, "x", Optional.empty()));
    }

    @Test
    void aDeadlineEndsACallThatCanBeInterrupted() {
        publish("scale 1");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        ScriptedBackend.Gate gate = platforms.backend.holdUp(1);
        refused(ErrorCode.DEADLINE_EXCEEDED, () -> predictor.call(x(1), CallOptions.deadline(Duration.ofMillis(20))));
        gate.close();
        refused(ErrorCode.BAD_SETTING, () -> CallOptions.deadline(Duration.ZERO));
        refused(ErrorCode.DEADLINE_EXCEEDED, () -> predictor.call(x(1), CallOptions.deadline(Duration.ofNanos(1))));
    }

    @Test
    void aClosedPredictorRefusesCallsAndCanBeClosedAgain() {
        publish("scale 1");
        Predictor<Tensors, Tensors> closed = maas.predictor("digits");
        Predictor<Tensors, Tensors> open = maas.predictor("digits");
        closed.close();
        closed.close();
        refused(ErrorCode.CLOSED, () -> closed.predict(x(1)));
        refused(ErrorCode.CLOSED, () -> closed.call(x(1), CallOptions.defaults()));
        assertThat(code(catchThrowable(
                        () -> closed.callAsync(x(1), CallOptions.defaults()).get())))
                .isEqualTo(ErrorCode.CLOSED);
        refused(ErrorCode.CLOSED, closed::signature);
        assertThat(one(open)).isEqualTo(1);
        maas.close();
        maas.close();
        refused(ErrorCode.CLOSED, () -> open.predict(x(1)));
        refused(ErrorCode.CLOSED, () -> maas.predictor("digits"));
        refused(ErrorCode.CLOSED, () -> maas.awaitServing(new Commit(0, 0, Instant.EPOCH, "x", Optional.empty())));
        open.close();
    }

    @Test
    void closingWaitsForCallsThatRun() throws Exception {
        publish("scale 3");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        CompletableFuture<Float> slow = new CompletableFuture<>();
        CountDownLatch closing = new CountDownLatch(1);
        Thread closer;
        try (ScriptedBackend.Gate gate = platforms.backend.holdUpStubbornly(1)) {
            new Thread(() -> slow.complete(one(predictor))).start();
            gate.awaitEntered();
            closer = new Thread(() -> {
                closing.countDown();
                maas.close();
            });
            closer.start();
            closing.await();
        }
        assertThat(slow.get()).isEqualTo(3);
        closer.join();
        assertThat(platforms.backend.openModels()).isZero();
    }

    @Test
    void inputsAreCheckedBeforeTheEngineSeesThem() {
        publish("scale 1");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        refused(ErrorCode.TENSOR_MISSING, () -> predictor.predict(Tensors.of("z", Tensor.of(new float[1]))));
        refused(
                ErrorCode.TENSOR_UNKNOWN,
                () -> predictor.predict(Tensors.of("x", Tensor.of(new float[1]), "z", Tensor.of(new float[1]))));
        refused(ErrorCode.TENSOR_TYPE, () -> predictor.predict(Tensors.of("x", Tensor.of(new long[1]))));
        refused(ErrorCode.TENSOR_RANK, () -> predictor.predict(Tensors.of("x", Tensor.of(new float[1], 1, 1))));
        refused(ErrorCode.EMPTY_BATCH, () -> predictor.predict(x()));
        refused(ErrorCode.CALL_TOO_LARGE, () -> predictor.predict(x(new float[200_000])));
        assertThat(predictor.signature()).hasToString("x FP32[batch] -> y FP32[batch]");
    }

    @Test
    void theBoundOnACallCanBeSet() {
        publish("scale 1");
        maas.close();
        maas = platforms.builder().maxPositions(2).open();
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        assertThat(predictor.predict(x(1, 2)).get("y").elements()).isEqualTo(2);
        refused(ErrorCode.CALL_TOO_LARGE, () -> predictor.predict(x(1, 2, 3)));
    }

    @Test
    void rowsThatMustNotBeMixedAreRunAlone() {
        publish("variant 2");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        assertThat(predictor.predict(x(1, 2, 3)).get("y").toFloats()).containsExactly(2, 4, 6);
        refused(ErrorCode.CALL_TOO_LARGE, () -> predictor.predict(x(new float[200_000])));
    }

    @Test
    void stepsOfASequenceStayTogether() {
        publish("sequence 2");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        assertThat(predictor.predict(x(1, 2, 3)).get("y").toFloats()).containsExactly(2, 5, 9);
    }

    @Test
    void aPackageMaySayThatMixingDoesNotMatter() {
        Manifest manifest = Manifest.builder("digits", ScriptedBackend.FORMAT)
                .runtime(Manifest.RuntimeSpec.unspecified()
                        .batching(Manifest.Batching.unspecified().rtol(0.5)))
                .build();
        maas.repository()
                .publish(
                        maas.repository().register(ScriptedBackend.model(manifest, "variant 2")),
                        PublishOptions.toProduction());
        assertThat(maas.predictor("digits").predict(x(1, 2, 3)).get("y").toFloats())
                .containsExactly(2.02f, 4.02f, 6.02f);
    }

    @Test
    void anEngineThatFailsSaysSo() {
        publish("failing");
        refused(ErrorCode.INFERENCE_FAILED, () -> maas.predictor("digits").predict(x(1)));
    }

    @Test
    void aMomentWithoutMemoryIsNotTakenForWhatAModelIs() {
        long head = maas.repository().head();
        platforms.backend.failNextRuns(1, EngineFailure.OUT_OF_MEMORY);
        refused(ErrorCode.OUT_OF_MEMORY, () -> register("scale 2"));
        assertThat(maas.repository().head()).isEqualTo(head);
        assertThat(maas.repository()
                        .details(register("scale 2"))
                        .probe()
                        .orElseThrow()
                        .batchInvariance())
                .isEqualTo(BatchInvariance.INVARIANT);
    }

    @Test
    void aModelThatFailsItsSelfTestIsRefused() {
        long head = maas.repository().head();
        refused(ErrorCode.MODEL_SELF_TEST, () -> maas.repository().register(selfTested(5)));
        assertThat(maas.repository().head()).isEqualTo(head);
        ModelVersion version = maas.repository().register(selfTested(2));
        maas.repository().publish(version, PublishOptions.toProduction());
        assertThat(one(maas.predictor("digits"))).isEqualTo(2);
    }

    private static PackageSource selfTested(float expected) {
        return ScriptedBackend.model(
                Manifest.builder("digits", ScriptedBackend.FORMAT)
                        .selfTest(new Manifest.SelfTest(
                                x(1, 1),
                                Tensors.of("y", Tensor.of(new float[] {expected, expected})),
                                1e-6,
                                0,
                                OptionalDouble.empty()))
                        .build(),
                "scale 2");
    }

    @Test
    void withoutABackendAPackageIsRefusedWithTheDependencyThatWouldHelp() {
        maas.close();
        maas = platforms.builder().open();
        assertThatThrownBy(() -> maas.repository()
                        .register(PackageSource.builder(
                                        Manifest.builder("m", "onnx").build())
                                .file("model.onnx", Manifest.Role.WEIGHTS, new byte[] {8, 7})
                                .build()))
                .hasMessageContaining("io.maas:maas-backend-djl")
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.NO_BACKEND));
    }

    @Test
    void aFollowerServesWhatAnotherPlatformPublishes() {
        publish("scale 1");
        try (Maas follower =
                platforms.builder().pollInterval(Duration.ofMillis(5)).open()) {
            Predictor<Tensors, Tensors> predictor = follower.predictor("digits");
            Commit commit = publish("scale 2");
            follower.awaitServing(commit);
            assertThat(one(predictor)).isEqualTo(2);
        }
    }

    @Test
    void aStoreThatCannotBeReachedDoesNotStopServing() {
        ForwardingStore store = new ForwardingStore(platforms.store) {
            @Override
            public Optional<byte[]> get(String key) {
                if (down.get() && rude.get()) {
                    throw new IllegalStateException("a store should not throw this");
                } else if (down.get()) {
                    throw new UnavailableException(ErrorCode.STORE_UNAVAILABLE, "read", "the network is down", "wait");
                }
                return super.get(key);
            }
        };
        publish("scale 1");
        try (Maas host =
                platforms.builderOn(store).pollInterval(Duration.ofMillis(1)).open()) {
            Predictor<Tensors, Tensors> predictor = host.predictor("digits");
            down.set(true);
            refused(ErrorCode.STORE_UNAVAILABLE, () -> host.repository().refresh());
            assertThat(one(predictor)).isEqualTo(1);
            rude.set(true);
            assertThatThrownBy(() -> host.repository().refresh()).isInstanceOf(IllegalStateException.class);
            down.set(false);
            host.awaitServing(publish("scale 2"));
            assertThat(one(predictor)).isEqualTo(2);
        }
    }

    private final AtomicBoolean down = new AtomicBoolean();
    private final AtomicBoolean rude = new AtomicBoolean();

    @Test
    void aSetOfModelsIsReadyWhenEachAnswersWithWhatItShould() {
        assertThat(maas.ready().isReady()).as("nothing is asked for").isTrue();
        publish("scale 1");
        assertThat(maas.ready("digits").missing())
                .extracting(Readiness.Missing::why)
                .containsExactly("it has no predictor");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        assertThat(maas.ready("digits").isReady()).isTrue();
        assertThat(maas.ready("digits", "digits@staging").missing())
                .extracting(missing -> missing.ref().toString())
                .containsExactly("digits@staging");
        predictor.close();
        assertThat(maas.ready("digits").isReady()).isFalse();
        maas.close();
        assertThat(maas.ready("digits").missing())
                .extracting(Readiness.Missing::why)
                .containsExactly("the platform was closed");
        assertThat(maas.ready().isReady())
                .as("nothing is asked for, of a closed platform")
                .isFalse();
    }

    @Test
    void aModelWhoseNewVersionCannotBeLoadedIsNotReady() {
        publish("scale 1");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        ModelVersion breaking = register("once 3");
        Commit commit = maas.repository()
                .publish(breaking, PublishOptions.toProduction().force("it breaks on purpose"));
        refused(ErrorCode.MODEL_UNAVAILABLE, () -> maas.awaitServing(commit));
        assertThat(maas.ready("digits").missing()).hasSize(1);
        assertThat(predictor.predict(x(1))).isNotNull();
    }
}
