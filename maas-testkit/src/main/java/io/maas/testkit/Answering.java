package io.maas.testkit;

import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * What a scripted model takes and gives, and how the one becomes the other.
 *
 * @param signature what it takes and gives
 * @param function answers; is given the rows of all requests that are run together
 */
record Answering(Signature signature, Function<? super Tensors, ? extends Tensors> function) {
    private static final String ROWS = "batch";
    private static final String STEPS = "steps";

    /** {@code y} of {@code x}, both FP32 of {@code [batch]}. */
    static Answering numbers(Function<? super Tensors, ? extends Tensors> function) {
        return new Answering(numbers(ROWS), function);
    }

    private static Signature numbers(String dimension) {
        return new Signature(
                List.of(TensorSpec.of("x", DataType.FP32, dimension)),
                List.of(TensorSpec.of("y", DataType.FP32, dimension)));
    }

    /** {@code y = factor x}. */
    static Answering scale(float factor) {
        return numbers(inputs -> y(inputs, factor, 0, 0));
    }

    /** As {@link #scale}, plus 0.01 for each further row. */
    static Answering variant(float factor) {
        return numbers(inputs -> y(inputs, factor, 0.01f * (inputs.get(0).elements() - 1), 0));
    }

    /** As {@link #scale}, plus all the {@code x} before. */
    static Answering sequence(float factor) {
        return new Answering(numbers(STEPS), inputs -> y(inputs, factor, 0, 1));
    }

    private static Tensors y(Tensors inputs, float factor, float more, float memory) {
        float[] values = inputs.get(0).toFloats();
        float extra = more;
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = factor * values[i] + extra;
            extra += memory * values[i];
        }
        return Tensors.of("y", Tensor.wrap(result));
    }

    /** Fails. */
    static Answering failing() {
        return numbers(inputs -> {
            EngineFailure.INFERENCE_FAILED.happen();
            return inputs;
        });
    }

    /** A vector of length 1 for each text, which depends on nothing but the text. */
    static Answering embed(int size) {
        Signature signature = new Signature(
                List.of(TensorSpec.of("text", DataType.BYTES, ROWS)),
                List.of(TensorSpec.of("vector", DataType.FP32, ROWS, size)));
        return new Answering(signature, inputs -> vectors(inputs.get(0).toStrings(), size));
    }

    private static Tensors vectors(String[] texts, int size) {
        float[] all = new float[texts.length * size];
        for (int row = 0; row < texts.length; row++) {
            SplittableRandom random = new SplittableRandom(texts[row].hashCode());
            double[] vector = random.doubles(size, -1, 1).toArray();
            double length = 0;
            for (double part : vector) {
                length += part * part;
            }
            for (int i = 0; i < size; i++) {
                all[row * size + i] = (float) (vector[i] / Math.sqrt(length));
            }
        }
        return Tensors.of("vector", Tensor.wrap(all, texts.length, size));
    }
}
