package io.maas.http.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/** Holds answers to the document: their status, headers, media type and body. */
final class AnswerCheck {
    /** What {@code default} stands for: refusals that have nothing to do with the operation, as its description says. */
    private static final Set<Integer> ANYWHERE = Set.of(403, 408, 414, 417, 429, 431, 500, 503, 505);

    /** What any answer may have: they are HTTP's own, or of its transport. */
    private static final Set<String> COMMON = Set.of(
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "date",
            "traceresponse",
            "transfer-encoding",
            "vary");

    private static final Set<String> JSON = Set.of("application/json", "application/problem+json");

    private final Findings findings;

    AnswerCheck(Findings findings) {
        this.findings = findings;
    }

    void check(Operation operation, Call call) {
        String status = Integer.toString(call.status());
        if (!operation.has(call.status())) {
            if (!ANYWHERE.contains(call.status())) {
                throw Findings.stray(
                        call,
                        operation + " has no answer " + status + ", but " + operation.statuses() + ": " + shown(call));
            }
            status = Parts.OTHER;
        }
        Place answer = operation.answer(status);
        findings.met(Parts.status(operation, status));
        headers(operation, status, call);
        body(operation, status, answer, call);
    }

    private static String shown(Call call) {
        return call.answer()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("");
    }

    private void headers(Operation operation, String status, Call call) {
        Place documented = operation.answer(status).at("headers");
        documented.members().forEach((name, header) -> {
            if (call.headers().firstValue(name).isPresent()) {
                findings.met(Parts.header(operation, status, name));
                Place schema = header.at("schema");
                call.headers()
                        .allValues(name)
                        .forEach(value -> findings.valid(call, schema, value(schema, value), name));
            } else if (header.node().path("required").asBoolean()) {
                throw Findings.stray(call, "the header " + name + " must be there");
            }
        });
        for (String name : call.headers().map().keySet()) {
            boolean known = name.startsWith(":") // HTTP/2
                    || COMMON.contains(name.toLowerCase(Locale.ROOT))
                    || documented.members().keySet().stream().anyMatch(name::equalsIgnoreCase);
            if (!known) {
                throw Findings.stray(call, operation + " " + status + " has no header " + name);
            }
        }
    }

    /** A text from a header, a query or a form, as what its schema says that it stands for. */
    static JsonNode value(Place schema, String text) {
        boolean number =
                schema.text("type").equals("integer") || schema.text("type").equals("number");
        return number
                ? Findings.tryJson(text.getBytes(StandardCharsets.UTF_8)).orElse(TextNode.valueOf(text))
                : TextNode.valueOf(text);
    }

    private void body(Operation operation, String status, Place answer, Call call) {
        if (call.isHead()) {
            return;
        }
        if (!answer.has("content")) {
            if (call.answer().filter(bytes -> bytes.length > 0).isPresent()) {
                throw Findings.stray(call, "there should be no body: " + shown(call));
            }
            return;
        }
        String type = call.type().orElse("no type");
        Place media = answer.at("content", type);
        if (!media.exists()) {
            throw Findings.stray(
                    call,
                    "its type is " + type + ", not "
                            + answer.at("content").members().keySet());
        }
        findings.met(Parts.type(operation, status, type));
        if (call.answer().isPresent()) {
            content(media, type, call);
        }
    }

    private void content(Place media, String type, Call call) {
        byte[] content = call.content();
        if (JSON.contains(type)) {
            findings.answered(call, media.at("schema"), Findings.json(call, content));
        }
        if (media.has(Parts.HEAD)) {
            int length = Integer.parseInt(
                    call.headers().firstValue("Inference-Header-Content-Length").orElse("0"));
            findings.answered(call, media.at(Parts.HEAD), Findings.json(call, Arrays.copyOf(content, length)));
        }
        if (media.has(Parts.ITEM)) {
            new String(content, StandardCharsets.UTF_8)
                    .lines()
                    .forEach(line -> findings.answered(
                            call, media.at(Parts.ITEM), Findings.json(call, line.getBytes(StandardCharsets.UTF_8))));
        }
    }

    /** Holds an event of a stream to what the document has for its kind. */
    void event(Operation operation, Call call, String kind, String data) {
        Place schema = operation.answer("200").at("content", "text/event-stream", Parts.EVENTS, kind);
        if (!schema.exists()) {
            throw Findings.stray(call, "there are no events " + kind);
        }
        findings.met(Parts.event(kind));
        findings.answered(call, schema, Findings.json(call, data.getBytes(StandardCharsets.UTF_8)));
    }
}
