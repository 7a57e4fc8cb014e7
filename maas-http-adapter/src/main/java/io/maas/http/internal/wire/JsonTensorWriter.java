package io.maas.http.internal.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import io.maas.tensor.Shape;
import io.maas.tensor.Tensor;
import java.io.IOException;
import java.math.BigInteger;

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

    private static Values values(Tensor tensor) {
        return switch (tensor.type()) {
            case FP32, FP16, BF16 -> {
                float[] all = tensor.toFloats();
                yield (json, i) -> {
                    if (Float.isFinite(all[i])) {
                        json.writeNumber(all[i]);
                    } else {
                        json.writeNull();
                    }
                };
            }
            case FP64 -> {
                double[] all = tensor.toDoubles();
                yield (json, i) -> {
                    if (Double.isFinite(all[i])) {
                        json.writeNumber(all[i]);
                    } else {
                        json.writeNull();
                    }
                };
            }
            case BOOL -> {
                boolean[] all = tensor.toBooleans();
                yield (json, i) -> json.writeBoolean(all[i]);
            }
            case BYTES -> {
                String[] all = tensor.toStrings();
                yield (json, i) -> json.writeString(all[i]);
            }
            case UINT64 -> {
                Tensor flat = tensor.reshape(tensor.elements());
                yield (json, i) -> writeUnsigned(json, flat.longAt(i));
            }
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32 -> {
                long[] all = tensor.toLongs();
                yield (json, i) -> json.writeNumber(all[i]);
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
