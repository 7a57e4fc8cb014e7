package io.maas.internal.transform;

import io.maas.model.Manifest.TransformStep;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.spi.Transform;
import io.maas.tensor.DataType;
import io.maas.tensor.Shape;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.util.List;
import java.util.Map;

/** The mean over the middle dimension where the mask is not 0. A row whose mask is all 0 becomes zeros. */
final class MeanPool implements Transform {
    private final StepSettings settings;
    private final String input;
    private final String mask;
    private final String output;

    MeanPool(TransformStep step) {
        settings = StepSettings.of(step, 1, "input", "mask", "output");
        input = settings.text("input");
        mask = settings.text("mask", "attention_mask");
        output = settings.text("output", input);
        if (input.equals(mask)) {
            throw settings.refused("input and mask are the same tensor, '" + input + "'");
        }
    }

    @Override
    public Signature signature(Map<String, TensorSpec> available) {
        TensorSpec in = settings.requireFloating(settings.require(available, input), 3);
        TensorSpec masking = settings.require(available, mask);
        if (in.rank() != 3) {
            throw settings.refused("it needs a tensor of 3 dimensions, not " + in);
        }
        boolean countable = masking.type().isInteger() || masking.type() == DataType.BOOL;
        if (masking.rank() != 2 || !countable) {
            throw settings.refused("it needs a mask of integers in 2 dimensions, not " + masking);
        }
        TensorSpec out = new TensorSpec(
                output, DataType.FP32, List.of(in.dims().get(0), in.dims().get(2)), in.labels(), in.semantic());
        return new Signature(List.of(in, masking), List.of(out));
    }

    @Override
    public Tensors apply(Tensors inputs) {
        Tensor vectors = inputs.get(input);
        Shape shape = vectors.shape();
        boolean[] counted = counted(inputs.get(mask));
        if (shape.rank() != 3 || !inputs.get(mask).shape().equals(Shape.of(shape.dim(0), shape.dim(1)))) {
            throw Numbers.badInput("the mask '" + mask + "' has the shape "
                    + inputs.get(mask).shape() + " and '" + input + "' has " + shape);
        }
        int batch = (int) shape.dim(0);
        int length = (int) shape.dim(1);
        int width = (int) shape.dim(2);
        float[] values = Numbers.floats(vectors);
        float[] means = new float[batch * width];
        for (int row = 0; row < batch; row++) {
            mean(values, counted, row * length, length, width, means, row * width);
        }
        return Tensors.of(output, Tensor.wrap(means, batch, width));
    }

    private static void mean(
            float[] values, boolean[] counted, int first, int length, int width, float[] means, int at) {
        int count = 0;
        for (int i = first; i < first + length; i++) {
            if (counted[i]) {
                count++;
                for (int w = 0; w < width; w++) {
                    means[at + w] += values[i * width + w];
                }
            }
        }
        for (int w = 0; w < width && count > 0; w++) {
            means[at + w] /= count;
        }
    }

    private static boolean[] counted(Tensor mask) {
        if (mask.type() == DataType.BOOL) {
            return mask.toBooleans();
        }
        long[] numbers = mask.toLongs();
        boolean[] counted = new boolean[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            counted[i] = numbers[i] != 0;
        }
        return counted;
    }
}
