package io.maas.http.internal.inference;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.http.internal.exchange.BufferStream;
import io.maas.http.internal.wire.BinaryTensors;
import io.maas.http.internal.wire.Json;
import io.maas.predict.Priority;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads an inference request in one pass: JSON, and behind it the bytes of the inputs that come as bytes, in their order. Those are
 * not copied: the tensors are views of the body.
 */
final class InferReader {
    private static final int MOST_TENSORS = 64;
    /** A year; more is as good as none, and does not overflow. */
    private static final long LONGEST_MICROS = 365L * 24 * 3600 * 1_000_000;

    private final ByteBuffer head;
    private final ByteBuffer binary;
    private final JsonParser json;

    private Optional<String> id = Optional.empty();
    private final List<InputReader> inputs = new ArrayList<>(4);
    private final List<InferRequest.Wanted> outputs = new ArrayList<>(4);
    private boolean binaryOutputs;
    private Optional<Duration> timeout = Optional.empty();
    private Priority priority = Priority.NORMAL;
    private Optional<String> key = Optional.empty();

    private InferReader(JsonParser json, ByteBuffer head, ByteBuffer binary) {
        this.json = json;
        this.head = head;
        this.binary = binary;
    }

    /**
     * Reads a request.
     *
     * @param body from its position to its limit
     * @param jsonBytes how many of them are JSON
     * @throws InvalidInputException if it is not one
     */
    static InferRequest read(ByteBuffer body, int jsonBytes) {
        ByteBuffer head = body.duplicate().limit(body.position() + jsonBytes);
        ByteBuffer rest = body.duplicate().position(body.position() + jsonBytes);
        try (InputStream in = new BufferStream(head);
                JsonParser json = Json.FACTORY.createParser(in)) {
            return new InferReader(json, head, rest).request();
        } catch (JsonProcessingException e) {
            throw Json.malformed(e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read from memory", e);
        }
    }

    private InferRequest request() throws IOException {
        Json.require(json, JsonToken.START_OBJECT, "the request");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "id" -> id = Optional.of(text("id"));
                case "inputs" -> {
                    requireArray(value, field);
                    while (json.nextToken() != JsonToken.END_ARRAY) {
                        requireFew(inputs.size(), field);
                        inputs.add(InputReader.read(json, head));
                    }
                }
                case "outputs" -> {
                    requireArray(value, field);
                    while (json.nextToken() != JsonToken.END_ARRAY) {
                        requireFew(outputs.size(), field);
                        outputs.add(output());
                    }
                }
                case "parameters" -> parameters();
                default -> json.skipChildren();
            }
        }
        if (json.nextToken() != null) {
            throw Json.unexpected(
                    "read the request",
                    "something follows its JSON",
                    "end the body behind it, or say in Inference-Header-Content-Length where it ends");
        }
        return new InferRequest(id, tensors(), outputs, binaryOutputs, timeout, priority, key);
    }

    private static void requireArray(JsonToken value, String field) {
        if (value != JsonToken.START_ARRAY) {
            throw Json.unexpected(
                    "read " + field, "it is " + Json.describe(value) + ", not an array", "send an array of objects");
        }
    }

    private static void requireFew(int count, String field) {
        if (count == MOST_TENSORS) {
            throw Json.unexpected("read " + field, "there are more than " + MOST_TENSORS, "send fewer");
        }
    }

    private String text(String field) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw Json.unexpected(
                    "read " + field, "it is " + Json.describe(json.currentToken()) + ", not a string", "send a string");
        }
        return json.getText();
    }

    private boolean truth(String field) throws IOException {
        JsonToken token = json.currentToken();
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw Json.unexpected(
                    "read " + field, "it is " + Json.describe(token) + ", not a truth value", "send true or false");
        }
        return token == JsonToken.VALUE_TRUE;
    }

    private InferRequest.Wanted output() throws IOException {
        InputReader.requireObject(json, "an output");
        String name = "";
        Optional<Boolean> bytes = Optional.empty();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "name" -> name = text("the name of an output");
                case "parameters" -> {
                    InputReader.requireObject(json, "the parameters of an output");
                    while (json.nextToken() == JsonToken.FIELD_NAME) {
                        String parameter = json.currentName();
                        json.nextToken();
                        if (parameter.equals("binary_data")) {
                            bytes = Optional.of(truth("binary_data"));
                        } else {
                            refuseClassification(parameter);
                            json.skipChildren();
                        }
                    }
                }
                default -> json.skipChildren();
            }
        }
        return new InferRequest.Wanted(name, bytes);
    }

    /** Leaving it out silently would give the client something else than it asked for. */
    private static void refuseClassification(String parameter) {
        if (parameter.equals("classification")) {
            throw Json.unexpected(
                    "classify an output", "the classification extension is not served", "ask for the output itself");
        }
    }

    private void parameters() throws IOException {
        InputReader.requireObject(json, "the parameters");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String parameter = json.currentName();
            json.nextToken();
            switch (parameter) {
                case "binary_data_output" -> binaryOutputs = truth(parameter);
                case "timeout" -> timeout = timeout(InputReader.whole(json, parameter));
                case "priority" -> priority = priority(InputReader.whole(json, parameter));
                case "routing_key" -> key = Optional.of(text(parameter));
                default -> json.skipChildren();
            }
        }
    }

    private static Optional<Duration> timeout(long micros) {
        if (micros < 0) {
            throw Json.unexpected("read timeout", "it is negative, " + micros, "send microseconds");
        }
        return micros == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(Math.min(micros, LONGEST_MICROS) * 1_000));
    }

    /** As in Triton: 1 is the most urgent, 0 means what is usual. */
    private static Priority priority(long value) {
        if (value == 1) {
            return Priority.HIGH;
        }
        return value == 0 || value == 2 ? Priority.NORMAL : Priority.LOW;
    }

    private Tensors tensors() {
        Tensors.Builder all = Tensors.builder();
        for (InputReader input : inputs) {
            all.add(input.name(), tensor(input));
        }
        if (binary.hasRemaining()) {
            throw new InvalidInputException(
                    ErrorCode.TENSOR_SIZE,
                    "read the request",
                    binary.remaining() + " bytes follow those of the last input",
                    "make binary_data_size what type and shape ask for");
        }
        return all.build();
    }

    private Tensor tensor(InputReader input) {
        if (input.binarySize() < 0) {
            return input.data();
        }
        if (input.binarySize() > binary.remaining()) {
            throw new InvalidInputException(
                    ErrorCode.TENSOR_SIZE,
                    "read the data of " + input.name(),
                    "its binary_data_size is " + input.binarySize() + " and only " + binary.remaining()
                            + " bytes follow",
                    "send all of the data, in the order of the inputs");
        }
        int end = binary.position() + (int) input.binarySize();
        ByteBuffer bytes = binary.slice(binary.position(), (int) input.binarySize());
        binary.position(end);
        return BinaryTensors.read(input.name(), input.type(), input.shape(), bytes);
    }
}
