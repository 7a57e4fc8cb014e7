package io.maas.http.internal.wire;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.tensor.DataType;
import io.maas.tensor.Shape;
import io.maas.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Tensors as bytes, as the <a
 * href="https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/extension_binary_data.md">binary data
 * extension</a> of the Open Inference Protocol has them: little-endian, row-major, BOOL in one byte, BYTES each behind its length in
 * four bytes.
 */
public final class BinaryTensors {
    private static final int LENGTH_BYTES = 4;
    private static final boolean NATIVE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private BinaryTensors() {}

    /**
     * Reads a tensor from the bytes between position and limit. Where that is possible it is a view of them: they must stay until
     * whatever is done with it has ended.
     *
     * @param name of the tensor, for messages
     * @throws InvalidInputException {@link ErrorCode#TENSOR_SIZE} if there are more or fewer bytes than type and shape ask for,
     *     {@link ErrorCode#BAD_INPUT} if they are not elements
     */
    public static Tensor read(String name, DataType type, Shape shape, ByteBuffer bytes) {
        if (type == DataType.BYTES) {
            return texts(name, shape, bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN));
        }
        long wanted;
        try {
            wanted = Math.multiplyExact(shape.elements(), type.byteSize());
        } catch (ArithmeticException e) {
            wanted = Long.MAX_VALUE;
        }
        if (bytes.remaining() != wanted) {
            throw wrongSize(name, type, shape, bytes.remaining() + " bytes, and needs " + wanted);
        }
        if (type == DataType.BOOL) {
            requireTruth(name, bytes);
        }
        return Tensor.wrap(type, NATIVE ? bytes : swapped(type, bytes), shape.toArray());
    }

    private static InvalidInputException wrongSize(String name, DataType type, Shape shape, String why) {
        return new InvalidInputException(
                ErrorCode.TENSOR_SIZE,
                "read the data of " + name,
                "it has " + why + " as " + type + shape,
                "make binary_data_size what type and shape ask for");
    }

    private static void requireTruth(String name, ByteBuffer bytes) {
        for (int i = bytes.position(); i < bytes.limit(); i++) {
            if ((bytes.get(i) & ~1) != 0) {
                throw new InvalidInputException(
                        ErrorCode.BAD_INPUT,
                        "read the data of " + name,
                        "a BOOL is the byte " + bytes.get(i),
                        "send 0 or 1 for each");
            }
        }
    }

    private static ByteBuffer swapped(DataType type, ByteBuffer bytes) {
        ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).order(ByteOrder.nativeOrder());
        copy.put(bytes.duplicate()).flip();
        swap(type, copy);
        return copy;
    }

    private static void swap(DataType type, ByteBuffer bytes) {
        int width = type.byteSize();
        for (int at = 0; at + width <= bytes.limit(); at += width) {
            for (int low = at, high = at + width - 1; low < high; low++, high--) {
                byte other = bytes.get(low);
                bytes.put(low, bytes.get(high)).put(high, other);
            }
        }
    }

    private static Tensor texts(String name, Shape shape, ByteBuffer bytes) {
        if (shape.elements() > bytes.remaining() / LENGTH_BYTES) {
            throw wrongSize(name, DataType.BYTES, shape, bytes.remaining() + " bytes, too few");
        }
        byte[][] all = new byte[(int) shape.elements()][];
        for (int i = 0; i < all.length; i++) {
            int length = bytes.remaining() < LENGTH_BYTES ? -1 : bytes.getInt();
            if (length < 0 || length > bytes.remaining()) {
                throw wrongSize(name, DataType.BYTES, shape, "an element " + i + " that does not end within the data");
            }
            all[i] = new byte[length];
            bytes.get(all[i]);
        }
        if (bytes.hasRemaining()) {
            throw wrongSize(name, DataType.BYTES, shape, bytes.remaining() + " bytes behind the last element");
        }
        return Tensor.of(all, shape.toArray());
    }

    /** Returns how many bytes a tensor takes. */
    public static long size(Tensor tensor) {
        long lengths = tensor.type() == DataType.BYTES ? (long) LENGTH_BYTES * tensor.elements() : 0;
        return tensor.byteSize() + lengths;
    }

    /**
     * Returns the bytes of a tensor in parts, made one after the other: what is large is not held twice. The next part takes the place
     * of the one before.
     */
    public static Iterator<ByteBuffer> parts(Tensor tensor) {
        return size(tensor) <= Parts.BYTES ? List.of(write(tensor)).iterator() : new Parts(tensor);
    }

    /** Whoever asks whether there is another part has not written the one before yet. */
    private static final class Parts implements Iterator<ByteBuffer> {
        private static final int BYTES = 128 << 10;
        private static final int TEXTS = 1 << 10;

        private final Tensor flat;
        private final int elements;
        private final int step;
        private final ByteBuffer memory;
        private int next;

        Parts(Tensor tensor) {
            elements = tensor.elements();
            flat = tensor.reshape(elements);
            boolean fixed = tensor.type() != DataType.BYTES;
            step = fixed ? BYTES / tensor.type().byteSize() : TEXTS;
            memory = ByteBuffer.allocate(fixed ? BYTES : 0).order(ByteOrder.nativeOrder());
        }

        @Override
        public boolean hasNext() {
            return next < elements;
        }

        @Override
        public ByteBuffer next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Tensor part = flat.rows(next, Math.min(next + step, elements));
            next += part.elements();
            return part.type() == DataType.BYTES ? texts(part) : copy(part, memory.clear());
        }
    }

    /** Returns the bytes of a tensor, from position 0 to the limit. */
    public static ByteBuffer write(Tensor tensor) {
        return tensor.type() == DataType.BYTES
                ? texts(tensor)
                : copy(
                        tensor,
                        ByteBuffer.allocate(Math.toIntExact(tensor.byteSize())).order(ByteOrder.nativeOrder()));
    }

    private static ByteBuffer copy(Tensor tensor, ByteBuffer bytes) {
        tensor.copyTo(bytes);
        bytes.flip();
        if (!NATIVE) {
            swap(tensor.type(), bytes);
        }
        return bytes;
    }

    private static ByteBuffer texts(Tensor tensor) {
        byte[][] all = tensor.toByteArrays();
        int size = 0;
        for (byte[] one : all) {
            size = Math.addExact(size, Math.addExact(one.length, LENGTH_BYTES));
        }
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        for (byte[] one : all) {
            bytes.putInt(one.length).put(one);
        }
        return bytes.flip();
    }
}
