package io.maas.http.internal.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Collects the elements of one tensor from JSON, in an array of their own type. Memory grows with what came, not with what was announced. */
abstract class Elements {
    private static final int FIRST = 128;
    private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(Long.SIZE);

    final String name;
    final DataType type;
    int size;

    private Elements(String name, DataType type) {
        this.name = name;
        this.type = type;
    }

    /**
     * Returns an empty collection.
     *
     * @param name of the tensor, for messages
     * @param expected as many elements as there will probably be
     */
    static Elements of(String name, DataType type, long expected) {
        int first = (int) Math.min(Math.max(expected, 1), 1 << 16);
        return switch (type) {
            case FP32 -> new Floats(name, first);
            case FP64, FP16, BF16 -> new Doubles(name, type, first);
            case BYTES -> new Texts(name, Math.min(first, FIRST));
            case BOOL, INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64 -> new Longs(name, type, first);
        };
    }

    /**
     * Takes the current token and those behind it for as long as they are elements.
     *
     * @return the first that is none
     * @throws InvalidInputException {@link ErrorCode#BAD_INPUT} if one does not fit the type
     */
    final @Nullable JsonToken take(JsonParser json) throws IOException {
        JsonToken token = json.currentToken();
        while (isScalar(token)) {
            takeOne(json);
            token = json.nextToken();
        }
        return token;
    }

    /** Takes the current token, and reads none behind it. */
    final void takeOne(JsonParser json) throws IOException {
        add(json, json.currentToken());
        size++;
    }

    /** Puts the value of a token at index {@link #size}. */
    abstract void add(JsonParser json, JsonToken token) throws IOException;

    /** Makes a tensor of what came. */
    abstract Tensor tensor(long[] dims);

    final InvalidInputException wrong(JsonToken token) {
        return wrong("is " + Json.describe(token));
    }

    final InvalidInputException wrong(String why) {
        return new InvalidInputException(
                ErrorCode.BAD_INPUT,
                "read the data of " + name,
                "element " + size + " " + why,
                "send values of " + type + (type.isFloating() ? ", finite ones" : ""));
    }

    private static int grown(int length) {
        return Math.addExact(length, (length >> 1) + FIRST);
    }

    /** Tells whether a token would be an element of some type. */
    static boolean isScalar(@Nullable JsonToken token) {
        return token != null && token.isScalarValue();
    }

    private static final class Floats extends Elements {
        private float[] values;

        Floats(String name, int first) {
            super(name, DataType.FP32);
            values = new float[first];
        }

        @Override
        void add(JsonParser json, JsonToken token) throws IOException {
            if (!token.isNumeric()) {
                throw wrong(token);
            }
            float value = Decimals.floatValue(json);
            if (!Float.isFinite(value)) {
                throw wrong("is out of range");
            }
            if (size == values.length) {
                values = Arrays.copyOf(values, grown(size));
            }
            values[size] = value;
        }

        @Override
        Tensor tensor(long[] dims) {
            return Tensor.wrap(size == values.length ? values : Arrays.copyOf(values, size), dims);
        }
    }

    private static final class Doubles extends Elements {
        private double[] values;

        Doubles(String name, DataType type, int first) {
            super(name, type);
            values = new double[first];
        }

        @Override
        void add(JsonParser json, JsonToken token) throws IOException {
            if (!token.isNumeric()) {
                throw wrong(token);
            }
            double value = Decimals.doubleValue(json);
            if (!Double.isFinite(value)) {
                throw wrong("is out of range");
            }
            if (size == values.length) {
                values = Arrays.copyOf(values, grown(size));
            }
            values[size] = value;
        }

        @Override
        Tensor tensor(long[] dims) {
            double[] all = size == values.length ? values : Arrays.copyOf(values, size);
            return type == DataType.FP64 ? Tensor.wrap(all, dims) : Tensor.of(type, all, dims);
        }
    }

    /** Whole numbers of every type, and truth values. */
    private static final class Longs extends Elements {
        private final long least;
        private final long most;
        private long[] values;

        Longs(String name, DataType type, int first) {
            super(name, type);
            values = new long[first];
            int bits = type.byteSize() * Byte.SIZE;
            boolean signed = switch (type) {
                case INT8, INT16, INT32, INT64 -> true;
                default -> false;
            };
            most = type == DataType.BOOL ? 1 : signed ? Long.MAX_VALUE >> (Long.SIZE - bits) : (1L << bits) - 1;
            least = signed ? -most - 1 : 0;
        }

        @Override
        void add(JsonParser json, JsonToken token) throws IOException {
            if (size == values.length) {
                values = Arrays.copyOf(values, grown(size));
            }
            values[size] = value(json, token);
        }

        private long value(JsonParser json, JsonToken token) throws IOException {
            if (type == DataType.BOOL && (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE)) {
                return token == JsonToken.VALUE_TRUE ? 1 : 0;
            }
            if (token != JsonToken.VALUE_NUMBER_INT) {
                throw wrong(token);
            }
            if (type == DataType.UINT64) {
                BigInteger value = json.getBigIntegerValue();
                if (value.signum() < 0 || value.compareTo(TWO_TO_64) >= 0) {
                    throw wrong("is out of range");
                }
                return value.longValue();
            }
            try {
                long value = json.getLongValue();
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (InputCoercionException e) {
                throw wrong("is out of range");
            }
            throw wrong("is out of range");
        }

        @Override
        Tensor tensor(long[] dims) {
            long[] all = size == values.length ? values : Arrays.copyOf(values, size);
            return type == DataType.INT64 ? Tensor.wrap(all, dims) : Tensor.of(type, all, dims);
        }
    }

    private static final class Texts extends Elements {
        private String[] values;

        Texts(String name, int first) {
            super(name, DataType.BYTES);
            values = new String[first];
        }

        @Override
        void add(JsonParser json, JsonToken token) throws IOException {
            if (token != JsonToken.VALUE_STRING) {
                throw wrong(token);
            }
            if (size == values.length) {
                values = Arrays.copyOf(values, grown(size));
            }
            values[size] = json.getText();
        }

        @Override
        Tensor tensor(long[] dims) {
            return Tensor.of(Arrays.copyOf(values, size), dims);
        }
    }
}
