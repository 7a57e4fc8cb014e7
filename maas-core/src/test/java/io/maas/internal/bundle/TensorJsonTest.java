package io.maas.internal.bundle;

import static io.maas.internal.bundle.Samples.assertRefused;
import static io.maas.internal.bundle.Samples.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TensorJsonTest {
    private static final JsonPlace AT = JsonPlace.root(ErrorCode.BAD_INPUT, "read tensors");

    private static Tensors read(String json) {
        return TensorJson.read(Json.parse(utf8(json.replace('\'', '"')), 1 << 20, AT), AT);
    }

    private static Tensors survived(Tensors tensors) {
        byte[] json = Json.write(TensorJson.write(tensors, AT));
        return TensorJson.read(Json.parse(json, 1 << 20, AT), AT);
    }

    static Tensor random(Random random) {
        DataType[] types = DataType.values();
        return random(types[random.nextInt(types.length)], random);
    }

    private static Tensor random(DataType type, Random random) {
        int n = random.nextInt(5);
        if (type == DataType.BYTES) {
            return Tensor.of(random.ints(n).mapToObj(i -> "\u00e9" + i).toArray(String[]::new), n);
        } else if (type.isFloating()) {
            double scale = type == DataType.FP16 ? 1 : Math.pow(10, random.nextInt(30) - 15);
            return Tensor.of(type, random.doubles(n).map(d -> (d - 0.5) * scale).toArray(), n);
        }
        int bits = type == DataType.BOOL ? 1 : type.byteSize() * 8;
        boolean isSigned = type.name().startsWith("INT");
        long[] values = random.longs(n)
                .map(v -> isSigned ? v >> (64 - bits) : v >>> (64 - bits))
                .toArray();
        return Tensor.of(type, values, n);
    }

    @ParameterizedTest
    @EnumSource
    void everyValueSurvives(DataType type) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            Tensors tensors = Tensors.of("a", random(type, random), "b", random(type, random));
            assertThat(survived(tensors)).as("seed %d, round %d", seed, i).isEqualTo(tensors);
        }
    }

    @Test
    void randomBitsOfFloatsSurvive() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        float[] values = new float[20_000];
        for (int i = 0; i < values.length; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            values[i] = Float.isFinite(value) ? value : 0;
        }
        Tensors tensors = Tensors.of("a", Tensor.of(values));
        byte[] json = Json.write(TensorJson.write(tensors, AT));
        assertThat(TensorJson.read(Json.parse(json, 1 << 22, AT), AT))
                .as("seed %d", seed)
                .isEqualTo(tensors);
    }

    @Test
    void shapesSurvive() {
        Tensors tensors = Tensors.of("scalar", Tensor.scalar(5L), "cube", Tensor.of(new int[12], 2, 3, 2));
        assertThat(survived(tensors)).isEqualTo(tensors);
        assertThat(survived(Tensors.of("none", Tensor.of(new float[0], 0, 4)))).hasToString("{none: FP32[0, 4] {}}");
    }

    @Test
    void largeUnsignedNumbersSurvive() {
        Tensors tensors = Tensors.of("a", Tensor.of(DataType.UINT64, new long[] {-1, Long.MIN_VALUE, 0, 5}));
        assertThat(new String(Json.write(TensorJson.write(tensors, AT)), java.nio.charset.StandardCharsets.UTF_8))
                .contains("18446744073709551615");
        assertThat(survived(tensors)).isEqualTo(tensors);
    }

    @Test
    void bytesThatAreNoTextAreBase64() {
        Tensors tensors = Tensors.of("a", Tensor.of(new byte[][] {{(byte) 0xff, 0}, {'o', 'k'}}, 2));
        assertThat(new String(Json.write(TensorJson.write(tensors, AT)), java.nio.charset.StandardCharsets.UTF_8))
                .contains("\"base64\"", "\"/wA=\"", "\"ok\"");
        assertThat(survived(tensors)).isEqualTo(tensors);
    }

    @Test
    void truthsAreWordsOrNumbers() {
        Tensor expected = Tensor.of(new boolean[] {true, false, true, false});
        assertThat(read("[{'name': 'a', 'dtype': 'BOOL', 'shape': [4], 'data': [true, false, 1, 0]}]")
                        .single())
                .isEqualTo(expected);
    }

    @Test
    void wholeNumbersAreFloatsToo() {
        assertThat(read("[{'name': 'a', 'dtype': 'FP32', 'shape': [2], 'data': [1, 2.5]}]")
                        .single())
                .isEqualTo(Tensor.of(new float[] {1, 2.5f}));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[7]",
                "[{'dtype': 'FP32', 'shape': [1], 'data': [1]}]",
                "[{'name': 'a', 'dtype': 'X', 'shape': [1], 'data': [1]}]",
                "[{'name': 'a', 'dtype': 'FP32', 'shape': [1]}]",
                "[{'name': 'a', 'dtype': 'FP32', 'shape': [1], 'data': 1}]",
                "[{'name': 'a', 'dtype': 'FP32', 'shape': [2], 'data': [1]}]",
                "[{'name': 'a', 'dtype': 'FP32', 'shape': [-1], 'data': [1]}]",
                "[{'name': 'a', 'dtype': 'FP32', 'shape': ['n'], 'data': [1]}]",
                "[{'name': 'a', 'dtype': 'FP32', 'shape': [1.5], 'data': [1]}]",
                "[{'name': 'a', 'dtype': 'FP32', 'shape': [1], 'data': ['1']}]",
                "[{'name': 'a', 'dtype': 'FP32', 'shape': [1], 'data': [1e39]}]",
                "[{'name': 'a', 'dtype': 'FP16', 'shape': [1], 'data': [1e5]}]",
                "[{'name': 'a', 'dtype': 'FP64', 'shape': [1], 'data': [1e999]}]",
                "[{'name': 'a', 'dtype': 'FP32', 'shape': [1], 'data': [[1]]}]",
                "[{'name': 'a', 'dtype': 'INT8', 'shape': [1], 'data': [128]}]",
                "[{'name': 'a', 'dtype': 'INT8', 'shape': [1], 'data': [1.0]}]",
                "[{'name': 'a', 'dtype': 'INT64', 'shape': [1], 'data': [9223372036854775808]}]",
                "[{'name': 'a', 'dtype': 'UINT64', 'shape': [1], 'data': [18446744073709551616]}]",
                "[{'name': 'a', 'dtype': 'UINT64', 'shape': [1], 'data': [-1]}]",
                "[{'name': 'a', 'dtype': 'UINT64', 'shape': [1], 'data': [1.5]}]",
                "[{'name': 'a', 'dtype': 'BOOL', 'shape': [1], 'data': [2]}]",
                "[{'name': 'a', 'dtype': 'INT8', 'shape': [1], 'data': [true]}]",
                "[{'name': 'a', 'dtype': 'BYTES', 'shape': [1], 'data': [1]}]",
                "[{'name': 'a', 'dtype': 'BYTES', 'shape': [1], 'data': [{}]}]",
                "[{'name': 'a', 'dtype': 'BYTES', 'shape': [1], 'data': [{'base64': 'a b'}]}]",
                "[{'name': 'a', 'dtype': 'BYTES', 'shape': [1], 'data': [{'base64': '', 'more': 1}]}]",
                "[{'name': 'a', 'dtype': 'INT8', 'shape': [1], 'data': [1], 'more': 1}]",
                "[{'name': 'a', 'dtype': 'INT8', 'shape': [1], 'data': [1]},"
                        + " {'name': 'a', 'dtype': 'INT8', 'shape': [1], 'data': [1]}]"
            })
    void refusesWhatIsNoTensor(String json) {
        assertRefused(() -> read(json), ErrorCode.BAD_INPUT);
    }

    @Test
    void refusesToWriteWhatJsonHasNot() {
        for (Tensor tensor :
                List.of(Tensor.of(new float[] {Float.NaN}), Tensor.of(new double[] {Double.NEGATIVE_INFINITY}))) {
            assertRefused(() -> TensorJson.write(Tensors.of("a", tensor), AT), ErrorCode.BAD_INPUT);
        }
    }

    @Test
    void signaturesSurvive() {
        Signature signature = new Signature(
                List.of(TensorSpec.of("image", DataType.FP32, "batch", 3, "?")),
                List.of(TensorSpec.of("p", DataType.FP16).labelled(List.of("a", "b"))));
        assertThat(SignatureJson.read(SignatureJson.write(signature), AT)).isEqualTo(signature);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{'more': 1}",
                "{'inputs': [{'name': 'a', 'dtype': 'FP32', 'shape': [], 'labelsFile': 'b'}]}"
            })
    void refusesWhatIsNoSignature(String json) {
        assertRefused(
                () -> SignatureJson.read(Json.parse(utf8(json.replace('\'', '"')), 1000, AT), AT), ErrorCode.BAD_INPUT);
    }
}
