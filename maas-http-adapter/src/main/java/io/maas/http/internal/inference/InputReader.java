package io.maas.http.internal.inference;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.http.internal.exchange.BufferStream;
import io.maas.http.internal.wire.Json;
import io.maas.http.internal.wire.JsonTensors;
import io.maas.tensor.DataType;
import io.maas.tensor.Shape;
import io.maas.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads one input of a request. Its data may come before its type; then it is read again once that is known. */
final class InputReader {
    private static final int MOST_DIMS = 8;

    private @Nullable String name;
    private @Nullable DataType type;
    private @Nullable Shape shape;
    private @Nullable Tensor data;
    private @Nullable ByteBuffer early;
    private long binarySize = -1;

    private InputReader() {}

    /**
     * Reads the object that the parser is at.
     *
     * @param document what the parser reads, from its beginning
     */
    static InputReader read(JsonParser json, ByteBuffer document) throws IOException {
        requireObject(json, "an input");
        InputReader input = new InputReader();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "name" -> input.name = text(json, "the name of an input");
                case "datatype" -> input.type = type(text(json, "datatype"));
                case "shape" -> input.shape = shape(json, value);
                case "data" -> input.data(json, document);
                case "parameters" -> input.parameters(json);
                default -> json.skipChildren();
            }
        }
        input.complete();
        return input;
    }

    private void data(JsonParser json, ByteBuffer document) throws IOException {
        if (name != null && type != null && shape != null) {
            data = JsonTensors.read(json, name, type, shape);
        } else {
            int begin = (int) json.currentTokenLocation().getByteOffset();
            if (begin < 0) { // Jackson reads what is not UTF-8 too, and does not say where it is
                throw Json.unexpected("read an input", "the request is not in UTF-8", "send it so");
            }
            json.skipChildren();
            json.finishToken();
            int end = (int) json.currentLocation().getByteOffset();
            early = document.slice(document.position() + begin, end - begin);
        }
    }

    private void parameters(JsonParser json) throws IOException {
        requireObject(json, "the parameters of an input");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean size = json.currentName().equals("binary_data_size");
            json.nextToken();
            if (size) {
                binarySize = whole(json, "binary_data_size");
                if (binarySize < 0) {
                    throw Json.unexpected("read binary_data_size", "it is negative, " + binarySize, "send bytes");
                }
            } else {
                json.skipChildren();
            }
        }
    }

    private void complete() throws IOException {
        if (name == null || type == null || shape == null) {
            throw Json.unexpected(
                    "read an input",
                    "it has no " + (name == null ? "name" : type == null ? "datatype" : "shape"),
                    "send name, datatype, shape and data");
        }
        if (early != null) {
            try (InputStream in = new BufferStream(early);
                    JsonParser again = Json.FACTORY.createParser(in)) {
                again.nextToken();
                data = JsonTensors.read(again, name, type, shape);
            }
        }
        if ((data == null) == (binarySize < 0)) {
            throw Json.unexpected(
                    "read input " + name,
                    data == null ? "it has no data" : "it has data as JSON and as bytes",
                    "send data, or binary_data_size and the bytes behind the JSON");
        }
    }

    private static DataType type(String name) {
        DataType type = JsonTensors.typeOf(name);
        if (type == null) {
            throw new InvalidInputException(
                    ErrorCode.TENSOR_TYPE,
                    "read an input",
                    "there is no datatype " + (name.length() > 32 ? name.substring(0, 32) + "…" : name),
                    "send one of " + Arrays.toString(DataType.values()));
        }
        return type;
    }

    private static Shape shape(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.START_ARRAY) {
            throw Json.unexpected(
                    "read shape", "it is " + Json.describe(value) + ", not an array", "send an array of sizes");
        }
        long[] dims = new long[MOST_DIMS];
        int rank = 0;
        long elements = 1;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (rank == MOST_DIMS) {
                throw badShape("it has more than " + MOST_DIMS + " dimensions");
            }
            long dim = whole(json, "shape");
            if (dim < 1) {
                throw badShape("it has the size " + dim);
            }
            try {
                elements = Math.multiplyExact(elements, dim);
            } catch (ArithmeticException e) {
                throw badShape("its elements cannot be counted");
            }
            dims[rank++] = dim;
        }
        if (elements > Integer.MAX_VALUE) {
            throw badShape("it has " + elements + " elements, more than can be held");
        }
        return Shape.of(Arrays.copyOf(dims, rank));
    }

    private static InvalidInputException badShape(String why) {
        return new InvalidInputException(
                ErrorCode.TENSOR_SHAPE, "read shape", why, "send at most 8 sizes of 1 or more that fit the data");
    }

    static void requireObject(JsonParser json, String what) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw Json.unexpected(
                    "read " + what,
                    "it is " + Json.describe(json.currentToken()) + ", not an object",
                    "send an object");
        }
    }

    private static String text(JsonParser json, String what) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING || json.getTextLength() == 0) {
            throw Json.unexpected(
                    "read " + what, "it is " + Json.describe(json.currentToken()) + " or empty", "send a string");
        }
        return json.getText();
    }

    /** Reads a whole number. */
    static long whole(JsonParser json, String what) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
                || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw Json.unexpected(
                    "read " + what,
                    "it is " + Json.describe(json.currentToken()) + " or too large",
                    "send a whole number below 2^63");
        }
        return json.getLongValue();
    }

    String name() {
        return known(name);
    }

    DataType type() {
        return known(type);
    }

    Shape shape() {
        return known(shape);
    }

    Tensor data() {
        return known(data);
    }

    private static <T> T known(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("the input was not read completely");
        }
        return value;
    }

    /** How many bytes of it follow the JSON; negative if it came in the JSON. */
    long binarySize() {
        return binarySize;
    }
}
