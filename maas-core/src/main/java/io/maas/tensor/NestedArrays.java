package io.maas.tensor;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a tensor of Java arrays of arrays, which must be rectangular. */
final class NestedArrays {
    private NestedArrays() {}

    static Tensor toTensor(Object nested) {
        List<Long> dims = new ArrayList<>();
        Class<?> leaf = nested.getClass();
        Object level = nested;
        while (leaf.isArray()) {
            int length = level == null ? 0 : Array.getLength(level);
            dims.add((long) length);
            leaf = leaf.getComponentType();
            level = length == 0 || level == null || leaf.isPrimitive() ? null : Array.get(level, 0);
        }
        if (dims.isEmpty()) {
            throw refused("it is not an array, " + nested.getClass().getName());
        }
        long[] shape = dims.stream().mapToLong(Long::longValue).toArray();
        requireRectangular(nested, shape, 0);
        long elements = Shape.of(shape).elements();
        if (elements > Integer.MAX_VALUE) {
            throw refused("it has " + elements + " elements, more than an array can hold");
        }
        Object flat = Array.newInstance(leaf, (int) elements);
        fill(nested, shape, 0, flat, 0);
        return tensor(flat, shape);
    }

    /** Checked before anything is allocated: a long first row says nothing about the others. */
    private static void requireRectangular(@Nullable Object from, long[] shape, int depth) {
        if (from == null || Array.getLength(from) != shape[depth]) {
            throw refused("dimension " + depth + " is not of one length, " + shape[depth] + " at first and "
                    + (from == null ? "null" : Array.getLength(from)) + " later");
        }
        for (int i = 0; depth < shape.length - 1 && i < shape[depth]; i++) {
            requireRectangular(Array.get(from, i), shape, depth + 1);
        }
    }

    private static int fill(Object from, long[] shape, int depth, Object flat, int at) {
        int length = (int) shape[depth];
        if (depth == shape.length - 1) {
            System.arraycopy(from, 0, flat, at, length);
            return at + length;
        }
        int next = at;
        for (int i = 0; i < length; i++) {
            next = fill(Array.get(from, i), shape, depth + 1, flat, next);
        }
        return next;
    }

    private static Tensor tensor(Object flat, long[] shape) {
        if (flat instanceof float[] data) {
            return Tensor.wrap(data, shape);
        } else if (flat instanceof double[] data) {
            return Tensor.wrap(data, shape);
        } else if (flat instanceof long[] data) {
            return Tensor.wrap(data, shape);
        } else if (flat instanceof int[] data) {
            return Tensor.wrap(data, shape);
        } else if (flat instanceof short[] data) {
            return Tensor.wrap(data, shape);
        } else if (flat instanceof byte[] data) {
            return Tensor.wrap(data, shape);
        } else if (flat instanceof boolean[] data) {
            return Tensor.of(data, shape);
        } else if (flat instanceof String[] data) {
            if (Arrays.asList(data).contains(null)) {
                throw refused("a text in it is null");
            }
            return Tensor.of(data, shape);
        }
        throw refused("its elements are of no tensor type, "
                + flat.getClass().getComponentType().getName());
    }

    private static InvalidInputException refused(String why) {
        return new InvalidInputException(
                ErrorCode.TENSOR_SHAPE,
                "make a tensor of nested arrays",
                why,
                "give a rectangular array of a primitive type or of String");
    }
}
