package io.maas.internal.mapping;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.lang.reflect.Array;
import org.jspecify.annotations.Nullable;

/** Arrays of arrays to and from one flat array. */
final class Nested {
    private Nested() {}

    /**
     * Flattens.
     *
     * @param dims receives the dimensions
     * @param name the tensor, for messages
     */
    static Object flatten(Object nested, Class<?> leaf, long[] dims, String name) {
        Object level = nested;
        int elements = 1;
        for (int d = 0; d < dims.length; d++) {
            int length = level == null ? 0 : Array.getLength(level);
            dims[d] = length;
            elements = Math.multiplyExact(elements, length);
            level = d < dims.length - 1 && length > 0 && level != null ? Array.get(level, 0) : null;
        }
        Object flat = Array.newInstance(leaf, elements);
        fill(nested, dims, 0, flat, 0, name);
        return flat;
    }

    private static int fill(@Nullable Object from, long[] dims, int depth, Object flat, int at, String name) {
        if (from == null || Array.getLength(from) != dims[depth]) {
            throw new InvalidInputException(
                    ErrorCode.TENSOR_SHAPE,
                    "make a tensor of a record",
                    "the arrays of '" + name + "' are not of one length",
                    "give a rectangular array");
        }
        int length = Array.getLength(from);
        if (depth == dims.length - 1) {
            System.arraycopy(from, 0, flat, at, length);
            return at + length;
        }
        int next = at;
        for (int i = 0; i < length; i++) {
            next = fill(Array.get(from, i), dims, depth + 1, flat, next, name);
        }
        return next;
    }

    static Object unflatten(Object flat, Class<?> leaf, long[] dims) {
        if (dims.length == 1) {
            return flat;
        }
        int[] sizes = new int[dims.length];
        for (int d = 0; d < dims.length; d++) {
            sizes[d] = (int) dims[d];
        }
        Object nested = Array.newInstance(leaf, sizes);
        spread(flat, nested, sizes, 0, 0);
        return nested;
    }

    private static int spread(Object flat, Object into, int[] sizes, int depth, int at) {
        if (depth == sizes.length - 1) {
            System.arraycopy(flat, at, into, 0, sizes[depth]);
            return at + sizes[depth];
        }
        int next = at;
        for (int i = 0; i < sizes[depth]; i++) {
            next = spread(flat, Array.get(into, i), sizes, depth + 1, next);
        }
        return next;
    }
}
