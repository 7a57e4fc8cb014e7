package io.maas.http.internal.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.maas.http.internal.exchange.BufferStream;
import io.maas.http.internal.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Texts that somebody wants vectors of.
 *
 * @param encoding how the vectors are written
 * @param dimensions how long they should be, if the client minds
 */
record EmbeddingRequest(String model, List<String> texts, Encoding encoding, OptionalInt dimensions) {
    /** As in the reference. */
    private static final int MOST_TEXTS = 2_048;

    enum Encoding {
        /** As arrays of numbers. */
        FLOAT,
        /** As the bytes of FP32 numbers, little-endian, in base64. */
        BASE64
    }

    EmbeddingRequest {
        texts = List.copyOf(texts);
    }

    /**
     * Reads a request.
     *
     * @throws io.maas.error.InvalidInputException if it is none
     */
    static EmbeddingRequest read(ByteBuffer body) {
        try (InputStream in = new BufferStream(body);
                JsonParser json = Json.FACTORY.createParser(in)) {
            return new Reader(json).read();
        } catch (JsonProcessingException e) {
            throw Json.malformed(e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read from memory", e);
        }
    }

    private static final class Reader {
        private final JsonParser json;
        private String model = "";
        private final List<String> texts = new ArrayList<>();
        private Encoding encoding = Encoding.FLOAT;
        private OptionalInt dimensions = OptionalInt.empty();

        Reader(JsonParser json) {
            this.json = json;
        }

        EmbeddingRequest read() throws IOException {
            Json.require(json, JsonToken.START_OBJECT, "the request");
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                json.nextToken();
                switch (field) {
                    case "model" -> model = text("model");
                    case "input" -> input();
                    case "encoding_format" -> encoding = encoding(text("encoding_format"));
                    case "dimensions" -> dimensions = OptionalInt.of(number());
                    default -> json.skipChildren();
                }
            }
            if (json.nextToken() != null) {
                throw Json.unexpected("read the request", "something follows its JSON object", "send the object alone");
            }
            if (model.isEmpty() || texts.isEmpty()) {
                throw Json.unexpected(
                        "embed", model.isEmpty() ? "no model is named" : "there is no input", "send model and input");
            }
            return new EmbeddingRequest(model, texts, encoding, dimensions);
        }

        private void input() throws IOException {
            if (json.currentToken() != JsonToken.START_ARRAY) {
                texts.add(text("input"));
                return;
            }
            while (json.nextToken() != JsonToken.END_ARRAY) {
                if (texts.size() == MOST_TEXTS) {
                    throw Json.unexpected("embed", "there are more than " + MOST_TEXTS + " texts", "send fewer");
                }
                texts.add(text("input"));
            }
        }

        private String text(String field) throws IOException {
            if (json.currentToken() != JsonToken.VALUE_STRING) {
                throw Json.unexpected(
                        "read " + field,
                        "it is " + Json.describe(json.currentToken()) + ", not text",
                        "send texts: tokens are the model's own affair");
            }
            return json.getText();
        }

        private int number() throws IOException {
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || json.getLongValue() < 1) {
                throw Json.unexpected("read dimensions", "it is no whole number above 0", "send one, or leave it out");
            }
            return (int) Math.min(Integer.MAX_VALUE, json.getLongValue());
        }

        private static Encoding encoding(String name) {
            return switch (name) {
                case "float" -> Encoding.FLOAT;
                case "base64" -> Encoding.BASE64;
                default ->
                    throw Json.unexpected(
                            "read encoding_format", "it is neither float nor base64", "send one of these");
            };
        }
    }
}
