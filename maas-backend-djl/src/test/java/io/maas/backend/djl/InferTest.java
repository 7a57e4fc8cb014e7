package io.maas.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.spi.InferenceCall;
import io.maas.spi.LoadedModel;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import io.maas.testkit.PlainCall;
import io.maas.testkit.onnx.OnnxModels;
import io.maas.testkit.onnx.OnnxWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class InferTest {
    @TempDir
    Path folder;

    static Stream<Arguments> everyType() {
        double[] reals = {-1.5, 0, 0.25, 3, 1e3, -0.125};
        long[] integers = {-128, -1, 0, 1, 2, 127};
        return Stream.of(
                Arguments.of(OnnxWriter.FLOAT, Tensor.of(DataType.FP32, reals, 3, 2)),
                Arguments.of(OnnxWriter.DOUBLE, Tensor.of(DataType.FP64, reals, 3, 2)),
                Arguments.of(OnnxWriter.FLOAT16, Tensor.of(DataType.FP16, reals, 3, 2)),
                Arguments.of(OnnxWriter.BFLOAT16, Tensor.of(DataType.BF16, reals, 3, 2)),
                Arguments.of(OnnxWriter.INT8, Tensor.of(DataType.INT8, integers, 3, 2)),
                Arguments.of(OnnxWriter.INT16, Tensor.of(DataType.INT16, integers, 3, 2)),
                Arguments.of(OnnxWriter.INT32, Tensor.of(DataType.INT32, integers, 3, 2)),
                Arguments.of(OnnxWriter.INT64, Tensor.of(DataType.INT64, integers, 3, 2)),
                Arguments.of(OnnxWriter.UINT8, Tensor.of(DataType.UINT8, new long[] {0, 1, 127, 128, 254, 255}, 3, 2)),
                Arguments.of(OnnxWriter.BOOL, Tensor.of(DataType.BOOL, new long[] {0, 1, 1, 0, 0, 1}, 3, 2)),
                Arguments.of(OnnxWriter.STRING, Tensor.of(new String[] {"", "a", "größer", "漢字", "x y", "\n"}, 3, 2)));
    }

    @ParameterizedTest
    @MethodSource("everyType")
    void everyTypeComesBackAsItWasGiven(int type, Tensor tensor) {
        try (LoadedModel named = Folder.load(folder, OnnxModels.identity(type, "n", 2));
                LoadedModel open = Folder.load(folder, OnnxModels.identity(type, "n", ""))) {
            for (int again = 0; again < 2; again++) {
                assertThat(PlainCall.run(named, Tensors.of("x", tensor))).isEqualTo(Tensors.of("y", tensor));
                assertThat(PlainCall.run(open, Tensors.of("x", tensor))).isEqualTo(Tensors.of("y", tensor));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("everyType")
    void scalarsStayScalars(int type, Tensor tensor) {
        Tensor scalar = tensor.rows(0, 1).reshape(2);
        Tensor one = scalar.rows(0, 1).reshape();
        try (LoadedModel model = Folder.load(folder, OnnxModels.identity(type))) {
            assertThat(PlainCall.run(model, Tensors.of("x", one)).single()).isEqualTo(one);
        }
    }

    @ParameterizedTest
    @MethodSource("everyType")
    void directMemoryGoesInAsItIs(int type, Tensor tensor) {
        if (tensor.type() == DataType.BYTES) {
            return;
        }
        ByteBuffer memory =
                ByteBuffer.allocateDirect((int) tensor.byteSize() + 8).order(ByteOrder.nativeOrder());
        memory.position(8);
        tensor.copyTo(memory);
        memory.position(8);
        Tensor direct = Tensor.wrap(tensor.type(), memory, 3, 2);
        assertThat(direct.asBuffer().isDirect()).isTrue();
        try (LoadedModel model = Folder.load(folder, OnnxModels.identity(type, "n", 2))) {
            assertThat(PlainCall.run(model, Tensors.of("x", direct)).single()).isEqualTo(tensor);
            assertThat(PlainCall.run(model, Tensors.of("x", tensor)).single()).isEqualTo(tensor);
        }
    }

    @Test
    void outputsBelongToTheCaller() {
        try (LoadedModel model = Folder.load(folder, OnnxModels.add("n"))) {
            Tensor first = PlainCall.run(model, sum(1, 2)).single();
            PlainCall.run(model, sum(5, 6));
            assertThat(first.toFloats()).containsExactly(3);
        }
    }

    private static Tensors sum(float a, float b) {
        return Tensors.of("a", Tensor.of(new float[] {a}), "b", Tensor.of(new float[] {b}));
    }

    @Test
    void inputsMayComeInAnyOrder() {
        try (LoadedModel model = Folder.load(folder, OnnxModels.slow())) {
            Tensors swapped = Tensors.of("v", Tensor.of(new float[32 * 32], 32, 32), "steps", Tensor.scalar(3L));
            assertThat(PlainCall.run(model, swapped).single().toFloats()).containsOnly(0f);
        }
    }

    @Test
    void shapesMayChangeFromCallToCall() {
        try (LoadedModel model = Folder.load(folder, OnnxModels.doubled())) {
            Random random = new Random(3);
            for (int i = 0; i < 200; i++) {
                int batch = 1 + random.nextInt(9);
                int length = 1 + random.nextInt(i % 20 == 0 ? 40_000 : 30);
                long[] tokens = random.longs((long) batch * length, 0, 1000).toArray();
                Tensor out = PlainCall.run(model, Tensors.of("tokens", Tensor.of(tokens, batch, length)))
                        .single();
                assertThat(out.shape().toArray()).containsExactly(batch, length);
                for (int at = 0; at < tokens.length; at++) {
                    tokens[at] *= 2;
                }
                assertThat(out.toLongs()).isEqualTo(tokens);
            }
        }
    }

    @Test
    void severalRequestsOfOneCallAreAnsweredEach() {
        try (LoadedModel model = Folder.load(folder, OnnxModels.add("n"))) {
            PlainCall call = new PlainCall(sum(1, 2), sum(3, 4), sum(5, 6));
            model.infer(call);
            assertThat(call.answers())
                    .extracting(out -> out.single().toFloats()[0])
                    .containsExactly(3f, 7f, 11f);
        }
    }

    @Test
    void aModelWhoseDeclaredShapeIsNotTheRealOneStillAnswers() {
        byte[] declaresOther = new OnnxWriter()
                .input("x", OnnxWriter.FLOAT, "n", 4)
                .output("y", OnnxWriter.FLOAT, "n", 4)
                .longs("shape", new long[] {-1, 2}, 2)
                .node("Reshape", List.of("x", "shape"), List.of("q"))
                .node("Relu", List.of("q"), List.of("y"))
                .toBytes();
        try (LoadedModel model = Folder.load(folder, declaresOther)) {
            for (int again = 0; again < 3; again++) {
                Tensor out = PlainCall.run(model, Tensors.of("x", Tensor.of(new float[] {1, 2, 3, 4}, 1, 4)))
                        .single();
                assertThat(out).isEqualTo(Tensor.of(new float[] {1, 2, 3, 4}, 2, 2));
            }
        }
    }

    @Test
    void anOutputThatIsAnInputIsHandedThrough() {
        byte[] model = new OnnxWriter()
                .input("x", OnnxWriter.FLOAT, "n")
                .output("x", OnnxWriter.FLOAT, "n")
                .output("y", OnnxWriter.FLOAT, "n")
                .node("Neg", List.of("x"), List.of("y"))
                .toBytes();
        try (LoadedModel loaded = Folder.load(folder, model)) {
            Tensors out = PlainCall.run(loaded, Tensors.of("x", Tensor.of(new float[] {4, 5})));
            assertThat(out.get("x").toFloats()).containsExactly(4, 5);
            assertThat(out.get("y").toFloats()).containsExactly(-4, -5);
        }
    }

    @Test
    void anOutputMayBeEmpty() {
        byte[] model = new OnnxWriter()
                .input("x", OnnxWriter.FLOAT, "n")
                .output("places", OnnxWriter.INT64, 1, "found")
                .node("NonZero", List.of("x"), List.of("places"))
                .toBytes();
        try (LoadedModel loaded = Folder.load(folder, model)) {
            assertThat(PlainCall.run(loaded, Tensors.of("x", Tensor.of(new float[] {0, 0})))
                            .single()
                            .shape()
                            .toArray())
                    .containsExactly(1, 0);
            assertThat(PlainCall.run(loaded, Tensors.of("x", Tensor.of(new float[] {0, 7})))
                            .single()
                            .toLongs())
                    .containsExactly(1);
        }
    }

    @Test
    void valuesThatTheModelCannotTakeAreTheCallersFault() {
        byte[] model = new OnnxWriter()
                .input("i", OnnxWriter.INT64, "n")
                .output("y", OnnxWriter.FLOAT, "n")
                .floats("table", new float[] {1, 2, 3}, 3)
                .node("Gather", List.of("table", "i"), List.of("y"))
                .toBytes();
        try (LoadedModel loaded = Folder.load(folder, model)) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> PlainCall.run(loaded, Tensors.of("i", Tensor.of(new long[] {9}))))
                    .withMessageContaining("idx=9")
                    .extracting(MaasException::code)
                    .isEqualTo(ErrorCode.BAD_INPUT);
            assertThat(PlainCall.run(loaded, Tensors.of("i", Tensor.of(new long[] {2})))
                            .single()
                            .toFloats())
                    .containsExactly(3);
        }
    }

    @Test
    void textsThatTheEnginesJavaApiWouldChangeAreRefusedByRow() {
        try (LoadedModel model = Folder.load(folder, OnnxModels.identity(OnnxWriter.STRING, "n"))) {
            for (String odd : List.of("smile 😀", "nul \u0000")) {
                assertThatExceptionOfType(InvalidInputException.class)
                        .isThrownBy(() -> PlainCall.run(model, Tensors.of("x", Tensor.of(new String[] {"fine", odd}))))
                        .withMessageContaining("element 1")
                        .extracting(MaasException::code)
                        .isEqualTo(ErrorCode.BAD_INPUT);
            }
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> PlainCall.run(model, Tensors.of("x", Tensor.of(new byte[][] {{(byte) 0xff}}))))
                    .withMessageContaining("element 0 is not UTF-8");
        }
    }

    @Test
    void eightThreadsGetTheirOwnAnswers() throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (LoadedModel model = Folder.load(folder, OnnxModels.doubled())) {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                int seed = thread;
                all.add(threads.submit(() -> {
                    Random random = new Random(seed);
                    for (int i = 0; i < 2_000; i++) {
                        long[] tokens = random.longs(1 + random.nextInt(6)).toArray();
                        Tensor out = PlainCall.run(model, Tensors.of("tokens", Tensor.of(tokens, 1, tokens.length)))
                                .single();
                        for (int at = 0; at < tokens.length; at++) {
                            assertThat(out.longAt(0, at)).isEqualTo(2 * tokens[at]);
                        }
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
    @Timeout(60)
    void aRunOfAnyLengthCanBeStoppedAndTheModelGoesOn() throws Exception {
        try (LoadedModel model = Folder.load(folder, OnnxModels.slow())) {
            Tensor state = Tensor.of(new float[32 * 32], 32, 32);
            PlainCall endless = new PlainCall(Tensors.of("steps", Tensor.scalar(Long.MAX_VALUE), "v", state));
            CompletableFuture<Void> run = CompletableFuture.runAsync(() -> model.infer(endless));
            endless.stop();
            assertThat(run)
                    .failsWithin(30, TimeUnit.SECONDS)
                    .withThrowableOfType(ExecutionException.class)
                    .havingCause()
                    .isInstanceOfSatisfying(
                            UnavailableException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
            endless.stop(); // too late for this call, and none of the next one's business
            assertThat(PlainCall.run(model, Tensors.of("steps", Tensor.scalar(2L), "v", state))
                            .single()
                            .toFloats())
                    .containsOnly(0f);
        }
    }

    @Test
    void aCallThatNobodyWaitsForAnyMoreIsNotRun() {
        try (LoadedModel model = Folder.load(folder, OnnxModels.add("n"))) {
            PlainCall abandoned = new PlainCall(sum(1, 2), sum(3, 4));
            assertThatExceptionOfType(UnavailableException.class)
                    .isThrownBy(() -> model.infer(new Abandoned(abandoned)))
                    .extracting(MaasException::code)
                    .isEqualTo(ErrorCode.CANCELLED);
            assertThat(PlainCall.run(model, sum(1, 2)).single().toFloats()).containsExactly(3);
        }
    }

    /** Stops as soon as it can. */
    private record Abandoned(PlainCall call) implements InferenceCall {
        @Override
        public int requests() {
            return call.requests();
        }

        @Override
        public long dim(int input, int dim) {
            return call.dim(input, dim);
        }

        @Override
        public boolean isDirect(int input) {
            return call.isDirect(input);
        }

        @Override
        public Tensor input(int input) {
            return call.input(input);
        }

        @Override
        public void copyTo(int input, ByteBuffer target) {
            call.copyTo(input, target);
        }

        @Override
        public void complete(Tensors outputs) {
            call.complete(outputs);
        }

        @Override
        public boolean prefersLent() {
            return call.prefersLent();
        }

        @Override
        public void lend(Tensors outputs) {
            call.lend(outputs);
        }

        @Override
        public void onStop(Runnable stop) {
            stop.run();
        }
    }

    @Test
    void closingTwiceIsHarmlessAndCallsAfterItAreRefused() {
        LoadedModel model = Folder.load(folder, OnnxModels.add("n"));
        PlainCall.run(model, sum(1, 2));
        model.close();
        assertThatNoException().isThrownBy(model::close);
        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> PlainCall.run(model, sum(1, 2)))
                .extracting(MaasException::code)
                .isEqualTo(ErrorCode.CLOSED);
    }

    @Test
    void aRunThatNeedsMoreMemoryThanThereIsSaysSo() {
        OnnxWriter huge = new OnnxWriter()
                .input("shape", OnnxWriter.INT64, 2)
                .output("y", OnnxWriter.FLOAT, "", "")
                .node("ConstantOfShape", List.of("shape"), List.of("y"));
        try (LoadedModel model = Folder.load(folder, huge.toBytes())) {
            assertThatExceptionOfType(UnavailableException.class)
                    .isThrownBy(() ->
                            PlainCall.run(model, Tensors.of("shape", Tensor.of(new long[] {4_000_000, 1_000_000}, 2))))
                    .extracting(UnavailableException::code)
                    .isEqualTo(ErrorCode.OUT_OF_MEMORY);
        }
    }
}
