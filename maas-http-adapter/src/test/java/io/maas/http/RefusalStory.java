package io.maas.http;

import io.maas.http.openapi.ApiDocument;
import io.maas.http.openapi.Operation;
import io.maas.testkit.EngineFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;

/** Each operation refuses what the document says that it refuses. */
final class RefusalStory {
    /** How large bodies may be. */
    static final int LIMIT = 32 << 10;

    private static final String MODELS = "/api/v1/models";
    private static final String PRICE = MODELS + "/price";
    private static final String INPUTS = "'inputs': [{'name': 'x', 'shape': [1], 'datatype': 'FP32', 'data': [1]}]";

    private final Asker admin;
    private final ServerFixture server;
    private final Path folder;

    RefusalStory(Asker admin, Path folder) {
        this.admin = admin;
        this.server = admin.server();
        this.folder = folder;
    }

    void tell() throws IOException {
        whoeverHasNoKeyIsUnknown();
        aKeyOfARoleTooLowIsRefused();
        whatIsMalformedIsRefused();
        whatIsNotThereIsNotFound();
        whatStandsAgainstItIsSaid();
        whatIsStaleIsRefused();
        bodiesAreBounded();
        bodiesArePackedInKnownWays();
        aKeyOfAnotherChangeIsRefused();
        enginesFail();
    }

    /** Does something with each operation that has a status. */
    private static void each(int status, Consumer<Operation> action) {
        ApiDocument.shipped().operations().stream()
                .filter(operation -> operation.has(status))
                .forEach(action);
    }

    private static String path(Operation operation, String model) {
        return operation.path(Map.of("model", model, "version", "1", "key", "nobody"));
    }

    /** A body that the operation understands. */
    private static String body(Operation operation, String model) {
        String template = operation.template();
        if (template.endsWith("/predict")) {
            return "{'model': '" + model + "', 'input': 1}";
        }
        return switch (template.substring(template.lastIndexOf('/') + 1)) {
            case "infer" -> "{" + INPUTS + "}";
            case "call" -> "{'input_data': 1}";
            case "embeddings" -> "{'model': '" + model + "', 'input': 'x'}";
            case "versions" -> "version=new";
            case "keys" -> "{'label': 'x', 'roles': ['reader']}";
            default -> "{}";
        };
    }

    private void whoeverHasNoKeyIsUnknown() {
        Asker nobody = new Asker(server, "");
        each(401, operation -> nobody.refused(401, operation.method(), path(operation, "price"), ""));
    }

    private Asker key(String roles, String models) {
        byte[] body = Asker.bytes("{'label': 'x', 'roles': [" + roles + "], 'models': [" + models + "]}");
        return new Asker(
                server,
                admin.expect(201, "POST", "/api/v1/keys", body)
                        .json()
                        .get("key")
                        .asText());
    }

    private void aKeyOfARoleTooLowIsRefused() {
        Asker reader = key("'reader'", "'price'");
        each(403, operation -> reader.refused(403, operation.method(), path(operation, "price"), ""));
    }

    private void whatIsMalformedIsRefused() {
        Map<String, String> queries = Map.of(
                "/api/v1/models", "?limit=0",
                "/api/v1/audit", "?from=yesterday",
                "/api/v1/events", "?from=yesterday",
                "/api/v1/keys", "?limit=0");
        each(400, operation -> {
            String path = operation.path(Map.of("model", "a%20b", "version", "1", "key", "%2e%2e"));
            boolean isGet = operation.method().equals("GET");
            String query = isGet ? queries.getOrDefault(operation.template(), "") : "";
            boolean isNamed = operation.template().contains("{"); // then the name is enough to be refused
            boolean isUpload = operation.template().equals(MODELS); // where a bracket may be a model
            admin.refused(400, operation.method(), path + query, isGet || isNamed ? "" : isUpload ? "{}" : "[");
        });
    }

    private void whatIsNotThereIsNotFound() {
        Asker bounded = key("'publisher'", "'price'");
        each(404, operation -> {
            // unloading what is not there is done already
            Asker asker = operation.template().endsWith("/unload") ? bounded : admin;
            asker.refused(404, operation.method(), path(operation, "nobody"), body(operation, "nobody"));
        });
    }

    private void whatStandsAgainstItIsSaid() throws IOException {
        server.platform.register("draft", "scale 2");
        admin.refused(409, "POST", MODELS + "/draft/call", "{'input_data': 1}");
        Path zip = folder.resolve("again.zip");
        server.platform
                .maas()
                .repository()
                .exportZip(server.platform.maas().repository().resolve("price"), zip);
        admin.expect(409, "POST", MODELS + "?version=fifth", Files.readAllBytes(zip));
        admin.refused(409, "POST", PRICE + "/versions", "version=1");
        for (String change : new String[] {"publish", "rollback", "traffic", "unpublish"}) {
            admin.refused(409, "POST", PRICE + "/" + change, "{'version': '1', 'expected': 'fifth'}");
        }
        admin.refused(409, "POST", PRICE + "/unhold", "");
        admin.refused(409, "POST", PRICE + "/versions/1/yank", "");
        admin.refused(409, "DELETE", PRICE + "/versions/1", "");
        admin.refused(409, "POST", PRICE + "/versions/1/reinstate", "");
        byte[] key = Asker.bytes("{'label': 'x', 'roles': ['reader']}");
        admin.expect(201, "POST", "/api/v1/keys", key, "Idempotency-Key", "told");
        admin.expect(409, "POST", "/api/v1/keys", key, "Idempotency-Key", "told");
    }

    private void whatIsStaleIsRefused() {
        each(412, operation -> admin.refused(412, "POST", path(operation, "price"), "{}", "If-Match", "\"stale\""));
    }

    /** What is large only once it is unpacked, comes whole before it is refused. */
    private void bodiesAreBounded() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(new byte[2 * LIMIT]);
        }
        each(
                413,
                operation -> admin.expect(
                        413,
                        operation.method(),
                        path(operation, "price"),
                        packed.toByteArray(),
                        "Content-Encoding",
                        "gzip"));
    }

    private void bodiesArePackedInKnownWays() {
        each(
                415,
                operation ->
                        admin.refused(415, operation.method(), path(operation, "price"), "", "Content-Encoding", "br"));
    }

    private void aKeyOfAnotherChangeIsRefused() {
        byte[] pickle = "\u0080\u0004cposix\nsystem\n.".getBytes(StandardCharsets.ISO_8859_1);
        admin.expect(422, "POST", MODELS + "?name=evil&format=onnx", pickle);
        admin.post(PRICE + "/publish", "{'version': '1', 'alias': 'once'}", "Idempotency-Key", "once");
        each(422, operation -> {
            if (!operation.template().equals(MODELS)) {
                admin.refused(
                        422,
                        operation.method(),
                        path(operation, "price"),
                        body(operation, "price"),
                        "Idempotency-Key",
                        "once");
            }
        });
    }

    private void enginesFail() {
        Map<Integer, EngineFailure> failures =
                Map.of(500, EngineFailure.INFERENCE_FAILED, 503, EngineFailure.OVERLOADED);
        failures.forEach((status, failure) -> each(status, operation -> {
            if (operation.takesBody()) {
                String model = operation.template().endsWith("embeddings") ? "encoder" : "price";
                server.platform.backend().failNextRuns(1, failure);
                admin.refused(status, "POST", path(operation, model), body(operation, model));
            }
        }));
        each(
                504,
                operation -> admin.refused(
                        504, "POST", path(operation, "price"), "{'parameters': {'timeout': 1}, " + INPUTS + "}"));
    }
}
