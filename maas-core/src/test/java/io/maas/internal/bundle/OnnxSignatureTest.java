package io.maas.internal.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.model.TensorSpec;
import io.maas.testkit.onnx.OnnxModels;
import io.maas.testkit.onnx.OnnxWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxSignatureTest {
    private static OnnxSignature read(byte[] model) throws IOException {
        return OnnxSignature.read(new Sources.InMemory(model));
    }

    private static List<String> shown(List<TensorSpec> specs) {
        return specs.stream().map(TensorSpec::toString).toList();
    }

    @Test
    void readsTensorsWithSizesNamesAndNeither() throws IOException {
        byte[] model = new OnnxWriter()
                .input("a", OnnxWriter.FLOAT, "batch", 3, "")
                .input("w", OnnxWriter.FLOAT, 2)
                .input("b", OnnxWriter.STRING)
                .floats("w", new float[] {1, 2}, 2)
                .output("c", OnnxWriter.INT64, "past + 1", "$$")
                .node("Identity", List.of("a"), List.of("c"))
                .toBytes();
        OnnxSignature signature = read(model);
        assertThat(shown(signature.inputs().orElseThrow())).containsExactly("a FP32[batch, 3, ?]", "b BYTES[]");
        assertThat(shown(signature.outputs().orElseThrow())).containsExactly("c INT64[past + 1, ?]");
    }

    @Test
    void tellsNothingOfASideThatHasMoreThanTensors() throws IOException {
        byte[] model = new OnnxWriter()
                .input("x", OnnxWriter.FLOAT, "N", 4)
                .output("label", OnnxWriter.INT64, "N")
                .mapsOutput("probabilities", OnnxWriter.INT64)
                .toBytes();
        assertThat(read(model).inputs()).isPresent();
        assertThat(read(model).outputs()).isEmpty();
        assertThat(read(new OnnxWriter().shapelessOutput("y", OnnxWriter.FLOAT).toBytes())
                        .outputs())
                .isEmpty();
    }

    @Test
    void tellsNothingOfWhatIsNoModel() throws IOException {
        assertThat(read("no model".getBytes(StandardCharsets.UTF_8))).isEqualTo(OnnxSignature.UNKNOWN);
        assertThat(read(new byte[0])).isEqualTo(OnnxSignature.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void readsAnythingWithoutFailing(long seed) throws IOException {
        Random random = new Random(seed);
        byte[] model = OnnxModels.mlp(4, 3);
        for (int round = 0; round < 2000; round++) {
            byte[] changed = model.clone();
            for (int change = 0; change < 3; change++) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            read(random.nextBoolean() ? changed : Arrays.copyOf(changed, random.nextInt(changed.length)));
        }
    }
}
