package io.maas.http.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Holds what clients and the server say to each other to the OpenAPI document: whoever strays from it fails at once, with what the
 * document says. Remembers which parts of the document were met. Thread-safe.
 */
public final class ApiContract {
    private static final ApiDocument DOCUMENT = ApiDocument.shipped();
    private static final Schemas SCHEMAS = new Schemas(DOCUMENT);

    /** What a path that could be read in two ways is answered with, and requests that are not the HTTP that is wanted. */
    private static final Set<Integer> UNREADABLE = Set.of(400, 408, 414, 417, 429, 431, 503, 505);

    private final Findings findings = new Findings(SCHEMAS);
    private final RequestCheck requests = new RequestCheck(findings);
    private final AnswerCheck answers = new AnswerCheck(findings);

    /**
     * Checks a call.
     *
     * @throws AssertionError if the document does not allow it
     */
    public void check(Call call) {
        String path = call.uri().getRawPath();
        Optional<Operation> operation = DOCUMENT.operation(call.isHead() ? "GET" : call.method(), path);
        if (operation.isPresent()) {
            requests.check(operation.get(), call);
            answers.check(operation.get(), call);
        } else {
            unknown(call, DOCUMENT.at(path));
        }
    }

    /**
     * Checks an event of a stream.
     *
     * @param stream the call that it is an answer to
     * @throws AssertionError if the document does not allow it
     */
    public void event(Call stream, String kind, String data) {
        Operation operation = DOCUMENT.operation("GET", stream.uri().getPath()).orElseThrow();
        answers.event(operation, stream, kind, data);
    }

    /** Checks what becomes of a request that the document has not: there is no such route, and that is what its face says. */
    private void unknown(Call call, List<Operation> others) {
        int status = call.status();
        if (!UNREADABLE.contains(status) && status != (others.isEmpty() ? 404 : 405)) {
            throw Findings.stray(call, "there is no such route");
        }
        String allowed = others.stream().map(Operation::method).sorted().collect(Collectors.joining(", "));
        if (status == 405
                && !call.headers().firstValue("Allow").filter(allowed::equals).isPresent()) {
            throw Findings.stray(call, "the methods of this path are " + allowed);
        }
        byte[] content = call.content();
        if (status == 404 && !new String(content, StandardCharsets.UTF_8).contains("no route has this path")) {
            throw Findings.stray(call, "there is no such route, and somebody answered");
        }
        if (!call.isHead()) {
            JsonNode problem = Findings.json(call, content);
            findings.answered(call, DOCUMENT.schema(face(call.uri().getPath())), problem);
        }
    }

    private static String face(String path) {
        if (path.startsWith("/v1/")) {
            return "OpenAiError";
        }
        return path.equals("/v2") || path.startsWith("/v2/") ? "InferenceError" : "Problem";
    }

    /** Returns the parts of the document that no call has met so far, by name. */
    public Set<String> unmet() {
        Set<String> all = Parts.of(DOCUMENT);
        all.removeAll(findings.met());
        return all;
    }
}
