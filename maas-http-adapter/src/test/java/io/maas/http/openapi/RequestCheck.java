package io.maas.http.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.http.internal.exchange.QueryParameters;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Holds requests to the document. What it does not allow may be sent, to be refused. */
final class RequestCheck {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]+=.*", Pattern.DOTALL);

    private final Findings findings;

    RequestCheck(Findings findings) {
        this.findings = findings;
    }

    void check(Operation operation, Call call) {
        query(operation, call);
        if (call.succeeded() || call.status() == 304) {
            for (Operation.Parameter header : operation.parameters("header")) {
                if (call.sent().firstValue(header.name()).isPresent()) {
                    findings.met(Parts.parameter(operation, header));
                }
            }
        }
        if (call.succeeded() && call.body().isPresent()) {
            body(operation, call, call.body().get());
        }
    }

    private void query(Operation operation, Call call) {
        Map<String, Operation.Parameter> documented = new TreeMap<>();
        operation.parameters("query").forEach(parameter -> documented.put(parameter.name(), parameter));
        String raw = Objects.requireNonNullElse(call.uri().getRawQuery(), "");
        Map<String, List<String>> values = new TreeMap<>();
        QueryParameters.parse(raw)
                .pairs()
                .forEach(pair -> values.computeIfAbsent(pair.name(), name -> new java.util.ArrayList<>())
                        .add(pair.value()));
        values.forEach((name, all) -> {
            if (name.startsWith(Parts.UNDOCUMENTED)) {
                return;
            }
            Operation.Parameter parameter = documented.get(name);
            if (parameter == null) {
                throw Findings.stray(
                        call,
                        operation + " has no parameter " + name + "; one that is meant to be unknown is called "
                                + Parts.UNDOCUMENTED + "…");
            }
            if (call.succeeded()) {
                findings.valid(call, parameter.schema(), value(parameter.schema(), all), "the parameter " + name);
                findings.met(Parts.parameter(operation, parameter));
            }
        });
    }

    private static JsonNode value(Place schema, List<String> all) {
        if (schema.text("type").equals("array")) {
            ArrayNode array = MAPPER.createArrayNode();
            all.forEach(array::add);
            return array;
        }
        return AnswerCheck.value(schema, all.get(0));
    }

    // ---- bodies

    private void body(Operation operation, Call call, byte[] bytes) {
        if (call.sent().firstValue("Content-Encoding").isPresent()) {
            return;
        }
        Place body = operation.body();
        if (bytes.length == 0) {
            if (body.node().path("required").asBoolean()) {
                throw Findings.stray(call, operation + " needs a body, and there was none");
            }
            return;
        }
        if (!operation.takesBody() && !operation.method().equals("POST")) {
            return; // what others send is thrown away
        }
        String type = type(call, bytes);
        Place media = body.at("content", type);
        if (!media.exists()) {
            throw Findings.stray(
                    call,
                    operation + " takes no " + type + ", but "
                            + body.at("content").members().keySet());
        }
        findings.met(Parts.body(operation, type));
        switch (type) {
            case "application/json" -> findings.asked(call, media.at("schema"), Findings.json(call, bytes));
            case "application/x-www-form-urlencoded" -> findings.asked(call, media.at("schema"), form(bytes));
            default -> {
                if (media.has(Parts.HEAD)) {
                    byte[] head = Arrays.copyOf(bytes, jsonBytes(call));
                    findings.asked(call, media.at(Parts.HEAD), Findings.json(call, head));
                }
            }
        }
    }

    private static int jsonBytes(Call call) {
        return Integer.parseInt(
                call.sent().firstValue("Inference-Header-Content-Length").orElse("0"));
    }

    /** What a body is, by what it holds: its label is often wrong, and the server does not mind. */
    private static String type(Call call, byte[] bytes) {
        String said = call.sent()
                .firstValue("Content-Type")
                .map(Call::withoutParameters)
                .orElse("");
        if (said.equals("multipart/form-data")) {
            return said;
        }
        if (call.sent().firstValue("Inference-Header-Content-Length").isPresent()) {
            return "application/octet-stream";
        }
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (text.strip().startsWith("{")) {
            return "application/json";
        }
        if (FORM.matcher(text).matches()) {
            return "application/x-www-form-urlencoded";
        }
        return text.startsWith("PK\3\4") ? "application/zip" : "application/octet-stream";
    }

    /** Files are no text, and only their being there counts. */
    private static ObjectNode form(byte[] bytes) {
        Map<String, ArrayNode> values = new TreeMap<>();
        for (String pair : new String(bytes, StandardCharsets.ISO_8859_1).split("&", -1)) {
            String[] parts = pair.split("=", 2);
            values.computeIfAbsent(parts[0], name -> MAPPER.createArrayNode()).add(parts.length == 1 ? "" : parts[1]);
        }
        ObjectNode form = MAPPER.createObjectNode();
        values.forEach((name, all) -> form.set(name, all.size() == 1 ? all.get(0) : all));
        return form;
    }
}
