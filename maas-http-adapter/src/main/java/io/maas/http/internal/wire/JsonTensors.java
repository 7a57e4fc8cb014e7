package io.maas.http.internal.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.tensor.DataType;
import io.maas.tensor.Shape;
import io.maas.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads tensors from JSON arrays, flat or nested. */
public final class JsonTensors {
    /** How much JSON an element takes where many are sent, more or less. */
    private static final int USUAL_BYTES = 10;

    private JsonTensors() {}

    /**
     * Reads data whose shape was announced: flat in row-major order, or nested as the shape says.
     *
     * @param json at the first token of the data; is left at its last
     * @param name of the tensor, for messages
     * @throws InvalidInputException {@link ErrorCode#TENSOR_SHAPE} if the data does not fit the shape, {@link ErrorCode#BAD_INPUT} if
     *     a value does not fit the type
     */
    public static Tensor read(JsonParser json, String name, DataType type, Shape shape) throws IOException {
        Elements elements = Elements.of(name, type, shape.elements());
        long[] found = collect(json, elements);
        boolean flat = found.length <= 1 && elements.size == shape.elements();
        if (!flat && !Arrays.equals(found, shape.toArray())) {
            throw new InvalidInputException(
                    ErrorCode.TENSOR_SHAPE,
                    "read the data of " + name,
                    "it has the shape " + Arrays.toString(found) + " and was announced as " + shape,
                    "send as many elements as the shape says, in one array or nested like it");
        }
        return elements.tensor(shape.toArray());
    }

    /**
     * Reads nested arrays and takes the shape from them; one value alone has none.
     *
     * @param json at the first token of the data; is left at its last
     * @param name of the tensor, for messages
     * @param bytes how long its JSON is at most, by which memory is reckoned
     * @throws InvalidInputException {@link ErrorCode#TENSOR_SHAPE} if the data is ragged, {@link ErrorCode#BAD_INPUT} if a value does
     *     not fit the type
     */
    public static Tensor read(JsonParser json, String name, DataType type, int bytes) throws IOException {
        Elements elements = Elements.of(name, type, bytes / USUAL_BYTES);
        long[] found = collect(json, elements);
        return found.length == 0 ? elements.tensor(new long[] {1}).reshape() : elements.tensor(found);
    }

    private static long[] collect(JsonParser json, Elements elements) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            Dims none = new Dims(elements.name);
            one(json, elements);
            return none.toArray();
        }
        Dims dims = new Dims(elements.name);
        JsonToken token = json.currentToken();
        do {
            if (token == JsonToken.START_ARRAY) {
                dims.open();
                token = json.nextToken();
            } else if (token == JsonToken.END_ARRAY) {
                dims.close();
                token = dims.depth() == 0 ? token : json.nextToken();
            } else if (Elements.isScalar(token)) {
                int before = elements.size;
                token = elements.take(json);
                dims.elements(elements.size - before);
            } else {
                throw elements.wrong("is " + Json.describe(token));
            }
        } while (dims.depth() > 0);
        return dims.toArray();
    }

    /** A value without an array around it; the token behind it is not read. */
    private static void one(JsonParser json, Elements elements) throws IOException {
        if (!Elements.isScalar(json.currentToken())) {
            throw elements.wrong("is " + Json.describe(json.currentToken()));
        }
        elements.takeOne(json);
    }

    /** The sizes of nested arrays, which must agree. */
    private static final class Dims {
        private static final int MOST = 8;
        private static final long UNKNOWN = -1;

        private final String name;
        private final long[] sizes = new long[MOST];
        private final long[] counts = new long[MOST];
        private int depth;
        private int rank;
        /** How deep elements lie. */
        private int bottom;

        Dims(String name) {
            this.name = name;
        }

        int depth() {
            return depth;
        }

        void open() {
            if (depth > 0) {
                counts[depth - 1]++;
            }
            if (depth == MOST || (bottom > 0 && depth >= bottom)) {
                throw ragged(depth == MOST ? "nested deeper than " + MOST + " levels" : "sometimes nested deeper");
            }
            if (depth == rank) {
                sizes[rank++] = UNKNOWN;
            }
            counts[depth++] = 0;
        }

        void elements(int count) {
            if (depth < rank || (bottom > 0 && bottom != depth)) {
                throw ragged("sometimes nested deeper");
            }
            bottom = depth;
            counts[depth - 1] += count;
        }

        void close() {
            depth--;
            if (sizes[depth] == UNKNOWN) {
                sizes[depth] = counts[depth];
            } else if (sizes[depth] != counts[depth]) {
                throw ragged("sometimes " + sizes[depth] + " and sometimes " + counts[depth] + " long");
            }
        }

        private InvalidInputException ragged(String why) {
            return new InvalidInputException(
                    ErrorCode.TENSOR_SHAPE,
                    "read the data of " + name,
                    "its arrays are " + why,
                    "send arrays of equal sizes");
        }

        long[] toArray() {
            return Arrays.copyOf(sizes, rank);
        }
    }

    /** Returns the type of this name, as the Open Inference Protocol writes it. */
    public static @Nullable DataType typeOf(String name) {
        for (DataType type : DataType.values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        return null;
    }
}
