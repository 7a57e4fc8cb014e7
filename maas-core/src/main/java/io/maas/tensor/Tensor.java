package io.maas.tensor;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A typed array of any number of dimensions, row-major.
 *
 * <p>{@code of} copies what it is given; {@code wrap} borrows it, and the lender must leave it alone until the call that
 * uses the tensor has completed. Reads convert only where nothing is lost, and say so where something would be.
 *
 * <p>Where a factory takes {@code dims}, leaving them out means one dimension as long as the data.
 *
 * <p>Tensors hold no native resources and are never closed. Immutable and thread-safe, as far as borrowed memory is left
 * alone.
 */
public final class Tensor {
    private static final int SHOWN = 8;

    private final DataType type;
    private final Shape shape;
    /** Position 0 to limit are the elements; null for BYTES. */
    private final @Nullable Buffer buffer;

    private final byte @Nullable [][] strings;

    /** Set for tensors that are lent. */
    private final @Nullable Loan loan;

    private Tensor(DataType type, Shape shape, @Nullable Buffer buffer, byte @Nullable [][] strings) {
        this(type, shape, buffer, strings, null);
    }

    private Tensor(
            DataType type, Shape shape, @Nullable Buffer buffer, byte @Nullable [][] strings, @Nullable Loan loan) {
        this.type = type;
        this.shape = shape;
        this.buffer = buffer;
        this.strings = strings;
        this.loan = loan;
    }

    /** This, until the loan is over. */
    Tensor lent(Loan until) {
        return new Tensor(type, shape, buffer, strings, until);
    }

    // ---- copies

    /** Copies {@code data} into an FP32 tensor. */
    public static Tensor of(float[] data, long... dims) {
        return wrap(data.clone(), dims);
    }

    /** Copies {@code data} into an FP64 tensor. */
    public static Tensor of(double[] data, long... dims) {
        return wrap(data.clone(), dims);
    }

    /** Copies {@code data} into an INT64 tensor. */
    public static Tensor of(long[] data, long... dims) {
        return wrap(data.clone(), dims);
    }

    /** Copies {@code data} into an INT32 tensor. */
    public static Tensor of(int[] data, long... dims) {
        return wrap(data.clone(), dims);
    }

    /** Copies {@code data} into an INT16 tensor. */
    public static Tensor of(short[] data, long... dims) {
        return wrap(data.clone(), dims);
    }

    /** Copies {@code data} into an INT8 tensor. */
    public static Tensor of(byte[] data, long... dims) {
        return wrap(data.clone(), dims);
    }

    /** Copies {@code data} into a BOOL tensor. */
    public static Tensor of(boolean[] data, long... dims) {
        ByteBuffer bytes = ByteBuffer.allocate(data.length);
        for (boolean value : data) {
            bytes.put((byte) (value ? 1 : 0));
        }
        return fixed(DataType.BOOL, bytes.flip(), dims);
    }

    /** Copies {@code data}, as UTF-8, into a BYTES tensor. */
    public static Tensor of(String[] data, long... dims) {
        byte[][] strings = new byte[data.length][];
        for (int i = 0; i < data.length; i++) {
            strings[i] = data[i].getBytes(StandardCharsets.UTF_8);
        }
        return new Tensor(DataType.BYTES, shapeFor(data.length, dims), null, strings);
    }

    /** Copies {@code data} into a BYTES tensor. */
    public static Tensor of(byte[][] data, long... dims) {
        byte[][] strings = new byte[data.length][];
        for (int i = 0; i < data.length; i++) {
            strings[i] = data[i].clone();
        }
        return new Tensor(DataType.BYTES, shapeFor(data.length, dims), null, strings);
    }

    /**
     * Copies {@code values} into a tensor of any integer type, or BOOL (0 and 1).
     *
     * @param values the elements; for UINT64 their bits
     * @throws InvalidInputException {@link ErrorCode#TENSOR_TYPE} if the type is no integer or a value is out of its range
     */
    public static Tensor of(DataType type, long[] values, long... dims) {
        ByteBuffer bytes = allocate(type, values.length);
        for (long value : values) {
            if (!Memory.fits(type, value)) {
                throw wrongType("make a tensor", "the value " + value + " does not fit " + type);
            }
            Memory.putLong(type, bytes, value);
        }
        return fixed(type, Memory.view(type, bytes.flip()), dims);
    }

    /**
     * Copies {@code values} into a tensor of any floating type, rounding to the nearest.
     *
     * @throws InvalidInputException {@link ErrorCode#TENSOR_TYPE} if the type is no floating type
     */
    public static Tensor of(DataType type, double[] values, long... dims) {
        if (!type.isFloating()) {
            throw wrongType("make a tensor", "floating-point values do not fit " + type);
        }
        ByteBuffer bytes = allocate(type, values.length);
        for (double value : values) {
            Memory.putDouble(type, bytes, value);
        }
        return fixed(type, Memory.view(type, bytes.flip()), dims);
    }

    /**
     * Copies the bytes between position and limit of {@code data}, which are elements in native byte order.
     *
     * @param type any but BYTES
     */
    public static Tensor of(DataType type, ByteBuffer data, long... dims) {
        Tensor borrowed = wrap(type, data, dims);
        return new Tensor(type, borrowed.shape, Memory.copy(borrowed.memory()), null);
    }

    /**
     * Copies a rectangular array of arrays, such as {@code float[][][]} or {@code String[][]}.
     *
     * @throws InvalidInputException {@link ErrorCode#TENSOR_SHAPE} if it is ragged or its elements have no tensor type
     */
    public static Tensor ofNested(Object arrays) {
        return NestedArrays.toTensor(arrays);
    }

    /** Makes an FP32 tensor without dimensions. */
    public static Tensor scalar(float value) {
        return new Tensor(DataType.FP32, Shape.of(), FloatBuffer.wrap(new float[] {value}), null);
    }

    /** Makes an INT64 tensor without dimensions. */
    public static Tensor scalar(long value) {
        return new Tensor(DataType.INT64, Shape.of(), LongBuffer.wrap(new long[] {value}), null);
    }

    // ---- borrows

    /** Borrows {@code data} as an FP32 tensor. */
    public static Tensor wrap(float[] data, long... dims) {
        return fixed(DataType.FP32, FloatBuffer.wrap(data), dims);
    }

    /** Borrows {@code data} as an FP64 tensor. */
    public static Tensor wrap(double[] data, long... dims) {
        return fixed(DataType.FP64, DoubleBuffer.wrap(data), dims);
    }

    /** Borrows {@code data} as an INT64 tensor. */
    public static Tensor wrap(long[] data, long... dims) {
        return fixed(DataType.INT64, LongBuffer.wrap(data), dims);
    }

    /** Borrows {@code data} as an INT32 tensor. */
    public static Tensor wrap(int[] data, long... dims) {
        return fixed(DataType.INT32, IntBuffer.wrap(data), dims);
    }

    /** Borrows {@code data} as an INT16 tensor. */
    public static Tensor wrap(short[] data, long... dims) {
        return fixed(DataType.INT16, ShortBuffer.wrap(data), dims);
    }

    /** Borrows {@code data} as an INT8 tensor. */
    public static Tensor wrap(byte[] data, long... dims) {
        return fixed(DataType.INT8, ByteBuffer.wrap(data), dims);
    }

    /**
     * Borrows the bytes between position and limit of {@code data}, which are elements in native byte order. A direct
     * buffer goes to the engine without a copy.
     *
     * @param type any but BYTES
     * @throws InvalidInputException {@link ErrorCode#TENSOR_SIZE} if the bytes are not what type and dims ask for
     */
    public static Tensor wrap(DataType type, ByteBuffer data, long... dims) {
        requireFixedWidth(type);
        if (data.remaining() % type.byteSize() != 0) {
            throw wrongSize(type + " elements have " + type.byteSize() + " bytes each, which does not divide "
                    + data.remaining());
        }
        return fixed(type, Memory.view(type, data), dims);
    }

    private static Tensor fixed(DataType type, Buffer buffer, long[] dims) {
        return new Tensor(type, shapeFor(buffer.remaining(), dims), buffer, null);
    }

    private static ByteBuffer allocate(DataType type, long elements) {
        requireFixedWidth(type);
        if (elements > Integer.MAX_VALUE / type.byteSize()) {
            throw wrongSize(elements + " elements of " + type + " need more than 2^31-1 bytes, the most on the heap");
        }
        return ByteBuffer.allocate((int) elements * type.byteSize()).order(ByteOrder.nativeOrder());
    }

    private static void requireFixedWidth(DataType type) {
        if (type == DataType.BYTES) {
            throw wrongType("make a tensor", "BYTES elements have no fixed size");
        }
    }

    private static Shape shapeFor(int elements, long[] dims) {
        Shape shape = dims.length == 0 ? Shape.of(elements) : Shape.of(dims);
        if (shape.elements() != elements) {
            throw wrongSize(
                    "the shape " + shape + " has " + shape.elements() + " elements and the data has " + elements);
        }
        return shape;
    }

    // ---- what it is

    /** Returns the element type. */
    public DataType type() {
        return type;
    }

    /** Returns the shape. */
    public Shape shape() {
        return shape;
    }

    /** Returns the number of elements. */
    public int elements() {
        return (int) shape.elements(); // an array or buffer holds them, so they fit
    }

    /** Returns the size of the elements in bytes; for BYTES the sum of their lengths. */
    public long byteSize() {
        if (strings == null) {
            return shape.elements() * type.byteSize();
        }
        long size = 0;
        for (byte[] string : strings) {
            size += string.length;
        }
        return size;
    }

    /**
     * Returns the same elements in another shape.
     *
     * @throws InvalidInputException {@link ErrorCode#TENSOR_SIZE} if it has another number of elements
     */
    public Tensor reshape(long... dims) {
        Shape other = Shape.of(dims);
        if (other.elements() != shape.elements()) {
            throw wrongSize("the shape " + other + " has " + other.elements() + " elements and the tensor has "
                    + shape.elements());
        }
        return new Tensor(type, other, buffer, strings, loan);
    }

    /**
     * Returns some of the rows, which are the slices along the first dimension. The elements are shared.
     *
     * @param from the first row, from 0
     * @param to the row after the last
     * @throws InvalidInputException {@link ErrorCode#TENSOR_DIM} if there are no such rows
     */
    public Tensor rows(long from, long to) {
        if (shape.rank() == 0 || from < 0 || to < from || to > shape.dim(0)) {
            throw new InvalidInputException(
                    ErrorCode.TENSOR_DIM,
                    "take rows of a tensor",
                    "it has no rows " + from + " to " + to + ", its shape is " + shape,
                    "ask for rows from 0 to the first dimension");
        }
        int width = shape.dim(0) == 0 ? 0 : (int) (shape.elements() / shape.dim(0));
        int first = (int) from * width;
        int last = (int) to * width;
        Shape part = shape.with(0, to - from);
        if (strings != null) {
            return new Tensor(type, part, null, Arrays.copyOfRange(strings, first, last), loan);
        }
        Buffer slice = memory().duplicate().position(first).limit(last).slice();
        Buffer own = slice instanceof ByteBuffer b ? b.order(ByteOrder.nativeOrder()) : slice;
        return new Tensor(type, part, own, null, loan);
    }

    /**
     * Returns tensors of one type joined along the first dimension, as a copy.
     *
     * @param parts one or more, equal in type and in all dimensions but the first
     * @throws InvalidInputException {@link ErrorCode#TENSOR_SHAPE} if they do not fit together
     */
    public static Tensor concat(List<Tensor> parts) {
        Tensor first = parts.get(0);
        long rows = 0;
        for (Tensor part : parts) {
            if (part.type != first.type
                    || part.shape.rank() != first.shape.rank()
                    || part.shape.rank() == 0
                    || !part.shape.with(0, 0).equals(first.shape.with(0, 0))) {
                throw new InvalidInputException(
                        ErrorCode.TENSOR_SHAPE,
                        "join tensors",
                        part.type + "" + part.shape + " does not fit to " + first.type + first.shape,
                        "join tensors that differ in their first dimension alone");
            }
            rows += part.shape.dim(0);
        }
        Shape joined = first.shape.with(0, rows);
        if (first.strings != null) {
            byte[][] all =
                    parts.stream().flatMap(part -> Arrays.stream(part.texts())).toArray(byte[][]::new);
            return new Tensor(first.type, joined, null, all);
        }
        ByteBuffer bytes = allocate(first.type, joined.elements());
        parts.forEach(part -> part.copyTo(bytes));
        return new Tensor(first.type, joined, Memory.view(first.type, bytes.flip()), null);
    }

    // ---- reads

    /** Returns the elements of an FP32, FP16 or BF16 tensor as a new array. */
    public float[] toFloats() {
        float[] values = new float[elements()];
        switch (type) {
            case FP32 -> ((FloatBuffer) memory()).duplicate().get(values);
            case FP16, BF16 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) Memory.doubleAt(type, memory(), i);
                }
            }
            default -> throw unreadable("floats");
        }
        return values;
    }

    /** Returns the elements of a floating or integer tensor of at most 32 bits, or FP64, as a new array. */
    public double[] toDoubles() {
        double[] values = new double[elements()];
        if (type.isFloating()) {
            Arrays.setAll(values, i -> Memory.doubleAt(type, memory(), i));
        } else if (type.isInteger() && type.byteSize() < Long.BYTES) {
            Arrays.setAll(values, i -> Memory.longAt(type, memory(), i));
        } else {
            throw unreadable("doubles");
        }
        return values;
    }

    /** Returns the elements of an integer tensor as a new array; UINT64 elements must be below 2^63. */
    public long[] toLongs() {
        if (!type.isInteger()) {
            throw unreadable("longs");
        }
        long[] values = new long[elements()];
        Arrays.setAll(values, i -> Memory.longAt(type, memory(), i));
        if (type == DataType.UINT64) {
            for (long value : values) {
                if (value < 0) {
                    throw wrongType("read a tensor as longs", Long.toUnsignedString(value) + " exceeds 2^63-1");
                }
            }
        }
        return values;
    }

    /** Returns the elements of an integer tensor of at most 32 bits, UINT32 left out, as a new array. */
    public int[] toInts() {
        if (!type.isInteger() || type.byteSize() > Integer.BYTES || type == DataType.UINT32) {
            throw unreadable("ints");
        }
        int[] values = new int[elements()];
        Arrays.setAll(values, i -> (int) Memory.longAt(type, memory(), i));
        return values;
    }

    /** Returns the elements of a BOOL tensor as a new array. */
    public boolean[] toBooleans() {
        if (type != DataType.BOOL) {
            throw unreadable("booleans");
        }
        boolean[] values = new boolean[elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Memory.longAt(type, memory(), i) != 0;
        }
        return values;
    }

    /** Returns the elements of a BYTES tensor, decoded as UTF-8, as a new array. */
    public String[] toStrings() {
        byte[][] all = texts();
        String[] values = new String[all.length];
        Arrays.setAll(values, i -> new String(all[i], StandardCharsets.UTF_8));
        return values;
    }

    /** Returns the elements of a BYTES tensor as new arrays. */
    public byte[][] toByteArrays() {
        byte[][] all = texts();
        byte[][] values = new byte[all.length][];
        Arrays.setAll(values, i -> all[i].clone());
        return values;
    }

    /**
     * Returns one element of an FP32, FP16 or BF16 tensor.
     *
     * @param index one position for each dimension
     */
    public float floatAt(long... index) {
        if (!type.isFloating() || type == DataType.FP64) {
            throw unreadable("a float");
        }
        return (float) Memory.doubleAt(type, memory(), offset(index));
    }

    /**
     * Returns one element of an integer tensor; of UINT64 its bits.
     *
     * @param index one position for each dimension
     */
    public long longAt(long... index) {
        if (!type.isInteger()) {
            throw unreadable("a long");
        }
        return Memory.longAt(type, memory(), offset(index));
    }

    /**
     * Returns one element of a BYTES tensor, decoded as UTF-8.
     *
     * @param index one position for each dimension
     */
    public String stringAt(long... index) {
        return new String(texts()[offset(index)], StandardCharsets.UTF_8);
    }

    private int offset(long[] index) {
        if (index.length != shape.rank()) {
            throw new InvalidInputException(
                    ErrorCode.TENSOR_RANK,
                    "read an element",
                    index.length + " positions were given for the shape " + shape,
                    "give one position for each dimension");
        }
        long offset = 0;
        for (int i = 0; i < index.length; i++) {
            if (index[i] < 0 || index[i] >= shape.dim(i)) {
                throw new InvalidInputException(
                        ErrorCode.TENSOR_DIM,
                        "read an element",
                        "position " + Arrays.toString(index) + " is outside the shape " + shape,
                        "give positions from 0 to the dimension less one");
            }
            offset = offset * shape.dim(i) + index[i];
        }
        return (int) offset;
    }

    /**
     * Returns the memory itself, read-only and without a copy: a buffer of the element's width ({@code FloatBuffer} for
     * FP32, {@code ShortBuffer} for FP16, {@code ByteBuffer} for BOOL and so on) in native byte order. It is direct where
     * the tensor wraps direct memory. For engines; other code reads arrays. Of a tensor that is lent, the buffer must not be
     * kept.
     *
     * @throws InvalidInputException {@link ErrorCode#TENSOR_TYPE} for BYTES, which has no such memory
     */
    public Buffer asBuffer() {
        if (buffer == null) {
            throw unreadable("a buffer");
        }
        return Memory.readOnly(memory());
    }

    /** Tells whether the elements lie outside the heap, as those of a tensor that wraps a direct buffer do. */
    public boolean isDirect() {
        return buffer != null && buffer.isDirect();
    }

    /**
     * Appends the elements to {@code target} in native byte order and moves its position.
     *
     * @throws InvalidInputException {@link ErrorCode#TENSOR_TYPE} for BYTES
     * @throws java.nio.BufferOverflowException if {@link #byteSize()} bytes do not fit
     */
    public void copyTo(ByteBuffer target) {
        if (buffer == null) {
            throw unreadable("a buffer");
        }
        Memory.append(memory(), target, type.byteSize());
    }

    /**
     * Appends the elements to {@code target} as those of a larger tensor: each dimension is filled up at its end. Moves the
     * position of {@code target}.
     *
     * @param room the larger shape
     * @param fill the value of all elements that this has none for
     * @throws InvalidInputException {@link ErrorCode#TENSOR_TYPE} for BYTES, {@link ErrorCode#TENSOR_SHAPE} if {@code room} has
     *     another number of dimensions, or one that is smaller
     * @throws java.nio.BufferOverflowException if they do not fit
     */
    public void copyTo(ByteBuffer target, Shape room, double fill) {
        requireInside(shape, room);
        int elements = Math.toIntExact(room.elements());
        ByteBuffer bytes = target.slice().order(ByteOrder.nativeOrder());
        Region.fill(type, bytes, elements, fill);
        Region.copy(memory(), shape, Memory.view(type, bytes.flip()), room, shape);
        target.position(target.position() + elements * type.byteSize());
    }

    /**
     * Copies the part of this shape that begins at row {@code row}, and at 0 along every other dimension.
     *
     * @throws InvalidInputException {@link ErrorCode#TENSOR_SHAPE} or {@link ErrorCode#TENSOR_DIM} if there is no such part
     */
    public Tensor part(long row, Shape size) {
        if (size.rank() == 0 && shape.rank() == 0) {
            return copy();
        }
        Tensor rows = rows(row, row + (size.rank() == 0 ? 0 : size.dim(0)));
        requireInside(size, rows.shape);
        if (size.equals(rows.shape)) {
            return rows.copy();
        }
        if (strings != null) {
            throw wrongType("take a part of a tensor", "byte strings are taken by whole rows");
        }
        ByteBuffer bytes = allocate(type, size.elements());
        Buffer view = Memory.view(type, bytes);
        Region.copy(rows.memory(), rows.shape, view, size, size);
        return new Tensor(type, size, view, null);
    }

    /** Returns a tensor of the same elements that shares no memory with this one. */
    public Tensor copy() {
        if (strings != null) {
            return new Tensor(type, shape, null, strings.clone()); // the byte strings themselves never leave
        }
        return new Tensor(type, shape, Memory.copy(memory()), null);
    }

    private static void requireInside(Shape part, Shape whole) {
        boolean inside = part.rank() == whole.rank();
        for (int d = 0; inside && d < part.rank(); d++) {
            inside = part.dim(d) <= whole.dim(d);
        }
        if (!inside) {
            throw new InvalidInputException(
                    ErrorCode.TENSOR_SHAPE,
                    "copy a part of a tensor",
                    "the shape " + part + " does not lie within " + whole,
                    "give a shape of as many dimensions, none of them larger");
        }
    }

    private Buffer memory() {
        if (buffer == null) {
            throw unreadable("numbers");
        }
        if (loan != null) {
            loan.requireOpen(this);
        }
        return buffer;
    }

    private byte[][] texts() {
        if (strings == null) {
            throw unreadable("byte strings");
        }
        if (loan != null) {
            loan.requireOpen(this);
        }
        return strings;
    }

    // ---- errors

    private InvalidInputException unreadable(String as) {
        return wrongType("read a tensor as " + as, "its elements are " + type + ", shape " + shape);
    }

    private static InvalidInputException wrongType(String doing, String why) {
        return new InvalidInputException(ErrorCode.TENSOR_TYPE, doing, why, "use the type that holds such values");
    }

    private static InvalidInputException wrongSize(String why) {
        return new InvalidInputException(
                ErrorCode.TENSOR_SIZE, "make a tensor", why, "give exactly as many elements as the shape has");
    }

    /** Two tensors are equal if type, shape and elements are; NaN equals NaN. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Tensor that
                && type == that.type
                && shape.equals(that.shape)
                && (strings != null ? Arrays.deepEquals(strings, that.strings) : memory().equals(that.memory()));
    }

    @Override
    public int hashCode() {
        int elements = strings != null ? Arrays.deepHashCode(strings) : memory().hashCode();
        return 31 * (31 * type.hashCode() + shape.hashCode()) + elements;
    }

    /** Returns type, shape and the first few elements. */
    @Override
    public String toString() {
        if (loan != null && loan.isOver()) {
            return type + "" + shape + " {returned}";
        }
        StringJoiner shown = new StringJoiner(", ", type + "" + shape + " {", elements() > SHOWN ? ", …}" : "}");
        for (int i = 0; i < Math.min(elements(), SHOWN); i++) {
            shown.add(element(i));
        }
        return shown.toString();
    }

    private String element(int i) {
        if (strings != null) {
            return '"' + new String(strings[i], StandardCharsets.UTF_8) + '"';
        } else if (type == DataType.FP64) {
            return Double.toString(Memory.doubleAt(type, memory(), i));
        } else if (type.isFloating()) {
            return Float.toString((float) Memory.doubleAt(type, memory(), i));
        } else if (type == DataType.UINT64) {
            return Long.toUnsignedString(Memory.longAt(type, memory(), i));
        }
        return Long.toString(Memory.longAt(type, memory(), i));
    }
}
