package io.maas;

import static io.maas.testkit.ScriptedBackend.x;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.model.ModelName;
import io.maas.monitor.ModelStats;
import io.maas.monitor.Outcome;
import io.maas.predict.CallOptions;
import io.maas.predict.Cancellation;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.repository.PublishOptions;
import io.maas.tensor.Tensors;
import io.maas.testkit.EngineFailure;
import io.maas.testkit.ScriptedBackend;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls whose callers do not wait on a thread. */
@Timeout(60)
class AsyncCallsTest {
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
        assertThat(platforms.backend.misused()).isFalse();
    }

    private void publish(String script) {
        maas.repository()
                .publish(
                        maas.repository().register(ScriptedBackend.model("digits", script)),
                        PublishOptions.toProduction());
    }

    private static ErrorCode code(Throwable error) {
        return ((MaasException) (error instanceof ExecutionException ? error.getCause() : error)).code();
    }

    private ModelStats stats() {
        return maas.monitor().models(ModelName.of("digits")).get(0);
    }

    @Test
    void aDeadlineEndsAnAsynchronousCallWhileItWaits() throws Exception {
        maas.close();
        maas = platforms.builder().cores(1).open();
        publish("scale 2");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        try (ScriptedBackend.Gate gate = platforms.backend.holdUpStubbornly(1)) {
            CompletableFuture<Prediction<Tensors>> first = predictor.callAsync(x(1), CallOptions.defaults());
            gate.awaitEntered();
            CompletableFuture<Prediction<Tensors>> second =
                    predictor.callAsync(x(1), CallOptions.deadline(Duration.ofMillis(10)));
            assertThat(code(catchThrowable(second::get))).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
            assertThat(first).isNotDone();
        }
    }

    @Test
    void asynchronousCallsComplete() throws Exception {
        publish("scale 2");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        List<CompletableFuture<Prediction<Tensors>>> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            calls.add(predictor.callAsync(x(i), CallOptions.defaults()));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(calls.get(i).get().value().get("y").floatAt(0)).isEqualTo(2f * i);
        }
        assertThatThrownBy(() -> predictor
                        .callAsync(Tensors.empty(), CallOptions.defaults())
                        .get())
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.TENSOR_MISSING));
    }

    @Test
    void cancellingAnAsynchronousCallStopsTheEngine() throws Exception {
        publish("scale 2");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        ScriptedBackend.Gate gate = platforms.backend.holdUp(1);
        CompletableFuture<Prediction<Tensors>> call = predictor.callAsync(x(1), CallOptions.defaults());
        gate.awaitEntered();
        assertThat(call.cancel(true)).isTrue();
        // the stop opens the gate: closing the platform would otherwise wait for the call
        maas.close();
        assertThat(call).isCancelled();
    }

    @Test
    void tooManyAsynchronousCallsAreRefusedAtOnce() throws Exception {
        maas.close();
        maas = platforms.builder().maxWaiting(100).open();
        publish("scale 2");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        List<CompletableFuture<Prediction<Tensors>>> calls = new ArrayList<>();
        try (ScriptedBackend.Gate gate = platforms.backend.holdUpStubbornly(1)) {
            ErrorCode refusal = null;
            while (refusal == null && calls.size() <= 100) {
                CompletableFuture<Prediction<Tensors>> call = predictor.callAsync(x(1), CallOptions.defaults());
                if (call.isCompletedExceptionally()) {
                    refusal = code(catchThrowable(call::get));
                } else {
                    calls.add(call);
                }
            }
            gate.awaitEntered();
            assertThat(refusal).isEqualTo(ErrorCode.OVERLOADED);
            assertThat(calls).hasSize(100);
        }
        for (CompletableFuture<Prediction<Tensors>> call : calls) {
            assertThat(call.get().value().get("y").floatAt(0)).isEqualTo(2);
        }
    }

    @Test
    void aCallThatThePlatformDoesNotWaitForIsAnsweredAllTheSame() throws Exception {
        publish("scale 3");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        CompletableFuture<Prediction<Tensors>> call;
        try (ScriptedBackend.Gate gate = platforms.backend.holdUpStubbornly(1)) {
            call = predictor.callAsync(x(1), CallOptions.defaults());
            gate.awaitEntered();
            Thread hasty = new Thread(() -> {
                Thread.currentThread().interrupt();
                maas.close();
            });
            hasty.start();
            hasty.join();
        }
        assertThat(call.get().value().get("y").floatAt(0)).isEqualTo(3);
    }

    @Test
    void whatACallerDoesWithHisAnswerKeepsNobodyElseWaiting() throws Exception {
        maas.close();
        maas = platforms.builder().cores(1).asyncThreads(1).open();
        publish("scale 2");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        CountDownLatch open = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(2);
        CompletableFuture<?> slowReader;
        try (ScriptedBackend.Gate gate = platforms.backend.holdUpStubbornly(1)) {
            slowReader = predictor.callAsync(x(1), CallOptions.defaults()).thenAccept(answer -> block(blocked, open));
            gate.awaitEntered();
        }
        try (ScriptedBackend.Gate gate = platforms.backend.holdUpStubbornly(1)) {
            CompletableFuture<Prediction<Tensors>> held = predictor.callAsync(x(1), CallOptions.defaults());
            gate.awaitEntered();
            CompletableFuture<?> slowFallback = predictor
                    .callAsync(x(1), CallOptions.deadline(Duration.ofSeconds(1)))
                    .handle((answer, error) -> {
                        block(blocked, open);
                        return error;
                    });
            blocked.await();
            // both callers do something slow now, one of them because of a deadline: other deadlines pass all the same
            CompletableFuture<Prediction<Tensors>> late =
                    predictor.callAsync(x(1), CallOptions.deadline(Duration.ofMillis(5)));
            assertThat(code(catchThrowable(late::get))).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
            assertThat(slowFallback).isNotDone();
            assertThat(held).isNotDone();
        }
        assertThat(predictor
                        .callAsync(x(4), CallOptions.defaults())
                        .get()
                        .value()
                        .get("y")
                        .floatAt(0))
                .isEqualTo(8);
        assertThat(slowReader).isNotDone();
        open.countDown();
        slowReader.get();
    }

    private static void block(CountDownLatch entered, CountDownLatch open) {
        entered.countDown();
        try {
            open.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aCancellationEndsACallWhereverItIs() throws Exception {
        publish("scale 2");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        try (ScriptedBackend.Gate gate = platforms.backend.holdUpStubbornly(1)) {
            Cancellation cancellation = new Cancellation();
            CompletableFuture<Prediction<Tensors>> call =
                    predictor.callAsync(x(1), CallOptions.defaults().cancelledBy(cancellation));
            gate.awaitEntered();
            cancellation.cancel();
            assertThat(code(catchThrowable(call::get))).isEqualTo(ErrorCode.CANCELLED);
        }
    }

    @Test
    void theRowsOfACallThatAreRunAloneAreAccountedForAsOneCall() throws Exception {
        maas.close();
        maas = platforms.builder().cores(1).open();
        publish("variant 2");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        float[] values = new float[50];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        Prediction<Tensors> prediction =
                predictor.callAsync(x(values), CallOptions.defaults()).get();
        for (int i = 0; i < values.length; i++) {
            assertThat(prediction.value().get("y").floatAt(i)).isEqualTo(2 * values[i]);
        }
        assertThat(prediction.receipt().computed()).isPositive();
        assertThat(stats().queue().sum().plus(stats().engine().sum()))
                .isLessThanOrEqualTo(stats().total().sum());
    }

    @Test
    void afterARowHasFailedNoMoreAreBegun() {
        publish("variant 2");
        int before = platforms.backend.runs("variant 2");
        Predictor<Tensors, Tensors> predictor = maas.predictor("digits");
        platforms.backend.failNextRuns(1_000, EngineFailure.BAD_INPUT);
        CompletableFuture<Prediction<Tensors>> call = predictor.callAsync(x(new float[200]), CallOptions.defaults());
        assertThat(code(catchThrowable(call::get))).isEqualTo(ErrorCode.BAD_INPUT);
        assertThat(platforms.backend.runs("variant 2") - before).isLessThan(200);
        assertThat(stats().outcomes()).containsOnlyKeys(Outcome.REFUSED);
    }
}
