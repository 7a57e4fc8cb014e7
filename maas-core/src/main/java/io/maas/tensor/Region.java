package io.maas.tensor;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/**
 * Copies a block between two tensors of the same number of dimensions, run by run: in memory, what lies side by side in both
 * goes over in one piece.
 */
final class Region {
    private final Buffer source;
    private final Shape from;
    private final Buffer target;
    private final Shape to;
    private final Shape block;
    /** The first dimension from which on the block is as large as both tensors, so that it lies in one piece. */
    private final int whole;

    private Region(Buffer source, Shape from, Buffer target, Shape to, Shape block) {
        this.source = source;
        this.from = from;
        this.target = target;
        this.to = to;
        this.block = block;
        int first = block.rank();
        while (first > 0 && from.dim(first - 1) == block.dim(first - 1) && to.dim(first - 1) == block.dim(first - 1)) {
            first--;
        }
        whole = first;
    }

    /**
     * Copies the block at the origin of both.
     *
     * @param source carries a tensor of the shape {@code from}, from its position 0 on
     * @param target is of the same kind, and carries one of the shape {@code to}
     */
    static void copy(Buffer source, Shape from, Buffer target, Shape to, Shape block) {
        new Region(source, from, target, to, block).copy(0, 0, 0);
    }

    private void copy(int dim, int read, int write) {
        if (dim >= whole - 1) {
            move(read, write, (int) elements(block, dim));
            return;
        }
        int readStep = (int) elements(from, dim + 1);
        int writeStep = (int) elements(to, dim + 1);
        for (int i = 0; i < block.dim(dim); i++) {
            copy(dim + 1, read + i * readStep, write + i * writeStep);
        }
    }

    /** The number of elements of one step of the dimension before {@code first}. */
    private static long elements(Shape shape, int first) {
        long product = 1;
        for (int d = first; d < shape.rank(); d++) {
            product *= shape.dim(d);
        }
        return product;
    }

    private void move(int read, int write, int length) {
        if (source instanceof FloatBuffer floats) {
            ((FloatBuffer) target).put(write, floats, read, length);
        } else if (source instanceof LongBuffer longs) {
            ((LongBuffer) target).put(write, longs, read, length);
        } else if (source instanceof DoubleBuffer doubles) {
            ((DoubleBuffer) target).put(write, doubles, read, length);
        } else if (source instanceof IntBuffer ints) {
            ((IntBuffer) target).put(write, ints, read, length);
        } else if (source instanceof ShortBuffer shorts) {
            ((ShortBuffer) target).put(write, shorts, read, length);
        } else {
            ((ByteBuffer) target).put(write, (ByteBuffer) source, read, length);
        }
    }

    /** Sets all elements to one value. */
    static void fill(DataType type, ByteBuffer target, int elements, double value) {
        for (int i = 0; i < elements; i++) {
            if (type.isFloating()) {
                Memory.putDouble(type, target, value);
            } else {
                Memory.putLong(type, target, (long) value);
            }
        }
    }
}
