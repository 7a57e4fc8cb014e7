package io.maas.internal.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.spi.InferenceCall;
import io.maas.spi.LoadedModel;
import io.maas.tensor.DataType;
import io.maas.tensor.Shape;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are put together must get exactly what they would have got alone. */
class PackingTest {
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final Device device = new Device("test", 1, Limits.standard(), timer, System::nanoTime);

    @AfterEach
    void end() {
        device.close();
        timer.shutdownNow();
    }

    /** Hands its inputs through, by the road that engines take. */
    private record Echo(Signature signature, UnaryOperator<Tensors> change, boolean lends) implements LoadedModel {
        @Override
        public void infer(InferenceCall call) {
            Tensors.Builder outputs = Tensors.builder();
            for (int i = 0; i < signature.inputs().size(); i++) {
                outputs.add(signature.outputs().get(i).name(), read(call, i));
            }
            Tensors result = change.apply(outputs.build());
            if (lends) {
                call.lend(result);
            } else {
                call.complete(result);
            }
        }

        private Tensor read(InferenceCall call, int input) {
            TensorSpec spec = signature.inputs().get(input);
            if (spec.type() == DataType.BYTES) {
                return call.input(input);
            }
            long[] dims = new long[spec.rank()];
            long elements = 1;
            for (int d = 0; d < dims.length; d++) {
                dims[d] = call.dim(input, d);
                elements *= dims[d];
            }
            ByteBuffer memory =
                    ByteBuffer.allocateDirect((int) elements * spec.type().byteSize());
            call.copyTo(input, memory);
            assertThat(memory.hasRemaining()).isFalse();
            Tensor read = Tensor.wrap(spec.type(), memory.flip(), dims);
            assertThat(call.input(input)).isEqualTo(read);
            return read;
        }

        @Override
        public long nativeBytes() {
            return 0;
        }

        @Override
        public void close() {}
    }

    private ModelQueue queue(LoadedModel model, BatchRule rule) {
        return device.queue("echo", model, rule, new BatchLimits(1_000, 1 << 20, 0, 1), 1, (rows, nanos) -> {});
    }

    private static Signature echoing(TensorSpec... specs) {
        List<TensorSpec> outputs = new ArrayList<>();
        for (TensorSpec spec : specs) {
            outputs.add(spec.named(spec.name() + "'"));
        }
        return new Signature(List.of(specs), outputs);
    }

    private static Tensor random(DataType type, Random random, long... dims) {
        int elements = (int) Shape.of(dims).elements();
        if (type == DataType.BYTES) {
            String[] texts = new String[elements];
            for (int i = 0; i < elements; i++) {
                texts[i] = "é".repeat(random.nextInt(4)) + random.nextInt(100);
            }
            return Tensor.of(texts, dims);
        }
        ByteBuffer bytes = ByteBuffer.allocate(elements * type.byteSize()).order(ByteOrder.nativeOrder());
        random.nextBytes(bytes.array());
        if (type == DataType.BOOL) {
            for (int i = 0; i < elements; i++) {
                bytes.put(i, (byte) (bytes.get(i) & 1));
            }
        }
        return Tensor.wrap(type, bytes, dims);
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void everyTypeComesBackAsItWasGiven(DataType type) {
        Signature signature = echoing(TensorSpec.of("a", type, "n", 3), TensorSpec.of("b", type, "n"));
        BatchRule rule = BatchRule.rows(signature, Map.of(), OutputSizes.named(signature));
        ModelQueue queue = queue(new Echo(signature, o -> o, false), rule);
        Random random = new Random(type.name().hashCode());
        List<Tensors> requests = new ArrayList<>();
        for (int rows = 1; rows <= 5; rows++) {
            // the order in which a caller names his tensors is his
            requests.add(Tensors.of("b", random(type, random, rows), "a", random(type, random, rows, 3)));
        }
        List<Tensors> answers = queue.together(requests);
        assertThat(answers).hasSize(5);
        for (int i = 0; i < 5; i++) {
            assertThat(answers.get(i).get("a'")).isEqualTo(requests.get(i).get("a"));
            assertThat(answers.get(i).get("b'")).isEqualTo(requests.get(i).get("b"));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shorterRequestsArePaddedAndGetTheirOwnLengthBack(long seed) {
        Random random = new Random(seed);
        DataType type = random.nextBoolean() ? DataType.INT64 : DataType.FP32;
        Signature signature = echoing(
                TensorSpec.of("a", type, "n", "length", 2, "width"), TensorSpec.of("b", DataType.INT8, "n", "length"));
        BatchRule rule = BatchRule.rows(signature, Map.of("a", 7.0, "b", 1.0), OutputSizes.named(signature));
        List<Tensors> seen = new ArrayList<>();
        ModelQueue queue = queue(
                new Echo(
                        signature,
                        o -> {
                            seen.add(o);
                            return o;
                        },
                        random.nextBoolean()),
                rule);
        List<Tensors> requests = new ArrayList<>();
        long longest = 0;
        for (int i = 0; i < 6; i++) {
            int rows = 1 + random.nextInt(3);
            int length = 1 + random.nextInt(9);
            longest = Math.max(longest, length);
            requests.add(Tensors.of(
                    "a", random(type, random, rows, length, 2, 1 + random.nextInt(4)),
                    "b", random(DataType.INT8, random, rows, length)));
        }
        List<Tensors> answers = queue.together(requests);
        for (int i = 0; i < requests.size(); i++) {
            assertThat(answers.get(i).get("a'"))
                    .as("seed %d", seed)
                    .isEqualTo(requests.get(i).get("a"));
            assertThat(answers.get(i).get("b'"))
                    .as("seed %d", seed)
                    .isEqualTo(requests.get(i).get("b"));
        }
        assertThat(seen.get(0).get("b'").shape().dim(1)).isEqualTo(longest);
    }

    @Test
    void whatFillsUpIsWhatThePackageSays() {
        Signature signature = echoing(TensorSpec.of("ids", DataType.INT64, "n", "length"));
        BatchRule rule = BatchRule.rows(signature, Map.of("ids", 9.0), OutputSizes.named(signature));
        List<Tensors> seen = new ArrayList<>();
        ModelQueue queue = queue(
                new Echo(
                        signature,
                        o -> {
                            seen.add(o);
                            return o;
                        },
                        false),
                rule);
        queue.together(List.of(
                Tensors.of("ids", Tensor.of(new long[] {1, 2, 3}, 1, 3)),
                Tensors.of("ids", Tensor.of(new long[] {4}, 1, 1))));
        assertThat(seen.get(0).single().toLongs()).containsExactly(1, 2, 3, 4, 9, 9);
    }

    @Test
    void lentMemoryIsCopied() {
        Signature signature = echoing(TensorSpec.of("x", DataType.FP32, "n"));
        float[] memory = new float[3];
        LoadedModel model = new Echo(
                signature,
                o -> {
                    System.arraycopy(o.single().toFloats(), 0, memory, 0, (int)
                            o.single().shape().dim(0));
                    return Tensors.of(
                            "x'", Tensor.wrap(memory).rows(0, o.single().shape().dim(0)));
                },
                true);
        ModelQueue queue = queue(model, BatchRule.rows(signature, Map.of(), OutputSizes.named(signature)));
        List<Tensors> both = queue.together(List.of(
                Tensors.of("x", Tensor.of(new float[] {1})), Tensors.of("x", Tensor.of(new float[] {2, 3}))));
        Tensors alone = queue.together(List.of(Tensors.of("x", Tensor.of(new float[] {4, 5, 6}))))
                .get(0);
        memory[0] = -1;
        memory[1] = -1;
        memory[2] = -1;
        assertThat(both.get(0).single().toFloats()).containsExactly(1);
        assertThat(both.get(1).single().toFloats()).containsExactly(2, 3);
        assertThat(alone.single().toFloats()).containsExactly(4, 5, 6);
    }

    @Test
    void lengthsThatNothingFillsUpAreNotPutTogether() {
        Signature signature = echoing(TensorSpec.of("x", DataType.FP32, "n", "length"));
        BatchRule rule = BatchRule.rows(signature, Map.of(), OutputSizes.named(signature));
        ModelQueue queue = queue(new Echo(signature, o -> o, false), rule);
        Tensors two = Tensors.of("x", Tensor.of(new float[2], 1, 2));
        Tensors three = Tensors.of("x", Tensor.of(new float[3], 1, 3));
        assertThat(queue.together(List.of(two, two))).hasSize(2);
        assertThat(queue.together(List.of(two, three))).isEmpty();
    }

    @Test
    void lengthsAreFilledUpByAQuarterAtMost() {
        Signature signature = echoing(TensorSpec.of("x", DataType.FP32, "n", "length"));
        BatchRule rule = BatchRule.rows(signature, Map.of("x", 0.0), OutputSizes.named(signature));
        Work hundred = rule.work(Tensors.of("x", Tensor.of(new float[100], 1, 100)), Call.endless(0));
        for (int length : new int[] {80, 100, 125}) {
            assertThat(rule.fits(hundred, work(rule, length))).as("%d", length).isTrue();
        }
        for (int length : new int[] {79, 126}) {
            assertThat(rule.fits(hundred, work(rule, length))).as("%d", length).isFalse();
        }
    }

    private static Work work(BatchRule rule, int length) {
        return rule.work(Tensors.of("x", Tensor.of(new float[length], 1, length)), Call.endless(0));
    }

    @Test
    void whereOutputsGetTheirSizesFromCanBeSeen() {
        Signature signature = new Signature(
                List.of(TensorSpec.of("ids", DataType.INT64, "n", "?")),
                List.of(
                        TensorSpec.of("hidden", DataType.FP32, "n", "?", 2),
                        TensorSpec.of("pooled", DataType.FP32, "n", "?")));
        OutputSizes names = OutputSizes.named(signature);
        assertThat(names.areKnown()).isFalse();
        OutputSizes seen = names.observed(in(3), out(3), in(15), out(15));
        assertThat(seen.areKnown()).isTrue();
        assertThat(names.observed(in(3), out(4), in(15), out(16)).areKnown())
                .as("one more than the input each time: not known how")
                .isFalse();
        BatchRule rule = BatchRule.rows(signature, Map.of("ids", 0.0), seen);
        Tensors shared = rule.share(out(5), 0, rule.work(in(3), Call.endless(0)));
        assertThat(shared.get("hidden").shape()).isEqualTo(Shape.of(1, 3, 2));
        assertThat(shared.get("pooled").shape()).isEqualTo(Shape.of(1, 4));
    }

    private static Tensors in(int length) {
        return Tensors.of("ids", Tensor.of(new long[length], 1, length));
    }

    private static Tensors out(int length) {
        return Tensors.of(
                "hidden", Tensor.of(new float[length * 2], 1, length, 2), "pooled", Tensor.of(new float[4], 1, 4));
    }

    @Test
    void outputsWithOtherRowsAreNoAnswer() {
        Signature signature = echoing(TensorSpec.of("x", DataType.FP32, "n"));
        ModelQueue queue = queue(
                new Echo(signature, o -> Tensors.of("x'", Tensor.of(new float[] {1})), false),
                BatchRule.rows(signature, Map.of(), OutputSizes.named(signature)));
        Tensors one = Tensors.of("x", Tensor.of(new float[] {1}));
        assertThatThrownBy(() -> queue.together(List.of(one, one)))
                .isInstanceOfSatisfying(
                        UnavailableException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INFERENCE_FAILED))
                .hasMessageContaining("[1] for 2 rows");
    }

    @Test
    void aRequestWhoseInputsHaveDifferentRowsRunsAlone() {
        Signature signature =
                echoing(TensorSpec.of("a", DataType.FP32, "?", 2), TensorSpec.of("b", DataType.FP32, "?", 2));
        BatchRule rule = BatchRule.rows(signature, Map.of(), OutputSizes.named(signature));
        ModelQueue queue = queue(new Echo(signature, o -> o, false), rule);
        Tensors broadcast = Tensors.of("a", Tensor.of(new float[4], 2, 2), "b", Tensor.of(new float[] {5, 6}, 1, 2));
        Tensors even = Tensors.of("a", Tensor.of(new float[2], 1, 2), "b", Tensor.of(new float[2], 1, 2));
        assertThat(queue.together(List.of(even, broadcast)))
                .as("one row is not filled up to two")
                .isEmpty();
        assertThat(queue.together(List.of(even, even))).hasSize(2);
        Work alone = rule.work(broadcast, Call.endless(0));
        Work other = rule.work(even, Call.endless(0));
        assertThat(rule.fits(alone, other)).isFalse();
        assertThat(rule.fits(other, alone)).isFalse();
    }

    @Test
    void whatIsFilledUpStillRunsTogetherIfItIsAllThatWaits() {
        Signature signature = new Signature(
                List.of(TensorSpec.of("ids", DataType.FP32, "batch", "length")),
                List.of(TensorSpec.of("out", DataType.FP32, "batch", "length")));
        BatchRule rule = BatchRule.rows(signature, Map.of("ids", 0.0), OutputSizes.named(signature));
        ModelQueue queue = queue(new Echo(signature, outputs -> outputs, false), rule);
        for (int length : new int[] {30, 33}) {
            queue.add(rule.work(Tensors.of("ids", Tensor.of(new float[length], 1, length)), Call.endless(0)));
            for (int run = 0; run < 4; run++) {
                queue.costs().ran(length, 1_000); // batches are known to pay
                queue.costs().ran(2L * length, 1_000);
            }
        }
        assertThat(queue.take(1, new Work[8])).isEqualTo(2);
    }
}
