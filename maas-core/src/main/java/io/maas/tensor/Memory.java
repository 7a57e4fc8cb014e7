package io.maas.tensor;

import java.nio.Buffer;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/**
 * What the element types have in common when they lie in memory. Each type is carried by the NIO buffer of its width,
 * so that a Java array can be borrowed as it is and a direct buffer can go to an engine without a copy.
 */
final class Memory {
    private Memory() {}

    /** Views native-order bytes as the buffer that carries {@code type}. */
    static Buffer view(DataType type, ByteBuffer bytes) {
        ByteBuffer ordered = bytes.slice().order(ByteOrder.nativeOrder());
        return switch (type) {
            case BOOL, INT8, UINT8 -> ordered;
            case INT16, UINT16, FP16, BF16 -> ordered.asShortBuffer();
            case INT32, UINT32 -> ordered.asIntBuffer();
            case INT64, UINT64 -> ordered.asLongBuffer();
            case FP32 -> ordered.asFloatBuffer();
            case FP64 -> ordered.asDoubleBuffer();
            case BYTES -> throw new IllegalArgumentException("BYTES has no fixed width");
        };
    }

    /** A copy on the heap, in the same carrier. */
    static Buffer copy(Buffer source) {
        int at = source.position();
        int length = source.remaining();
        if (source instanceof FloatBuffer from) {
            return FloatBuffer.allocate(length).put(0, from, at, length);
        } else if (source instanceof LongBuffer from) {
            return LongBuffer.allocate(length).put(0, from, at, length);
        } else if (source instanceof DoubleBuffer from) {
            return DoubleBuffer.allocate(length).put(0, from, at, length);
        } else if (source instanceof IntBuffer from) {
            return IntBuffer.allocate(length).put(0, from, at, length);
        } else if (source instanceof ShortBuffer from) {
            return ShortBuffer.allocate(length).put(0, from, at, length);
        }
        ByteBuffer copy = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
        return copy.put(0, (ByteBuffer) source, at, length);
    }

    /** Appends all of {@code source} to {@code target} in native order and moves the target's position. */
    static void append(Buffer source, ByteBuffer target, int byteSize) {
        ByteBuffer to = target.order() == ByteOrder.nativeOrder()
                ? target
                : target.duplicate().order(ByteOrder.nativeOrder());
        int length = source.remaining();
        if (to.remaining() < (long) length * byteSize) {
            throw new BufferOverflowException();
        }
        // absolute puts spare the duplicates that keep the source's position where it is
        if (source instanceof FloatBuffer from) {
            to.asFloatBuffer().put(0, from, from.position(), length);
        } else if (source instanceof LongBuffer from) {
            to.asLongBuffer().put(0, from, from.position(), length);
        } else if (source instanceof DoubleBuffer from) {
            to.asDoubleBuffer().put(0, from, from.position(), length);
        } else if (source instanceof IntBuffer from) {
            to.asIntBuffer().put(0, from, from.position(), length);
        } else if (source instanceof ShortBuffer from) {
            to.asShortBuffer().put(0, from, from.position(), length);
        } else {
            ByteBuffer from = (ByteBuffer) source;
            to.put(to.position(), from, from.position(), length);
        }
        target.position(target.position() + source.remaining() * byteSize);
    }

    static Buffer readOnly(Buffer source) {
        if (source instanceof FloatBuffer from) {
            return from.asReadOnlyBuffer();
        } else if (source instanceof LongBuffer from) {
            return from.asReadOnlyBuffer();
        } else if (source instanceof DoubleBuffer from) {
            return from.asReadOnlyBuffer();
        } else if (source instanceof IntBuffer from) {
            return from.asReadOnlyBuffer();
        } else if (source instanceof ShortBuffer from) {
            return from.asReadOnlyBuffer();
        }
        return ((ByteBuffer) source).asReadOnlyBuffer().order(ByteOrder.nativeOrder());
    }

    /** The element as a long; for floating types this is not called. */
    static long longAt(DataType type, Buffer buffer, int index) {
        return switch (type) {
            case BOOL, UINT8 -> ((ByteBuffer) buffer).get(index) & 0xffL;
            case INT8 -> ((ByteBuffer) buffer).get(index);
            case INT16 -> ((ShortBuffer) buffer).get(index);
            case UINT16 -> ((ShortBuffer) buffer).get(index) & 0xffffL;
            case INT32 -> ((IntBuffer) buffer).get(index);
            case UINT32 -> ((IntBuffer) buffer).get(index) & 0xffffffffL;
            case INT64, UINT64 -> ((LongBuffer) buffer).get(index);
            case FP16, BF16, FP32, FP64, BYTES -> throw new IllegalArgumentException(type + " is no integer");
        };
    }

    /** The element as a double; for integers and bytes this is not called. */
    static double doubleAt(DataType type, Buffer buffer, int index) {
        return switch (type) {
            case FP16 -> Half.fromFp16(((ShortBuffer) buffer).get(index));
            case BF16 -> Half.fromBf16(((ShortBuffer) buffer).get(index));
            case FP32 -> ((FloatBuffer) buffer).get(index);
            case FP64 -> ((DoubleBuffer) buffer).get(index);
            case BOOL, INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BYTES ->
                throw new IllegalArgumentException(type + " is no floating type");
        };
    }

    static void putLong(DataType type, ByteBuffer target, long value) {
        switch (type.byteSize()) {
            case 1 -> target.put((byte) value);
            case 2 -> target.putShort((short) value);
            case 4 -> target.putInt((int) value);
            default -> target.putLong(value);
        }
    }

    static void putDouble(DataType type, ByteBuffer target, double value) {
        switch (type) {
            case FP16 -> target.putShort(Half.toFp16(value));
            case BF16 -> target.putShort(Half.toBf16(value));
            case FP32 -> target.putFloat((float) value);
            default -> target.putDouble(value);
        }
    }

    /** Tells whether {@code value} is one that elements of an integer type or BOOL can have. UINT64 takes any bits. */
    static boolean fits(DataType type, long value) {
        return switch (type) {
            case BOOL -> value == 0 || value == 1;
            case INT8 -> value == (byte) value;
            case INT16 -> value == (short) value;
            case INT32 -> value == (int) value;
            case UINT8 -> value >>> 8 == 0;
            case UINT16 -> value >>> 16 == 0;
            case UINT32 -> value >>> 32 == 0;
            case INT64, UINT64 -> true;
            case FP16, BF16, FP32, FP64, BYTES -> false;
        };
    }
}
