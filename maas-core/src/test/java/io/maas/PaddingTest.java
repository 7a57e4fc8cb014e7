package io.maas;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.model.Manifest;
import io.maas.model.Manifest.Batching;
import io.maas.model.Manifest.RuntimeSpec;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.repository.ModelDetails.BatchInvariance;
import io.maas.tensor.DataType;
import io.maas.tensor.Shape;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import io.maas.testkit.ScriptedBackend;
import io.maas.testkit.TestPlatform;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests of different lengths to models whose exporter named no lengths: each gets its own back, padded or not. */
@Timeout(60)
class PaddingTest {
    private final TestPlatform platform = TestPlatform.open(settings -> settings.cores(1));

    @AfterEach
    void close() {
        platform.close();
        assertThat(platform.backend().misused()).isFalse();
    }

    private static Signature signature(String output) {
        return new Signature(
                List.of(TensorSpec.of("a", DataType.FP32, "n", "?"), TensorSpec.of("b", DataType.FP32, "n", "?")),
                List.of(TensorSpec.of("y", DataType.FP32, "n", output)));
    }

    private static Tensors in(float first, int a, int b) {
        return Tensors.of("a", row(first, a), "b", row(first, b));
    }

    private static Tensor row(float first, int length) {
        float[] values = new float[length];
        Arrays.fill(values, first);
        return Tensor.of(values, 1, length);
    }

    private Predictor<Tensors, Tensors> serve(Signature signature, Function<Tensors, Tensors> answer) {
        platform.backend().function("m", signature, answer);
        platform.serve(
                Manifest.builder("m", ScriptedBackend.FORMAT)
                        .runtime(RuntimeSpec.unspecified()
                                .batching(Batching.unspecified().pad(Map.of("a", 0.0, "b", 0.0))))
                        .build(),
                "function m");
        return platform.predictor("m");
    }

    private BatchInvariance invariance() {
        return platform.maas()
                .repository()
                .details(platform.maas().repository().resolve("m"))
                .probe()
                .orElseThrow()
                .batchInvariance();
    }

    /** Calls that come while another runs, so that they run together if they may. */
    private List<Prediction<Tensors>> together(Predictor<Tensors, Tensors> predictor, Tensors... requests)
            throws Exception {
        for (int i = 0; i < 4; i++) {
            predictor.predict(in(0, 64, 64)); // a platform that has seen only short ones puts no long ones together
        }
        List<CompletableFuture<Prediction<Tensors>>> calls = new ArrayList<>();
        try (ScriptedBackend.Gate gate = platform.backend().holdUpStubbornly(1)) {
            calls.add(predictor.callAsync(in(0, 1, 1), CallOptions.defaults()));
            gate.awaitEntered();
            for (Tensors request : requests) {
                calls.add(predictor.callAsync(request, CallOptions.defaults()));
            }
            while (platform.maas().monitor().devices().get(0).waiting() < requests.length) {
                Thread.onSpinWait();
            }
        }
        List<Prediction<Tensors>> answers = new ArrayList<>();
        for (CompletableFuture<Prediction<Tensors>> call : calls.subList(1, calls.size())) {
            answers.add(call.get());
        }
        return answers;
    }

    private static List<Shape> shapes(List<Prediction<Tensors>> answers) {
        return answers.stream().map(answer -> answer.value().get("y").shape()).toList();
    }

    @Test
    void eachRequestGetsTheLengthOfTheInputThatTheOutputFollows() throws Exception {
        Predictor<Tensors, Tensors> model = serve(signature("?"), in -> Tensors.of("y", in.get("b")));
        assertThat(invariance()).isEqualTo(BatchInvariance.INVARIANT);
        List<Prediction<Tensors>> answers = together(model, in(1, 40, 30), in(2, 40, 33));
        assertThat(answers).allMatch(answer -> answer.receipt().together() == 2);
        assertThat(shapes(answers)).containsExactly(Shape.of(1, 30), Shape.of(1, 33));
        assertThat(answers.get(0).value().get("y").toFloats()).containsOnly(1);
    }

    @Test
    void whatIsAQuarterOfALengthIsNotPadded() throws Exception {
        Predictor<Tensors, Tensors> model = serve(signature("?"), PaddingTest::quarter);
        List<Prediction<Tensors>> answers = together(model, in(1, 40, 40), in(2, 44, 44));
        assertThat(shapes(answers)).containsExactly(Shape.of(1, 10), Shape.of(1, 11));
    }

    /** Each fourth of the first input, which it pads itself. */
    private static Tensors quarter(Tensors in) {
        int rows = (int) in.get("a").shape().dim(0);
        int length = (int) (in.get("a").shape().dim(1) + 3) / 4;
        return Tensors.of("y", Tensor.of(new float[rows * length], rows, length));
    }

    @Test
    void aModelThatWantsEqualLengthsIsPaddedWhereItsOutputsAreFixed() throws Exception {
        Predictor<Tensors, Tensors> model = serve(signature("?"), in -> {
            if (!in.get("a").shape().equals(in.get("b").shape())) {
                throw new IllegalArgumentException("broadcast");
            }
            return Tensors.of("y", firsts(in.get("a")));
        });
        assertThat(invariance()).isEqualTo(BatchInvariance.INVARIANT);
        List<Prediction<Tensors>> answers = together(model, in(1, 24, 24), in(2, 20, 20), in(3, 24, 24));
        assertThat(answers.get(1).receipt().together()).isGreaterThan(1);
        assertThat(answers.get(1).value().get("y").toFloats()).containsExactly(2);
    }

    @Test
    void aModelThatTakesOnlyShortInputsIsStillMeasured() {
        serve(signature("?"), in -> {
            if (in.get("a").shape().dim(1) > 8) {
                throw new IllegalArgumentException("too long");
            }
            return Tensors.of("y", firsts(in.get("a")));
        });
        assertThat(invariance()).isEqualTo(BatchInvariance.INVARIANT);
    }

    @Test
    void aLoadThatIsInterruptedDoesNotCloseTheModelUnderWhatItStarted() throws Exception {
        serve(signature("?"), in -> Tensors.of("y", in.get("b"))).close();
        platform.serve("busy", "scale 2");
        Predictor<Tensors, Tensors> busy = platform.predictor("busy");
        int open = platform.backend().openModels();
        Thread loader = new Thread(() -> platform.predictor("m:1").close());
        ScriptedBackend.Gate first = platform.backend().holdUpStubbornly(1);
        CompletableFuture<Prediction<Tensors>> running = busy.callAsync(ScriptedBackend.x(1), CallOptions.defaults());
        first.awaitEntered();
        try (ScriptedBackend.Gate second = platform.backend().holdUpStubbornly(1)) {
            loader.start();
            while (loader.isAlive()
                    && platform.maas().monitor().devices().get(0).waiting() == 0) {
                Thread.onSpinWait();
            }
            first.close();
            second.awaitEntered(); // a worker runs what the loader waits for
            loader.interrupt();
            loader.join();
            assertThat(platform.backend().openModels()).isEqualTo(open + 1);
        }
        assertThat(running.get().value().get("y").floatAt(0)).isEqualTo(2);
    }

    private static Tensor firsts(Tensor rows) {
        int count = (int) rows.shape().dim(0);
        int length = (int) rows.shape().dim(1);
        float[] all = rows.toFloats();
        float[] first = new float[count];
        for (int i = 0; i < count; i++) {
            first[i] = all[i * length];
        }
        return Tensor.of(first, count, 1);
    }
}
