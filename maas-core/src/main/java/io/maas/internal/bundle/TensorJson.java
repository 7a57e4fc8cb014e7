package io.maas.internal.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.error.InvalidInputException;
import io.maas.tensor.DataType;
import io.maas.tensor.Shape;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * Tensors as JSON: {@code [{"name", "dtype", "shape", "data"}]}. The data is flat, row-major: numbers, {@code true} and
 * {@code false} for BOOL (1 and 0 are read too), texts for BYTES, or {@code {"base64": "…"}} for one that is no text, such
 * as an encoded image. Every value survives; NaN and infinities have no JSON and are refused.
 */
public final class TensorJson {
    private static final String BASE64 = "base64";

    private TensorJson() {}

    /**
     * Reads tensors.
     *
     * @param node an array of tensors
     * @param at its place, for messages
     * @throws InvalidInputException with the place's code if it is anything else
     */
    public static Tensors read(JsonNode node, JsonPlace at) {
        Tensors.Builder tensors = Tensors.builder();
        JsonFields.items(node, at, (item, place) -> {
            JsonFields fields = new JsonFields(item, place);
            String name = fields.text("name");
            Tensor tensor = tensor(fields);
            fields.end();
            try {
                return tensors.add(name, tensor);
            } catch (InvalidInputException e) {
                throw place.refused("the name is taken, " + Origin.quoted(name), e);
            }
        });
        return tensors.build();
    }

    private static Tensor tensor(JsonFields fields) {
        DataType type = type(fields);
        List<Long> dims = fields.list("shape", TensorJson::dim);
        JsonNode data = fields.node("data");
        JsonPlace at = fields.place("data");
        if (!data.isArray()) {
            throw at.refused("an array is expected, found " + JsonFields.kind(data));
        }
        try {
            Tensor flat = flat(type, data, at);
            return flat.reshape(dims.stream().mapToLong(Long::longValue).toArray());
        } catch (InvalidInputException e) {
            throw e.code() == at.code() ? e : at.refused("the values do not fit, " + e.getMessage(), e);
        }
    }

    static DataType type(JsonFields fields) {
        String name = fields.text("dtype");
        for (DataType type : DataType.values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        throw fields.place("dtype")
                .refused(
                        "no element type is called " + Origin.quoted(name), "use one of " + List.of(DataType.values()));
    }

    private static Long dim(JsonNode node, JsonPlace at) {
        if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            throw at.refused("a size is expected, found " + JsonFields.kind(node));
        }
        return node.longValue();
    }

    private static Tensor flat(DataType type, JsonNode data, JsonPlace at) {
        if (type == DataType.BYTES) {
            byte[][] strings = new byte[data.size()][];
            for (int i = 0; i < strings.length; i++) {
                strings[i] = string(data.get(i), at.item(i));
            }
            return Tensor.of(strings);
        } else if (type.isFloating()) {
            double[] values = new double[data.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = floating(type, data.get(i), at, i);
            }
            return Tensor.of(type, values);
        }
        long[] values = new long[data.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = whole(type, data.get(i), at, i);
        }
        return Tensor.of(type, values);
    }

    private static byte[] string(JsonNode node, JsonPlace at) {
        if (!node.isObject()) {
            return JsonFields.textOf(node, at).getBytes(StandardCharsets.UTF_8);
        }
        JsonFields fields = new JsonFields(node, at);
        String base64 = fields.text(BASE64);
        fields.end();
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw at.field(BASE64).refused("it is not Base64", e);
        }
    }

    private static double floating(DataType type, JsonNode node, JsonPlace at, int i) {
        double value = node.doubleValue();
        // a value may be finite as a double and infinite in the tensor
        if (!node.isNumber() || !Double.isFinite(value) || isInfiniteAs(type, value)) {
            throw at.item(i).refused("a finite " + type + " is expected, found " + JsonFields.kind(node));
        }
        return value;
    }

    private static boolean isInfiniteAs(DataType type, double value) {
        return type != DataType.FP64
                && Double.isInfinite(Tensor.of(type, new double[] {value}).floatAt(0));
    }

    private static long whole(DataType type, JsonNode node, JsonPlace at, int i) {
        if (type == DataType.BOOL && node.isBoolean()) {
            return node.booleanValue() ? 1 : 0;
        }
        if (type == DataType.UINT64 && node.isIntegralNumber() && isUnsignedLong(node.bigIntegerValue())) {
            return node.bigIntegerValue().longValue();
        }
        if (type == DataType.UINT64 || !node.isIntegralNumber() || !node.canConvertToLong()) {
            throw at.item(i).refused("a value of " + type + " is expected, found " + JsonFields.kind(node));
        }
        return node.longValue();
    }

    private static boolean isUnsignedLong(BigInteger value) {
        return value.signum() >= 0 && value.bitLength() <= Long.SIZE;
    }

    /**
     * Writes tensors.
     *
     * @param at their place, for messages
     * @throws InvalidInputException with the place's code if a value has no JSON
     */
    public static ArrayNode write(Tensors tensors, JsonPlace at) {
        ArrayNode array = Json.NODES.arrayNode();
        tensors.forEach((name, tensor) -> {
            ObjectNode node = Json.NODES.objectNode().put("name", name);
            node.put("dtype", tensor.type().name());
            node.set("shape", shape(tensor.shape()));
            node.set("data", data(tensor, at.field(name)));
            array.add(node);
        });
        return array;
    }

    private static ArrayNode shape(Shape shape) {
        ArrayNode dims = Json.NODES.arrayNode();
        for (long dim : shape.toArray()) {
            dims.add(dim);
        }
        return dims;
    }

    private static ArrayNode data(Tensor tensor, JsonPlace at) {
        ArrayNode data = Json.NODES.arrayNode();
        switch (tensor.type()) {
            case BYTES -> {
                for (byte[] bytes : tensor.toByteArrays()) {
                    data.add(string(bytes));
                }
            }
            case BOOL -> {
                for (boolean value : tensor.toBooleans()) {
                    data.add(value);
                }
            }
            case FP64 -> {
                for (double value : tensor.toDoubles()) {
                    data.add(FreeJson.finite(value, at));
                }
            }
            case FP32, FP16, BF16 -> {
                for (float value : tensor.toFloats()) {
                    data.add(FreeJson.finite(value, at));
                }
            }
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64 -> addWhole(tensor, data);
        }
        return data;
    }

    private static JsonNode string(byte[] bytes) {
        try {
            // a new decoder reports what String's constructor would replace
            return Json.NODES.textNode(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Json.NODES.objectNode().put(BASE64, Base64.getEncoder().encodeToString(bytes));
        }
    }

    private static void addWhole(Tensor tensor, ArrayNode data) {
        Tensor flat = tensor.reshape(tensor.elements());
        for (int i = 0; i < flat.elements(); i++) {
            long value = flat.longAt(i);
            if (value < 0 && tensor.type() == DataType.UINT64) {
                data.add(new BigInteger(Long.toUnsignedString(value)));
            } else {
                data.add(value);
            }
        }
    }
}
