package io.maas.testkit.onnx;

import io.maas.testkit.onnx.OnnxWriter.Attribute;
import java.util.List;
import java.util.Random;

/** Small models with known behaviour. The weights come from a fixed seed. */
public final class OnnxModels {
    private OnnxModels() {}

    /** {@code y = sigmoid(relu(x·W1 + b1)·W2 + b2)}, from {@code x FP32[N, inputs]} to {@code y FP32[N, 1]}. */
    public static byte[] mlp(int inputs, int hidden) {
        Random random = new Random(7);
        return new OnnxWriter()
                .input("x", OnnxWriter.FLOAT, "N", inputs)
                .output("y", OnnxWriter.FLOAT, "N", 1)
                .floats("w1", gaussian(random, inputs * hidden), inputs, hidden)
                .floats("b1", gaussian(random, hidden), hidden)
                .floats("w2", gaussian(random, hidden), hidden, 1)
                .floats("b2", gaussian(random, 1), 1)
                .node("Gemm", List.of("x", "w1", "b1"), List.of("h"))
                .node("Relu", List.of("h"), List.of("a"))
                .node("Gemm", List.of("a", "w2", "b2"), List.of("z"))
                .node("Sigmoid", List.of("z"), List.of("y"))
                .toBytes();
    }

    /** {@code y = x}, for elements of any type. */
    public static byte[] identity(int type, Object... dims) {
        return new OnnxWriter()
                .input("x", type, dims)
                .output("y", type, dims)
                .node("Identity", List.of("x"), List.of("y"))
                .toBytes();
    }

    /** {@code y} = the means over the last two dimensions of {@code x}, from FP32{@code [N, channels, side, side]} to {@code [N, channels]}. */
    public static byte[] channelMeans(int channels, int side) {
        return new OnnxWriter()
                .input("x", OnnxWriter.FLOAT, "N", channels, side, side)
                .output("y", OnnxWriter.FLOAT, "N", channels)
                .node("GlobalAveragePool", List.of("x"), List.of("pooled"))
                .node("Flatten", List.of("pooled"), List.of("y"))
                .toBytes();
    }

    /** {@code sum = a + b}, FP32, all three of the same shape. */
    public static byte[] add(Object... dims) {
        return new OnnxWriter()
                .input("a", OnnxWriter.FLOAT, dims)
                .input("b", OnnxWriter.FLOAT, dims)
                .output("sum", OnnxWriter.FLOAT, dims)
                .node("Add", List.of("a", "b"), List.of("sum"))
                .toBytes();
    }

    /** {@code y = v} multiplied {@code steps} times by a matrix: as long a run as one likes. */
    public static byte[] slow() {
        int size = 32;
        OnnxWriter body = new OnnxWriter()
                .input("i", OnnxWriter.INT64)
                .input("go", OnnxWriter.BOOL)
                .input("state", OnnxWriter.FLOAT, size, size)
                .output("go_on", OnnxWriter.BOOL)
                .output("next", OnnxWriter.FLOAT, size, size)
                .node("Identity", List.of("go"), List.of("go_on"))
                .node("MatMul", List.of("state", "w"), List.of("product"))
                .node("Tanh", List.of("product"), List.of("next"));
        return new OnnxWriter()
                .input("steps", OnnxWriter.INT64)
                .input("v", OnnxWriter.FLOAT, size, size)
                .output("y", OnnxWriter.FLOAT, size, size)
                .floats("w", gaussian(new Random(7), size * size), size, size)
                .node("Loop", List.of("steps", "", "v"), List.of("y"), Attribute.of("body", body))
                .toBytes();
    }

    /** {@code doubled = tokens + tokens}, INT64 of the named dimensions {@code [batch, length]}. */
    public static byte[] doubled() {
        return new OnnxWriter()
                .input("tokens", OnnxWriter.INT64, "batch", "length")
                .output("doubled", OnnxWriter.INT64, "batch", "length")
                .node("Add", List.of("tokens", "tokens"), List.of("doubled"))
                .toBytes();
    }

    private static float[] gaussian(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * 0.1);
        }
        return values;
    }
}
