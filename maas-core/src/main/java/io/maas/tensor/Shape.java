package io.maas.tensor;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.util.Arrays;

/** The sizes of a tensor's dimensions, outermost first. A scalar has none. Immutable. */
public final class Shape {
    private static final Shape SCALAR = new Shape(new long[0], 1);

    private final long[] dims;
    private final long elements;

    private Shape(long[] dims, long elements) {
        this.dims = dims;
        this.elements = elements;
    }

    /**
     * Returns the shape with these dimensions.
     *
     * @param dims sizes, each 0 or more
     * @throws InvalidInputException {@link ErrorCode#TENSOR_SHAPE} if one is negative or their product exceeds 2^63-1
     */
    public static Shape of(long... dims) {
        if (dims.length == 0) {
            return SCALAR;
        }
        long[] copy = dims.clone();
        return new Shape(copy, product(copy));
    }

    private static long product(long[] dims) {
        // A zero makes the product zero whatever else is there, yet the other dimensions must still be sane.
        long product = 1;
        boolean empty = false;
        for (long dim : dims) {
            if (dim < 0) {
                throw refused(dims, "a dimension is negative");
            }
            if (dim == 0) {
                empty = true;
            } else if (Math.multiplyHigh(product, dim) != 0 || product * dim < 0) {
                throw refused(dims, "the dimensions multiply to more than 2^63-1");
            } else {
                product *= dim;
            }
        }
        return empty ? 0 : product;
    }

    private static InvalidInputException refused(long[] dims, String why) {
        return new InvalidInputException(
                ErrorCode.TENSOR_SHAPE,
                "make a shape",
                why + ", " + Arrays.toString(dims),
                "give the sizes that the data really has");
    }

    /** Returns the number of dimensions. */
    public int rank() {
        return dims.length;
    }

    /**
     * Returns the size of one dimension.
     *
     * @param index from 0 to {@code rank() - 1}
     * @throws IndexOutOfBoundsException if there is no such dimension
     */
    public long dim(int index) {
        return dims[index];
    }

    /** Returns the number of elements: the product of all dimensions, 1 for a scalar. */
    public long elements() {
        return elements;
    }

    /** Returns the dimensions as a new array. */
    public long[] toArray() {
        return dims.clone();
    }

    /**
     * Returns this shape with one dimension changed.
     *
     * @param index the dimension, from 0 to {@code rank() - 1}
     * @param size its new size
     */
    public Shape with(int index, long size) {
        long[] copy = dims.clone();
        copy[index] = size;
        return of(copy);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape that && Arrays.equals(dims, that.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /** Returns the dimensions in brackets, such as {@code [2, 64]}. */
    @Override
    public String toString() {
        return Arrays.toString(dims);
    }
}
