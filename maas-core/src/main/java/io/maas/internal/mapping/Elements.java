package io.maas.internal.mapping;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * Which Java types can stand for which element types, and how they are converted. A float type carries values without
 * loss; an integer is checked against the range of what it becomes.
 */
final class Elements {
    private static final Set<Class<?>> INTEGERS = Set.of(byte.class, short.class, int.class, long.class);
    private static final Map<Class<?>, Integer> BITS =
            Map.of(byte.class, 8, short.class, 16, int.class, 32, long.class, 64);

    private Elements() {}

    /** Whether values of a Java type can be given for a tensor. */
    static boolean canGive(Class<?> java, DataType type) {
        if (INTEGERS.contains(java)) {
            return type.isInteger();
        }
        return switch (type) {
            case FP32 -> java == float.class;
            case FP64 -> java == float.class || java == double.class;
            case BOOL -> java == boolean.class;
            case BYTES -> java == String.class;
            default -> false;
        };
    }

    /** Whether elements of a tensor can be returned as a Java type. */
    static boolean canReturn(DataType type, Class<?> java) {
        if (INTEGERS.contains(java)) {
            return type.isInteger() && bits(type) <= required(java);
        }
        return switch (type) {
            case FP16, BF16, FP32 -> java == float.class || java == double.class;
            case FP64 -> java == double.class;
            case BOOL -> java == boolean.class;
            case BYTES -> java == String.class;
            case INT64, UINT64 -> false;
            default -> java == double.class;
        };
    }

    private static int required(Class<?> java) {
        return BITS.getOrDefault(java, 0);
    }

    /** The bits of a signed Java integer that holds every element; UINT64 is checked element by element. */
    private static int bits(DataType type) {
        boolean unsigned = type == DataType.UINT8 || type == DataType.UINT16 || type == DataType.UINT32;
        return unsigned ? type.byteSize() * 16 : type.byteSize() * 8;
    }

    /** Makes a tensor of a type from a one-dimensional array of a type that can be given for it. */
    static Tensor give(Object array, DataType type) {
        if (array instanceof float[] floats) {
            return type == DataType.FP32 ? Tensor.of(floats) : Tensor.of(type, widened(floats));
        } else if (array instanceof double[] doubles) {
            return Tensor.of(doubles);
        } else if (array instanceof boolean[] booleans) {
            return Tensor.of(booleans);
        } else if (array instanceof String[] strings) {
            return Tensor.of(strings);
        }
        long[] longs = new long[Array.getLength(array)];
        Arrays.setAll(longs, i -> Array.getLong(array, i));
        if (type == DataType.UINT64) {
            requireNotNegative(longs);
        }
        return Tensor.of(type, longs);
    }

    /** A tensor takes the bits of unsigned longs as they are; a number in a record is what it says. */
    private static void requireNotNegative(long[] values) {
        for (long value : values) {
            if (value < 0) {
                throw new InvalidInputException(
                        ErrorCode.TENSOR_TYPE,
                        "make a tensor of a record",
                        "the value " + value + " does not fit " + DataType.UINT64,
                        "give numbers from 0 up");
            }
        }
    }

    private static double[] widened(float[] floats) {
        double[] doubles = new double[floats.length];
        Arrays.setAll(doubles, i -> floats[i]);
        return doubles;
    }

    /** Returns the elements as a one-dimensional array of a type that they can be returned as. */
    static Object returned(Tensor tensor, Class<?> java) {
        if (java == float.class) {
            return tensor.toFloats();
        } else if (java == double.class) {
            return tensor.toDoubles();
        } else if (java == boolean.class) {
            return tensor.toBooleans();
        } else if (java == String.class) {
            return tensor.toStrings();
        }
        long[] longs = tensor.toLongs();
        if (java == long.class) {
            return longs;
        }
        Object narrow = Array.newInstance(java, longs.length);
        for (int i = 0; i < longs.length; i++) {
            set(narrow, java, i, longs[i]);
        }
        return narrow;
    }

    private static void set(Object array, Class<?> java, int index, long value) {
        if (java == int.class) {
            Array.setInt(array, index, (int) value);
        } else if (java == short.class) {
            Array.setShort(array, index, (short) value);
        } else if (java == byte.class) {
            Array.setByte(array, index, (byte) value);
        } else {
            throw new InvalidInputException(
                    ErrorCode.MAPPING, "return a tensor", "no element becomes a " + java, "use another component type");
        }
    }
}
