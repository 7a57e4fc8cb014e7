package io.maas.http.internal.platform;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.http.internal.exchange.BufferStream;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.exchange.QueryParameters;
import io.maas.http.internal.exchange.Refusals;
import io.maas.http.internal.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a request's body names: a JSON object, or a form. Many clients send forms that they call JSON, so the body decides and not its
 * label. In a form everything is text, and nesting is lost.
 */
final class Fields {
    /** A tree takes several times the memory of its JSON, which nobody counts; no change needs as much. */
    static final int LARGEST = 1 << 20;

    private static final ObjectMapper MAPPER = new ObjectMapper(Json.FACTORY);

    private final ObjectNode values;
    private final boolean form;

    private Fields(ObjectNode values, boolean form) {
        this.values = values;
        this.form = form;
    }

    /**
     * Reads a body; an empty one has no fields.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_DOCUMENT} if it is neither
     * @throws HttpProblem 413 if it is larger than {@link #LARGEST}
     */
    static Fields read(ByteBuffer body) {
        int at = body.position();
        while (at < body.limit() && Character.isWhitespace(body.get(at))) {
            at++;
        }
        if (at == body.limit()) {
            return new Fields(MAPPER.createObjectNode(), false);
        }
        char first = (char) body.get(at);
        if (first == '[' || first == '"') {
            throw noObject();
        }
        if (body.remaining() > LARGEST) {
            throw Refusals.tooLarge(LARGEST);
        }
        return first == '{'
                ? new Fields(object(body), false)
                : form(StandardCharsets.UTF_8.decode(body.duplicate()).toString());
    }

    private static InvalidInputException noObject() {
        return new InvalidInputException(
                ErrorCode.BAD_DOCUMENT,
                "read the request",
                "it is not one JSON object",
                "send one, as the documentation of the route describes");
    }

    private static ObjectNode object(ByteBuffer body) {
        try (InputStream in = new BufferStream(body);
                JsonParser json = Json.FACTORY.createParser(in)) {
            JsonNode node = MAPPER.readTree(json);
            if (node instanceof ObjectNode object && json.nextToken() == null) {
                return object;
            }
            throw noObject();
        } catch (JsonProcessingException e) {
            throw Json.malformed(e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read from memory", e);
        }
    }

    private static Fields form(String body) {
        if (body.indexOf('=') < 0) {
            throw new InvalidInputException(
                    ErrorCode.BAD_DOCUMENT,
                    "read the request",
                    "it is neither a JSON object nor a form",
                    "send a JSON object, as the documentation of the route describes");
        }
        ObjectNode values = MAPPER.createObjectNode();
        for (QueryParameters.Pair pair : QueryParameters.parse(body.strip()).pairs()) {
            values.withArray(pair.name()).add(pair.value());
        }
        return new Fields(values, true);
    }

    /** Tells whether it was a form, which has only text. */
    boolean isForm() {
        return form;
    }

    /**
     * Returns a text, or what stands for one: numbers and truth values.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_INPUT} if it is something else, or there are several
     */
    Optional<String> text(String name) {
        JsonNode value = values.get(name);
        if (value instanceof ArrayNode several && form && several.size() == 1) {
            value = several.get(0);
        }
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isValueNode()) {
            throw Json.unexpected("read " + name, "it is not one value", "send one text or number");
        }
        return Optional.of(value.asText());
    }

    /**
     * Returns a text that must be there.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_INPUT} if it is not
     */
    String required(String name) {
        return text(name)
                .orElseThrow(() -> Json.unexpected(
                        "answer the request", "it has no " + name, "send it in the body, as {\"" + name + "\": …}"));
    }

    /** Returns several texts; none if there are none. */
    List<String> texts(String name) {
        JsonNode value = values.get(name);
        List<String> all = new ArrayList<>();
        if (value instanceof ArrayNode several) {
            several.forEach(one -> all.add(one.asText()));
        } else if (value != null && !value.isNull()) {
            all.add(value.asText());
        }
        return all;
    }

    /**
     * Returns a whole number.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_INPUT} if it is none
     */
    Optional<Integer> number(String name) {
        return text(name).map(text -> {
            try {
                return Integer.valueOf(text);
            } catch (NumberFormatException e) {
                throw Json.unexpected("read " + name, "it is no whole number, " + shown(text), "send one below 2^31");
            }
        });
    }

    private static String shown(String text) {
        return io.maas.model.Names.shown(text);
    }

    /**
     * Returns something nested, as it was sent.
     *
     * @throws HttpProblem 400 if it came in a form, where nesting is lost
     */
    Optional<JsonNode> nested(String name) {
        JsonNode value = values.get(name);
        if (value != null && form) {
            throw new HttpProblem(
                    400,
                    "structure-lost",
                    "Cannot read " + name
                            + ": the body is a form, in which its structure is lost; send JSON (with requests: json= instead of data=)");
        }
        return Optional.ofNullable(value).filter(node -> !node.isNull());
    }

    /**
     * Returns a list of nested values; an empty one if there is none.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_INPUT} if it is something else
     * @throws HttpProblem 400 if it came in a form, where nesting is lost
     */
    List<JsonNode> list(String name) {
        List<JsonNode> all = new ArrayList<>();
        Optional<JsonNode> list = nested(name);
        if (list.isPresent() && !list.get().isArray()) {
            throw Json.unexpected("read " + name, "it is no list", "send one");
        }
        list.ifPresent(node -> node.forEach(all::add));
        return all;
    }

    /** Tells whether something is said of it, if only that it is nothing. */
    boolean has(String name) {
        return values.has(name);
    }

    /**
     * Makes sure that nothing else is named, where it matters that nothing is passed over that is misspelled.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_INPUT} if something is
     */
    void requireOnly(String... known) {
        values.fieldNames().forEachRemaining(name -> {
            if (!List.of(known).contains(name)) {
                throw Json.unexpected(
                        "answer the request",
                        "it has no use for '" + shown(name) + "'",
                        "send some of " + String.join(", ", known));
            }
        });
    }
}
