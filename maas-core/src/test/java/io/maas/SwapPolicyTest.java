package io.maas;

import static io.maas.testkit.ScriptedBackend.x;
import static io.maas.testkit.ScriptedBackend.y;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.model.Manifest;
import io.maas.model.Manifest.RuntimeSpec;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.predict.SwapPolicy;
import io.maas.repository.ModelVersion;
import io.maas.repository.PublishOptions;
import io.maas.tensor.Tensors;
import io.maas.testkit.ScriptedBackend;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each version takes 40 MiB, and there are 60: one fits. Version n multiplies by n. */
@Timeout(60)
class SwapPolicyTest {
    @TempDir
    Path folder;

    private Platforms platforms;
    private Maas maas;
    private Predictor<Tensors, Tensors> digits;
    private ModelVersion two;

    private void serve(SwapPolicy policy) {
        platforms = new Platforms(folder);
        maas = platforms.builder().modelMemory(60L << 20).swaps(policy).open();
        ModelVersion one = register(1);
        two = register(2);
        maas.repository().publish(one, PublishOptions.toProduction());
        digits = maas.predictor("digits");
    }

    @AfterEach
    void close() {
        maas.close();
        assertThat(platforms.backend.misused()).isFalse();
        assertThat(platforms.backend.openModels()).isZero();
    }

    private ModelVersion register(int factor) {
        Manifest manifest = Manifest.builder("digits", ScriptedBackend.FORMAT)
                .runtime(RuntimeSpec.unspecified().memoryMb(40))
                .build();
        return maas.repository().register(ScriptedBackend.model(manifest, "scale " + factor));
    }

    private CompletableFuture<Prediction<Tensors>> call() {
        return digits.callAsync(x(1), CallOptions.defaults());
    }

    private static void answeredBy(int version, CompletableFuture<Prediction<Tensors>> call) throws Exception {
        assertThat(y(call.get().value())).containsExactly(version);
        assertThat(call.get().receipt().version()).isEqualTo("" + version);
    }

    /** Publishes the second version on another thread. */
    private final class Publishing {
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final Thread thread = new Thread(() -> failure.set(catchThrowable(
                () -> maas.awaitServing(maas.repository().publish(two, PublishOptions.toProduction())))));

        Publishing() {
            thread.start();
        }

        void awaitWaiting() {
            while (thread.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
        }

        Throwable failure() throws InterruptedException {
            thread.join();
            return failure.get();
        }
    }

    @Test
    void aVersionThatFindsNoRoomIsRefusedAndNobodyWaits() throws Exception {
        serve(SwapPolicy.KEEP_SERVING);
        try (ScriptedBackend.Gate gate = platforms.backend.holdUpStubbornly(1)) {
            CompletableFuture<Prediction<Tensors>> running = call();
            gate.awaitEntered();
            assertThat(((MaasException) new Publishing().failure()).code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
            assertThat(running).isNotDone();
        }
        answeredBy(1, call());
    }

    @Test
    void aVersionThatMakesWayAnswersItsCallsAndTheNextThoseWhoCameMeanwhile() throws Exception {
        serve(SwapPolicy.DRAIN_FIRST);
        CompletableFuture<Prediction<Tensors>> running;
        CompletableFuture<Prediction<Tensors>> waiting;
        CompletableFuture<float[]> onAThread;
        CompletableFuture<Float> reading;
        Publishing publishing;
        try (ScriptedBackend.Gate gate = platforms.backend.holdUpStubbornly(1)) {
            running = call();
            gate.awaitEntered();
            publishing = new Publishing();
            publishing.awaitWaiting();
            waiting = call();
            onAThread = CompletableFuture.supplyAsync(() -> y(digits.predict(x(1))));
            reading = CompletableFuture.supplyAsync(() ->
                    digits.<Float>predict(x(1), outputs -> outputs.get("y").floatAt(0)));
            assertThat(waiting).isNotDone();
        }
        assertThat(publishing.failure()).isNull();
        answeredBy(1, running);
        answeredBy(2, waiting);
        assertThat(onAThread.get()).containsExactly(2);
        assertThat(reading.get()).isEqualTo(2);
        answeredBy(2, call());
        assertThat(platforms.backend.openModels()).isEqualTo(1);
        assertThat(maas.monitor().models())
                .allSatisfy(stats -> assertThat(stats.calls())
                        .as("calls that only waited for the old version are none of its")
                        .isEqualTo(stats.version().equals("1") ? 1 : 4));
    }

    @Test
    void noCallFailsWhileVersionsMakeWayForEachOther() throws Exception {
        serve(SwapPolicy.DRAIN_FIRST);
        ModelVersion one = maas.repository().resolve("digits");
        AtomicBoolean ended = new AtomicBoolean();
        List<CompletableFuture<Integer>> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            boolean later = i % 2 == 0;
            callers.add(CompletableFuture.supplyAsync(
                    () -> {
                        int calls = 0;
                        while (!ended.get()) {
                            Prediction<Tensors> answer = later
                                    ? call().join()
                                    : digits.call(x(1), CallOptions.deadline(Duration.ofSeconds(30)));
                            assertThat(y(answer.value()))
                                    .containsExactly(
                                            Float.parseFloat(answer.receipt().version()));
                            calls++;
                        }
                        return calls;
                    },
                    task -> new Thread(task, "caller").start()));
        }
        for (int i = 0; i < 30; i++) {
            maas.awaitServing(maas.repository().publish(i % 2 == 0 ? two : one, PublishOptions.toProduction()));
        }
        ended.set(true);
        for (CompletableFuture<Integer> caller : callers) {
            assertThat(caller.get()).isPositive();
        }
        assertThat(platforms.backend.openModels()).isEqualTo(1);
    }

    @Test
    void aVersionThatMadeWayComesBackIfTheNextOneFails() throws Exception {
        serve(SwapPolicy.DRAIN_FIRST);
        CompletableFuture<Prediction<Tensors>> waiting;
        Publishing publishing;
        try (ScriptedBackend.Gate gate = platforms.backend.holdUpStubbornly(1)) {
            CompletableFuture<Prediction<Tensors>> running = call();
            gate.awaitEntered();
            publishing = new Publishing();
            publishing.awaitWaiting();
            platforms.backend.failNextLoads(1);
            waiting = call();
            assertThat(running).isNotDone();
        }
        assertThat(publishing.failure()).isInstanceOf(MaasException.class);
        answeredBy(1, waiting);
        answeredBy(1, call());
    }

    @Test
    void aVersionMakesWayWhileAnotherIsRegistered() throws Exception {
        serve(SwapPolicy.DRAIN_FIRST);
        answeredBy(1, call());
        register(3);
        answeredBy(1, call());
    }

    @Test
    void closingEndsThoseWhoWaitForWhatMadeWay() throws Exception {
        serve(SwapPolicy.DRAIN_FIRST);
        CompletableFuture<Prediction<Tensors>> waiting;
        Thread closing;
        try (ScriptedBackend.Gate gate = platforms.backend.holdUpStubbornly(1)) {
            CompletableFuture<Prediction<Tensors>> running = call();
            gate.awaitEntered();
            Publishing publishing = new Publishing();
            publishing.awaitWaiting();
            waiting = call();
            closing = new Thread(maas::close);
            closing.start();
            assertThat(running).isNotDone();
        }
        closing.join();
        assertThat(waiting)
                .satisfies(call ->
                        assertThat(call.handle((answer, error) -> true).get()).isTrue());
    }
}
