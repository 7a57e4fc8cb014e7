package io.maas;

import static io.maas.testkit.ScriptedBackend.x;
import static io.maas.testkit.ScriptedBackend.y;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Caching;
import io.maas.model.Manifest.RuntimeSpec;
import io.maas.monitor.CacheStats;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.repository.PublishOptions;
import io.maas.tensor.Tensors;
import io.maas.testkit.ScriptedBackend;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AnswerCacheTest {
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
    }

    private Predictor<Tensors, Tensors> publish(String script) {
        Manifest manifest = Manifest.builder("digits", ScriptedBackend.FORMAT)
                .runtime(RuntimeSpec.unspecified().cache(new Caching(1, OptionalInt.empty())))
                .build();
        maas.awaitServing(maas.repository()
                .publish(
                        maas.repository().register(ScriptedBackend.model(manifest, script)),
                        PublishOptions.toProduction()));
        return maas.predictor("digits");
    }

    private CacheStats cache() {
        List<io.maas.monitor.ModelStats> all = maas.monitor().models();
        return all.get(all.size() - 1).cache();
    }

    private long runs() {
        return maas.monitor().models().get(0).engineRuns();
    }

    @Test
    void inputsThatComeAgainAreNotRunAgain() {
        Predictor<Tensors, Tensors> digits = publish("scale 2");
        assertThat(y(digits.predict(x(1, 2)))).containsExactly(2, 4);
        long runs = runs();
        assertThat(y(digits.predict(x(1, 2)))).containsExactly(2, 4);
        float lent = digits.predict(x(1, 2), outputs -> outputs.get("y").floatAt(1));
        assertThat(lent).isEqualTo(4);
        assertThat(runs()).isEqualTo(runs);
        assertThat(y(digits.predict(x(2, 1)))).containsExactly(4, 2);
        assertThat(y(digits.predict(x(1)))).containsExactly(2);
        assertThat(cache())
                .satisfies(stats -> assertThat(stats.hits()).isEqualTo(2))
                .satisfies(stats -> assertThat(stats.misses()).isEqualTo(3))
                .satisfies(stats -> assertThat(stats.entries()).isEqualTo(3))
                .satisfies(stats -> assertThat(stats.bytes()).isPositive());
    }

    @Test
    void anotherVersionHasItsOwnAnswers() {
        Predictor<Tensors, Tensors> digits = publish("scale 2");
        assertThat(y(digits.predict(x(1)))).containsExactly(2);
        publish("scale 3");
        assertThat(y(digits.predict(x(1)))).containsExactly(3);
    }

    @Test
    void noMoreIsKeptThanThereIsRoomFor() {
        Predictor<Tensors, Tensors> digits = publish("scale 2");
        for (int i = 0; i < 100; i++) {
            float[] large = new float[10_000];
            large[0] = i;
            digits.predict(x(large));
        }
        assertThat(cache().bytes()).isLessThanOrEqualTo(1 << 20);
        assertThat(cache().entries()).isBetween(1L, 26L);
    }

    @Test
    void callsWithTheSameInputsShareARun() throws Exception {
        Predictor<Tensors, Tensors> digits = publish("scale 2");
        digits.predict(x(0));
        long runs = runs();
        AtomicReference<float[]> blocking = new AtomicReference<>();
        List<CompletableFuture<Prediction<Tensors>>> calls = new ArrayList<>();
        Thread caller;
        try (ScriptedBackend.Gate gate = platforms.backend.holdUp(1)) {
            calls.add(digits.callAsync(x(7), CallOptions.defaults()));
            gate.awaitEntered();
            for (int i = 0; i < 5; i++) {
                calls.add(digits.callAsync(x(7), CallOptions.defaults()));
            }
            caller = new Thread(() -> blocking.set(y(digits.predict(x(7)))));
            caller.start();
            while (caller.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            Throwable late = catchThrowable(() -> digits.call(x(7), CallOptions.deadline(Duration.ofMillis(5))));
            assertThat(((MaasException) late).code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        }
        for (CompletableFuture<Prediction<Tensors>> call : calls) {
            assertThat(y(call.get().value())).containsExactly(14);
        }
        caller.join();
        assertThat(blocking.get()).containsExactly(14);
        assertThat(runs()).isEqualTo(runs + 1);
        assertThat(cache().joined() + cache().hits()).isEqualTo(6);
    }

    @Test
    void whoGivesUpTakesNobodyWithHim() throws Exception {
        Predictor<Tensors, Tensors> digits = publish("scale 2");
        CompletableFuture<Prediction<Tensors>> first;
        CompletableFuture<Prediction<Tensors>> second;
        try (ScriptedBackend.Gate gate = platforms.backend.holdUp(1)) {
            first = digits.callAsync(x(7), CallOptions.defaults());
            gate.awaitEntered();
            second = digits.callAsync(x(7), CallOptions.defaults());
            first.cancel(true);
        }
        assertThat(y(second.get().value())).containsExactly(14);
    }

    @Test
    void badInputsAreRefusedAndNotRemembered() {
        Predictor<Tensors, Tensors> digits = publish("scale 2");
        digits.predict(x(1));
        for (int i = 0; i < 2; i++) {
            assertThat(((MaasException) catchThrowable(() -> digits.predict(Tensors.empty()))).code())
                    .isEqualTo(ErrorCode.TENSOR_MISSING);
        }
        assertThat(cache().misses()).isEqualTo(1);
    }
}
