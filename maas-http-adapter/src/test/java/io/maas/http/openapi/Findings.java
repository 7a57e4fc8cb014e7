package io.maas.http.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What calls have shown of the document: each part of it that was met, and the first that is not as it says. */
final class Findings {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Schemas schemas;
    private final Set<String> met = new TreeSet<>();

    Findings(Schemas schemas) {
        this.schemas = schemas;
    }

    synchronized void met(String part) {
        met.add(part);
    }

    synchronized Set<String> met() {
        return new TreeSet<>(met);
    }

    static AssertionError stray(Call call, String how) {
        return new AssertionError(call + ", and openapi.json is of another mind: " + how);
    }

    static JsonNode json(Call call, byte[] bytes) {
        return tryJson(bytes).orElseThrow(() -> stray(call, "the body is not JSON, as its type says"));
    }

    static Optional<JsonNode> tryJson(byte[] bytes) {
        try {
            return Optional.of(JSON.readTree(bytes)).filter(node -> !node.isMissingNode());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Holds an answer's value to its schema, which has no room for more than it names. */
    void answered(Call call, Place schema, JsonNode value) {
        valid(call, schema, value, "the answer");
        Properties.visit(schema, value, this::met, more -> {});
    }

    /** Holds a request's value to its schema. What it does not name, the server ignores, so a test should not send it. */
    void asked(Call call, Place schema, JsonNode value) {
        valid(call, schema, value, "the request");
        Properties.visit(schema, value, this::met, more -> {
            throw stray(call, "of the request, " + more);
        });
    }

    void valid(Call call, Place schema, JsonNode value, String what) {
        List<String> errors = schemas.errors(schema, value);
        if (!errors.isEmpty()) {
            throw stray(call, what + " is not as " + schema.pointer() + " says, " + errors + ": " + shown(value));
        }
    }

    private static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() <= 500 ? text : text.substring(0, 500) + "…";
    }
}
