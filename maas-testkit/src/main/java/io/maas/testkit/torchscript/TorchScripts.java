package io.maas.testkit.torchscript;

import java.util.Random;

/** Small models with known behaviour. The weights come from a fixed seed. */
public final class TorchScripts {
    private TorchScripts() {}

    /** {@code sum = a + b}, of any type and shape. */
    public static byte[] add() {
        return new TorchScriptWriter()
                .forward("a: Tensor, b: Tensor", "Tensor")
                .line("return torch.add(a, b)")
                .toBytes();
    }

    /** {@code y = x·W + bias}, FP32, from {@code [batch, inputs]} to {@code [batch, outputs]}. */
    public static byte[] linear(float[] weights, float[] bias) {
        int outputs = bias.length;
        int inputs = weights.length / outputs;
        return new TorchScriptWriter()
                .floats("w", weights, inputs, outputs)
                .floats("b", bias, outputs)
                .forward("x: Tensor", "Tensor")
                .line("return torch.addmm(self.b, x, self.w)")
                .toBytes();
    }

    /**
     * {@code y = sigmoid(relu(x·W1 + b1)·W2 + b2)}, from {@code x FP32[N, inputs]} to {@code y FP32[N, 1]}, with the weights of
     * {@link io.maas.testkit.onnx.OnnxModels#mlp}.
     */
    public static byte[] mlp(int inputs, int hidden) {
        Random random = new Random(7);
        return new TorchScriptWriter()
                .floats("w1", gaussian(random, inputs * hidden), inputs, hidden)
                .floats("b1", gaussian(random, hidden), hidden)
                .floats("w2", gaussian(random, hidden), hidden, 1)
                .floats("b2", gaussian(random, 1), 1)
                .forward("x: Tensor", "Tensor")
                .line("h = torch.relu(torch.addmm(self.b1, x, self.w1))")
                .line("return torch.sigmoid(torch.addmm(self.b2, h, self.w2))")
                .toBytes();
    }

    /** The sums and the largest values of rows, {@code [batch, n]} to {@code [batch]} twice. */
    public static byte[] twoOutputs() {
        return new TorchScriptWriter()
                .forward("x: Tensor", "Tuple[Tensor, Tensor]")
                .line("return (torch.sum(x, [1]), torch.amax(x, [1]))")
                .toBytes();
    }

    /** {@code y = x}, of any type and shape. */
    public static byte[] identity() {
        return new TorchScriptWriter()
                .forward("x: Tensor", "Tensor")
                .line("return x")
                .toBytes();
    }

    /** {@code y = tanh(v·v)} again and again, {@code steps} times: as long a run as one likes. */
    public static byte[] slow() {
        return new TorchScriptWriter()
                .forward("steps: Tensor, v: Tensor", "Tensor")
                .line("y = v")
                .line("for i in range(int(steps)):")
                .line("  y = torch.tanh(torch.mm(y, v))")
                .line("return y")
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
