package io.maas.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.spi.Backend;
import io.maas.spi.LoadedModel;
import io.maas.spi.Placement;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import io.maas.testkit.PlainCall;
import io.maas.testkit.onnx.OnnxModels;
import io.maas.testkit.torchscript.TorchScriptWriter;
import io.maas.testkit.torchscript.TorchScripts;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** TorchScript models as the backend runs them. */
class TorchInferTest {
    private static final TensorSpec X = TensorSpec.of("x", DataType.FP32, "batch", 3);
    private static final TensorSpec Y = TensorSpec.of("y", DataType.FP32, "batch", 2);

    @TempDir
    Path folder;

    private LoadedModel load(byte[] model, TensorSpec input, TensorSpec... outputs) {
        return TorchFolder.load(folder, model, List.of(input), List.of(outputs));
    }

    private LoadedModel linear() {
        return load(TorchScripts.linear(new float[] {1, 2, 3, 4, 5, 6}, new float[] {10, 20}), X, Y);
    }

    private static Tensors x(float... values) {
        return Tensors.of("x", Tensor.of(values, values.length / 3, 3));
    }

    private static ErrorCode refusal(LoadedModel model, Tensors inputs) {
        return catchThrowableOfType(MaasException.class, () -> PlainCall.run(model, inputs))
                .code();
    }

    @Test
    void theEngineTellsItsVersionAndItsDevices() {
        try (Backend backend = TorchFolder.open()) {
            assertThat(backend.engine()).isEqualTo("pytorch 2.7.1");
            assertThat(backend.devices()).endsWith("cpu");
        }
    }

    @Test
    void aLayerComputesWhatItsWeightsSay() {
        try (LoadedModel model = linear()) {
            assertThat(model.signature()).hasToString("x FP32[batch, 3] -> y FP32[batch, 2]");
            assertThat(PlainCall.run(model, x(1, 0, 0, 1, 1, 1)).get("y"))
                    .isEqualTo(Tensor.of(new float[] {11, 22, 19, 32}, 2, 2));
        }
    }

    @Test
    void theSameWeightsGiveTheSameAnswersAsOnOnnxRuntime() {
        float[] values = new float[500];
        Random random = new Random(5);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        Tensors inputs = Tensors.of("x", Tensor.of(values, 5, 100));
        try (LoadedModel torch = load(
                        TorchScripts.mlp(100, 64),
                        TensorSpec.of("x", DataType.FP32, "N", 100),
                        TensorSpec.of("y", DataType.FP32, "N", 1));
                LoadedModel onnx = Folder.load(folder, OnnxModels.mlp(100, 64))) {
            float[] one = PlainCall.run(torch, inputs).single().toFloats();
            float[] other = PlainCall.run(onnx, inputs).single().toFloats();
            for (int i = 0; i < one.length; i++) {
                assertThat(one[i]).isCloseTo(other[i], within(1e-5f));
            }
        }
    }

    @Test
    void inputsGoInTheOrderOfTheManifest() {
        byte[] model = new TorchScriptWriter()
                .forward("first: Tensor, second: Tensor", "Tensor")
                .line("return torch.sub(first, second)")
                .toBytes();
        TensorSpec a = TensorSpec.of("a", DataType.FP32, "n");
        TensorSpec b = TensorSpec.of("b", DataType.FP32, "n");
        TensorSpec y = TensorSpec.of("y", DataType.FP32, "n");
        Tensors inputs = Tensors.of("b", Tensor.of(new float[] {1}), "a", Tensor.of(new float[] {5}));
        try (LoadedModel ab = TorchFolder.load(folder, model, List.of(a, b), List.of(y));
                LoadedModel ba = TorchFolder.load(folder, model, List.of(b, a), List.of(y))) {
            assertThat(PlainCall.run(ab, inputs).single().toFloats()).containsExactly(4);
            assertThat(PlainCall.run(ba, inputs).single().toFloats()).containsExactly(-4);
        }
    }

    @Test
    void severalOutputsAreNamedInTheOrderOfTheManifest() {
        TensorSpec sums = TensorSpec.of("sums", DataType.FP32, "batch");
        TensorSpec peaks = TensorSpec.of("peaks", DataType.FP32, "batch");
        byte[] list = new TorchScriptWriter()
                .forward("x: Tensor", "List[Tensor]")
                .line("return [torch.sum(x, [1]), torch.amax(x, [1])]")
                .toBytes();
        for (byte[] model : List.of(TorchScripts.twoOutputs(), list)) {
            try (LoadedModel loaded = load(model, X, sums, peaks)) {
                Tensors out = PlainCall.run(loaded, x(1, 2, 3, 4, 6, 5));
                assertThat(out.get("sums").toFloats()).containsExactly(6, 15);
                assertThat(out.get("peaks").toFloats()).containsExactly(3, 6);
            }
        }
    }

    static Stream<Arguments> everyType() {
        double[] reals = {-1.5, 0, 0.25, 3, 1e3, -0.125};
        long[] integers = {-128, -1, 0, 1, 2, 127};
        return Stream.of(
                Arguments.of(Tensor.of(DataType.FP32, reals, 3, 2)),
                Arguments.of(Tensor.of(DataType.FP64, reals, 3, 2)),
                Arguments.of(Tensor.of(DataType.FP16, reals, 3, 2)),
                Arguments.of(Tensor.of(DataType.INT8, integers, 3, 2)),
                Arguments.of(Tensor.of(DataType.INT32, integers, 3, 2)),
                Arguments.of(Tensor.of(DataType.INT64, integers, 3, 2)),
                Arguments.of(Tensor.of(DataType.UINT8, new long[] {0, 1, 127, 128, 254, 255}, 3, 2)),
                Arguments.of(Tensor.of(DataType.BOOL, new long[] {0, 1, 1, 0, 0, 1}, 3, 2)));
    }

    @ParameterizedTest
    @MethodSource("everyType")
    void everyTypeComesBackAsItWasGiven(Tensor tensor) {
        TensorSpec in = TensorSpec.of("x", tensor.type(), "n", 2);
        try (LoadedModel model = load(TorchScripts.identity(), in, in.named("y"))) {
            for (int again = 0; again < 2; again++) {
                assertThat(PlainCall.run(model, Tensors.of("x", tensor)).single())
                        .isEqualTo(tensor);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("everyType")
    void scalarsStayScalars(Tensor tensor) {
        Tensor one = tensor.rows(0, 1).reshape(2).rows(0, 1).reshape();
        TensorSpec in = TensorSpec.of("x", tensor.type());
        try (LoadedModel model = load(TorchScripts.identity(), in, in.named("y"))) {
            assertThat(PlainCall.run(model, Tensors.of("x", one)).single()).isEqualTo(one);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"BF16", "INT16", "UINT16", "UINT32", "UINT64", "BYTES"})
    void typesThatTheEngineDoesNotHaveAreRefused(DataType type) {
        TensorSpec in = TensorSpec.of("x", type, "n");
        assertThatThrownBy(() -> load(TorchScripts.identity(), in, Y))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("'x' has the type " + type)
                .extracting(e -> ((MaasException) e).code())
                .isEqualTo(ErrorCode.MODEL_UNSUPPORTED);
    }

    @Test
    void requestsShareARun() {
        try (LoadedModel model = linear()) {
            PlainCall call = new PlainCall(x(1, 0, 0), x(0, 1, 0, 0, 0, 1), x(1, 1, 1));
            model.infer(call);
            assertThat(call.answers())
                    .containsExactly(
                            Tensors.of("y", Tensor.of(new float[] {11, 22}, 1, 2)),
                            Tensors.of("y", Tensor.of(new float[] {13, 24, 15, 26}, 2, 2)),
                            Tensors.of("y", Tensor.of(new float[] {19, 32}, 1, 2)));
        }
    }

    @Test
    void outputsThatAreStridedOrEmptyComeBackToo() {
        byte[] transposed = new TorchScriptWriter()
                .forward("x: Tensor", "Tensor")
                .line("return torch.t(x)")
                .toBytes();
        try (LoadedModel model = load(transposed, X, TensorSpec.of("y", DataType.FP32, 3, "batch"))) {
            assertThat(PlainCall.run(model, x(1, 2, 3, 4, 5, 6)).single().toFloats())
                    .containsExactly(1, 4, 2, 5, 3, 6);
        }
        byte[] positive = new TorchScriptWriter()
                .forward("x: Tensor", "Tensor")
                .line("return torch.nonzero(torch.gt(x, 0))")
                .toBytes();
        try (LoadedModel model = load(positive, X, TensorSpec.of("y", DataType.INT64, "found", 2))) {
            assertThat(PlainCall.run(model, x(-1, -2, -3)).single().shape().toArray())
                    .containsExactly(0, 2);
            assertThat(PlainCall.run(model, x(-1, 2, -3)).single().toLongs()).containsExactly(0, 1);
        }
    }

    @Test
    void whatTheModelDoesToItsInputsStaysInside() {
        byte[] writes = new TorchScriptWriter()
                .forward("x: Tensor", "Tensor")
                .line("return torch.mul_(x, 2)")
                .toBytes();
        ByteBuffer direct = ByteBuffer.allocateDirect(12).order(ByteOrder.nativeOrder());
        direct.asFloatBuffer().put(new float[] {1, 2, 3});
        Tensor mine = Tensor.wrap(DataType.FP32, direct, 1, 3);
        try (LoadedModel model = load(writes, X, X.named("y"))) {
            assertThat(PlainCall.run(model, Tensors.of("x", mine)).single().toFloats())
                    .containsExactly(2, 4, 6);
            assertThat(mine.toFloats()).containsExactly(1, 2, 3);
        }
    }

    @Test
    void inputsThatTheModelCannotComputeWithAreTheCallersFault() {
        TensorSpec any = TensorSpec.of("x", DataType.FP32, "batch", "n");
        byte[] model = TorchScripts.linear(new float[] {1, 2, 3, 4, 5, 6}, new float[] {10, 20});
        try (LoadedModel loaded = load(model, any, Y)) {
            Tensors narrow = Tensors.of("x", Tensor.of(new float[] {1, 2}, 1, 2));
            assertThatThrownBy(() -> PlainCall.run(loaded, narrow))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("mat1 and mat2 shapes cannot be multiplied (1x2 and 3x2)")
                    .extracting(e -> ((MaasException) e).code())
                    .isEqualTo(ErrorCode.BAD_INPUT);
            assertThat(PlainCall.run(loaded, x(1, 0, 0)).single().toFloats()).containsExactly(11, 22);
        }
        TensorSpec integers = TensorSpec.of("x", DataType.INT64, "batch", 3);
        try (LoadedModel loaded = load(model, integers, Y)) {
            assertThat(refusal(loaded, Tensors.of("x", Tensor.of(new long[3], 1, 3))))
                    .isEqualTo(ErrorCode.BAD_INPUT);
        }
        byte[] gather = new TorchScriptWriter()
                .floats("table", new float[] {1, 2, 3}, 3, 1)
                .forward("x: Tensor", "Tensor")
                .line("return torch.embedding(self.table, x)")
                .toBytes();
        TensorSpec index = TensorSpec.of("x", DataType.INT64, "n");
        try (LoadedModel loaded = load(gather, index, TensorSpec.of("y", DataType.FP32, "n", 1))) {
            assertThat(refusal(loaded, Tensors.of("x", Tensor.of(new long[] {9}))))
                    .isEqualTo(ErrorCode.BAD_INPUT);
        }
    }

    @Test
    void whatTheModelItselfGetsWrongIsNot() {
        byte[] raises = new TorchScriptWriter()
                .forward("x: Tensor", "Tensor")
                .line("ops.prim.RaiseException(\"the moon is wrong\")")
                .line("return x")
                .toBytes();
        try (LoadedModel model = load(raises, X, X.named("y"))) {
            assertThatThrownBy(() -> PlainCall.run(model, x(1, 2, 3)))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("the moon is wrong")
                    .extracting(e -> ((MaasException) e).code())
                    .isEqualTo(ErrorCode.INFERENCE_FAILED);
        }
    }

    @Test
    void aRunThatNeedsMoreMemoryThanThereIsSaysSo() {
        byte[] huge = new TorchScriptWriter()
                .forward("x: Tensor", "Tensor")
                .line("return torch.repeat(x, [4000000, 1000000])")
                .toBytes();
        TensorSpec out = TensorSpec.of("y", DataType.FP32, "n", "m");
        try (LoadedModel model = load(huge, X, out)) {
            assertThat(refusal(model, x(1, 2, 3))).isEqualTo(ErrorCode.OUT_OF_MEMORY);
        }
    }

    @Test
    void dictionariesAndNumbersAreNoOutputs() {
        byte[] dictionary = new TorchScriptWriter()
                .forward("x: Tensor", "Dict[str, Tensor]")
                .line("return {\"y\": x}")
                .toBytes();
        byte[] number = new TorchScriptWriter()
                .forward("x: Tensor", "int")
                .line("return torch.size(x, 0)")
                .toBytes();
        byte[] nested = new TorchScriptWriter()
                .forward("x: Tensor", "Tuple[Tensor, Tuple[Tensor, Tensor]]")
                .line("return (x, (x, x))")
                .toBytes();
        for (byte[] model : List.of(dictionary, number, nested)) {
            try (LoadedModel loaded = load(model, X, X.named("y"))) {
                assertThat(refusal(loaded, x(1, 2, 3))).isEqualTo(ErrorCode.MODEL_UNSUPPORTED);
            }
        }
    }

    static Stream<Arguments> wrongOutputs() {
        return Stream.of(
                Arguments.of(List.of(TensorSpec.of("y", DataType.FP64, "batch", 3)), "'y' is FP32(1, 3)"),
                Arguments.of(List.of(TensorSpec.of("y", DataType.FP32, "batch")), "'y' is FP32(1, 3)"),
                Arguments.of(List.of(TensorSpec.of("y", DataType.FP32, "batch", 4)), "'y' is FP32(1, 3)"),
                Arguments.of(List.of(X.named("y"), X.named("z")), "it gives 1 tensors and maas.json lists 2"));
    }

    @ParameterizedTest
    @MethodSource("wrongOutputs")
    void outputsThatAreNotAsTheManifestSaysAreRefused(List<TensorSpec> outputs, String why) {
        try (LoadedModel model = TorchFolder.load(folder, TorchScripts.identity(), List.of(X), outputs)) {
            assertThatThrownBy(() -> PlainCall.run(model, x(1, 2, 3)))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining(why)
                    .extracting(e -> ((MaasException) e).code())
                    .isEqualTo(ErrorCode.MODEL_SIGNATURE);
        }
    }

    @Test
    void threadsShareAModel() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (LoadedModel model = linear()) {
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                int seed = t;
                all.add(threads.submit(() -> {
                    Random random = new Random(seed);
                    for (int i = 0; i < 300; i++) {
                        float a = random.nextInt(100);
                        float[] y = PlainCall.run(model, x(a, 0, 0, 0, a, 0))
                                .single()
                                .toFloats();
                        assertThat(y).containsExactly(a + 10, 2 * a + 20, 3 * a + 10, 4 * a + 20);
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aClosedModelSaysSoAndMayBeClosedAgain() {
        LoadedModel model = linear();
        model.close();
        model.close();
        assertThat(refusal(model, x(1, 2, 3))).isEqualTo(ErrorCode.CLOSED);
    }

    @Test
    void closingWaitsForARun() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Forward blocked = (call, signature, run) -> {
            inside.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return new NDList(run.ones(new Shape(1, 2)));
        };
        Model files = DjlEngine.start("PyTorch").newModel("any", Device.cpu());
        LoadedModel model = new DjlModel("PyTorch", files, blocked, new Signature(List.of(X), List.of(Y)), 0);
        PlainCall call = new PlainCall(x(1, 2, 3));
        Thread running = new Thread(() -> model.infer(call));
        Thread closing = new Thread(model::close);
        running.start();
        inside.await();
        closing.start();
        while (closing.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        go.countDown();
        running.join();
        closing.join();
        assertThat(call.outputs().single().toFloats()).containsExactly(1, 1);
        assertThat(refusal(model, x(1, 2, 3))).isEqualTo(ErrorCode.CLOSED);
    }

    @Test
    void aModelTellsItsSize() {
        try (LoadedModel model = linear()) {
            assertThat(model.nativeBytes()).isBetween(24L, 10_000L);
        }
    }

    @Test
    void aDeviceThatIsNotThereIsRefused() {
        try (Backend backend = TorchFolder.open()) {
            TorchFolder files = TorchFolder.of(folder, TorchScripts.identity(), List.of(X), List.of(X.named("y")));
            assertThatThrownBy(() -> backend.load(files, new Placement("gpu:99", 1)))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("pytorch-native-cu128", "docs/gpu.md");
            assertThatThrownBy(() -> backend.load(files, new Placement("tpu", 1)))
                    .extracting(e -> ((MaasException) e).code())
                    .isEqualTo(ErrorCode.BAD_SETTING);
        }
    }
}
