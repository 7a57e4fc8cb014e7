package io.maas.http.internal.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import io.maas.tensor.Shape;
import io.maas.tensor.Tensor;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/**
 * Writes the elements of one tensor as JSON. Values that JSON has no number for, infinite ones and NaN, are written as null: readers
 * of arrays take that for NaN. Bytes that are no UTF-8 are written with replacement characters; the binary extension has them as they
 * are.
 */
public final class JsonTensorWriter {
    private final JsonGenerator json;
    private final Values values;
    private int next;

    private JsonTensorWriter(JsonGenerator json, Tensor tensor) {
        this.json = json;
        this.values = values(tensor);
    }

    /** Writes one value of a tensor, by its index in row-major order. */
    @FunctionalInterface
    private interface Values {
        void write(JsonGenerator json, int index) throws IOException;
    }

    /** Writes all elements as one array. */
    public static void writeFlat(JsonGenerator json, Tensor tensor) throws IOException {
        JsonTensorWriter writer = new JsonTensorWriter(json, tensor);
        json.writeStartArray();
        writer.write(tensor.elements());
        json.writeEndArray();
    }

    /** Writes nested arrays as the shape says; a tensor without dimensions as its value. */
    public static void writeNested(JsonGenerator json, Tensor tensor) throws IOException {
        new JsonTensorWriter(json, tensor).write(0, tensor.shape());
    }

    private void write(int dim, Shape shape) throws IOException {
        if (shape.rank() == 0) {
            write(1);
            return;
        }
        json.writeStartArray();
        int size = Math.toIntExact(shape.dim(dim));
        if (dim == shape.rank() - 1) {
            write(size);
        } else {
            for (int i = 0; i < size; i++) {
                write(dim + 1, shape);
            }
        }
        json.writeEndArray();
    }

    private void write(int count) throws IOException {
        for (int end = next + count; next < end; next++) {
            values.write(json, next);
        }
    }

    /** Elements are read where they lie: a copy in an array would hold a large output twice. */
    private static Values values(Tensor tensor) {
        return switch (tensor.type()) {
            case FP32 -> floats((FloatBuffer) tensor.asBuffer());
            case FP16, BF16 -> floats(FloatBuffer.wrap(tensor.toFloats()));
            case FP64 -> doubles((DoubleBuffer) tensor.asBuffer());
            case BOOL -> {
                ByteBuffer all = (ByteBuffer) tensor.asBuffer();
                yield (json, i) -> json.writeBoolean(all.get(i) != 0);
            }
            case BYTES -> {
                Tensor flat = tensor.reshape(tensor.elements());
                yield (json, i) -> json.writeString(flat.stringAt(i));
            }
            case INT8 -> {
                ByteBuffer all = (ByteBuffer) tensor.asBuffer();
                yield (json, i) -> json.writeNumber((int) all.get(i));
            }
            case UINT8 -> {
                ByteBuffer all = (ByteBuffer) tensor.asBuffer();
                yield (json, i) -> json.writeNumber(Byte.toUnsignedInt(all.get(i)));
            }
            case INT16 -> {
                ShortBuffer all = (ShortBuffer) tensor.asBuffer();
                yield (json, i) -> json.writeNumber((int) all.get(i));
            }
            case UINT16 -> {
                ShortBuffer all = (ShortBuffer) tensor.asBuffer();
                yield (json, i) -> json.writeNumber(Short.toUnsignedInt(all.get(i)));
            }
            case INT32 -> {
                IntBuffer all = (IntBuffer) tensor.asBuffer();
                yield (json, i) -> json.writeNumber(all.get(i));
            }
            case UINT32 -> {
                IntBuffer all = (IntBuffer) tensor.asBuffer();
                yield (json, i) -> json.writeNumber(Integer.toUnsignedLong(all.get(i)));
            }
            case INT64 -> {
                LongBuffer all = (LongBuffer) tensor.asBuffer();
                yield (json, i) -> json.writeNumber(all.get(i));
            }
            case UINT64 -> {
                LongBuffer all = (LongBuffer) tensor.asBuffer();
                yield (json, i) -> writeUnsigned(json, all.get(i));
            }
        };
    }

    private static Values floats(FloatBuffer all) {
        return (json, i) -> {
            float value = all.get(i);
            if (Float.isFinite(value)) {
                json.writeNumber(value);
            } else {
                json.writeNull();
            }
        };
    }

    private static Values doubles(DoubleBuffer all) {
        return (json, i) -> {
            double value = all.get(i);
            if (Double.isFinite(value)) {
                json.writeNumber(value);
            } else {
                json.writeNull();
            }
        };
    }

    private static void writeUnsigned(JsonGenerator json, long bits) throws IOException {
        if (bits >= 0) {
            json.writeNumber(bits);
        } else {
            json.writeNumber(new BigInteger(Long.toUnsignedString(bits)));
        }
    }
}
