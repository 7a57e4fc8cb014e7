package io.maas.internal.transform;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.tensor.DataType;
import io.maas.tensor.Shape;
import io.maas.tensor.Tensor;

/** Elements of tensors as the transforms compute with them. */
final class Numbers {
    private Numbers() {}

    /** The elements of a floating-point tensor; those of FP64 are rounded. */
    static float[] floats(Tensor tensor) {
        if (tensor.type() != DataType.FP64) {
            return tensor.toFloats();
        }
        double[] doubles = tensor.toDoubles();
        float[] floats = new float[doubles.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) doubles[i];
        }
        return floats;
    }

    /** The size of the last dimension, which must not be empty. */
    static int width(String name, Shape shape) {
        long width = shape.rank() == 0 ? 0 : shape.dim(shape.rank() - 1);
        if (width == 0) {
            throw badInput("the tensor '" + name + "' has no last dimension to work along, its shape is " + shape);
        }
        return (int) width;
    }

    static InvalidInputException badInput(String why) {
        return new InvalidInputException(
                ErrorCode.BAD_INPUT, "transform a tensor", why, "check which step or model made it");
    }
}
