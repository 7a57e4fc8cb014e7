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
import io.maas.spi.ModelFiles;
import io.maas.spi.Transform;
import io.maas.spi.TransformProvider;
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
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests of different lengths to models whose exporter named no lengths: each gets its own back, padded or not. */
@Timeout(60)
class PaddingTest {
    private static final Signature UNNAMED = new Signature(inputs("?"), outputs("?"));
    private static final Step WORDS = new Step(
            "words",
            new Signature(List.of(TensorSpec.of("text", DataType.BYTES, "n")), inputs("words")),
            PaddingTest::words,
            Map.of("a", 0.0, "b", 0.0));
    private static final Step SUM = new Step(
            "sum",
            new Signature(outputs("?"), List.of(TensorSpec.of("sum", DataType.FP32, "n", 1))),
            PaddingTest::sum,
            Map.of());

    private final TestPlatform platform =
            TestPlatform.open(settings -> settings.cores(1).transform(WORDS).transform(SUM));

    private record Step(String name, Signature reads, UnaryOperator<Tensors> work, Map<String, Double> padding)
            implements TransformProvider, Transform {
        @Override
        public int version() {
            return 1;
        }

        @Override
        public Transform create(Manifest.TransformStep step, ModelFiles files) {
            return this;
        }

        @Override
        public Signature signature(Map<String, TensorSpec> available) {
            return reads;
        }

        @Override
        public Tensors apply(Tensors inputs) {
            return work.apply(inputs);
        }
    }

    /** A one for each word of a text. */
    private static Tensors words(Tensors in) {
        String[] texts = in.get("text").toStrings();
        int longest = Arrays.stream(texts).mapToInt(PaddingTest::count).max().orElse(0);
        float[] ones = new float[texts.length * longest];
        for (int i = 0; i < texts.length; i++) {
            Arrays.fill(ones, i * longest, i * longest + count(texts[i]), 1);
        }
        Tensor words = Tensor.of(ones, texts.length, longest);
        return Tensors.of("a", words, "b", words);
    }

    private static int count(String text) {
        return text.split(" ", -1).length;
    }

    private static Tensors sum(Tensors in) {
        int rows = (int) in.get("y").shape().dim(0);
        float[] sums = new float[rows];
        for (int i = 0; i < rows; i++) {
            for (float value : in.get("y").rows(i, i + 1).toFloats()) {
                sums[i] += value;
            }
        }
        return Tensors.of("sum", Tensor.of(sums, rows, 1));
    }

    @AfterEach
    void close() {
        platform.close();
        assertThat(platform.backend().misused()).isFalse();
    }

    private static List<TensorSpec> inputs(String length) {
        return List.of(TensorSpec.of("a", DataType.FP32, "n", length), TensorSpec.of("b", DataType.FP32, "n", length));
    }

    private static List<TensorSpec> outputs(String length) {
        return List.of(TensorSpec.of("y", DataType.FP32, "n", length));
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
        return serve(Manifest.builder("m", ScriptedBackend.FORMAT), signature, answer);
    }

    private Predictor<Tensors, Tensors> serve(
            Manifest.Builder manifest, Signature signature, Function<Tensors, Tensors> answer) {
        platform.backend().function("m", signature, answer);
        platform.serve(
                manifest.runtime(RuntimeSpec.unspecified()
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
            predictor.predict(requests[0]); // a platform that has seen only short ones puts no long ones together
        }
        List<CompletableFuture<Prediction<Tensors>>> calls = new ArrayList<>();
        try (ScriptedBackend.Gate gate = platform.backend().holdUpStubbornly(1)) {
            calls.add(predictor.callAsync(requests[0], CallOptions.defaults()));
            gate.awaitEntered();
            for (Tensors request : requests) {
                calls.add(predictor.callAsync(request, CallOptions.defaults()));
                while (platform.maas().monitor().devices().get(0).waiting() < calls.size() - 1) {
                    Thread.onSpinWait(); // so that they queue up in this order
                }
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
        Predictor<Tensors, Tensors> model = serve(UNNAMED, in -> Tensors.of("y", in.get("b")));
        assertThat(invariance()).isEqualTo(BatchInvariance.INVARIANT);
        List<Prediction<Tensors>> answers = together(model, in(1, 40, 30), in(2, 40, 33));
        assertThat(answers).allMatch(answer -> answer.receipt().together() == 2);
        assertThat(shapes(answers)).containsExactly(Shape.of(1, 30), Shape.of(1, 33));
        assertThat(answers.get(0).value().get("y").toFloats()).containsOnly(1);
    }

    @Test
    void whatATransformMakesAlikeMayBeFollowedEitherWay() throws Exception {
        Predictor<Tensors, Tensors> model = serve(
                Manifest.builder("m", ScriptedBackend.FORMAT)
                        .before("words", Map.of())
                        .after("sum", Map.of()),
                UNNAMED,
                PaddingTest::slowly);
        List<Prediction<Tensors>> answers = together(model, text(24), text(20), text(24));
        assertThat(answers.get(1).receipt().together()).isGreaterThan(1);
        assertThat(answers)
                .extracting(answer -> answer.value().get("sum").floatAt(0, 0))
                .containsExactly(24f, 20f, 24f);
    }

    /** Takes as long for many as for few, so that they are run together whatever else the machine does. */
    private static Tensors slowly(Tensors in) {
        long end = System.nanoTime() + 300_000;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        return Tensors.of("y", in.get("b"));
    }

    private static Tensors text(int words) {
        return Tensors.of("text", Tensor.of(new String[] {"word" + " word".repeat(words - 1)}, 1));
    }

    @Test
    void whatIsAQuarterOfALengthIsNotPadded() throws Exception {
        Predictor<Tensors, Tensors> model = serve(UNNAMED, PaddingTest::quarter);
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
        Predictor<Tensors, Tensors> model = serve(UNNAMED, in -> {
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
        serve(UNNAMED, in -> {
            if (in.get("a").shape().dim(1) > 8) {
                throw new IllegalArgumentException("too long");
            }
            return Tensors.of("y", firsts(in.get("a")));
        });
        assertThat(invariance()).isEqualTo(BatchInvariance.INVARIANT);
    }

    @Test
    void aLoadThatIsInterruptedDoesNotCloseTheModelUnderWhatItStarted() throws Exception {
        serve(UNNAMED, in -> Tensors.of("y", in.get("b"))).close();
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

    @Test
    void paddingIsComparedThoughTheExamplesOfAPackageAreOfOneLength() {
        Tensor texts = Tensor.of(new String[] {"two words", "two others"}, 2);
        Tensor sums = Tensor.of(new float[] {4, 4}, 2, 1);
        platform.backend().function("m", UNNAMED, PaddingTest::timesLength);
        platform.serve(
                Manifest.builder("m", ScriptedBackend.FORMAT)
                        .before("words", Map.of())
                        .after("sum", Map.of())
                        .selfTest(new Manifest.SelfTest(
                                Tensors.of("text", texts), Tensors.of("sum", sums), 0, 0, OptionalDouble.empty()))
                        .build(),
                "function m");
        assertThat(invariance()).isNotEqualTo(BatchInvariance.INVARIANT);
    }

    /** Reads what fills a request up as if it were its own. */
    private static Tensors timesLength(Tensors in) {
        float[] values = in.get("b").toFloats();
        long[] shape = in.get("b").shape().toArray();
        for (int i = 0; i < values.length; i++) {
            values[i] *= shape[1];
        }
        return Tensors.of("y", Tensor.of(values, shape));
    }

    @Test
    void whatCannotBePutTogetherIsNotSaidToBeTheSameTogether() {
        platform.backend().function("m", UNNAMED, in -> Tensors.of("y", in.get("a")));
        platform.serve(
                Manifest.builder("m", ScriptedBackend.FORMAT)
                        .runtime(RuntimeSpec.unspecified()
                                .batching(Batching.unspecified().pad(Map.of("a", 0.0)))) // and nothing fills b
                        .build(),
                "function m");
        assertThat(invariance()).isEqualTo(BatchInvariance.UNKNOWN);
    }
}
