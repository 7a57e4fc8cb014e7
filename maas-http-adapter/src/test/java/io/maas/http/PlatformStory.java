package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.model.Manifest;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.repository.ModelVersion;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensors;
import io.maas.testkit.ScriptedBackend;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a client of the platform does, from the first upload to the last look at the audit log. */
final class PlatformStory {
    private static final String MODELS = "/api/v1/models";
    private static final String PRICE = MODELS + "/price";
    private static final String SECOND = PRICE + "/versions/second";

    private final Asker admin;
    private final ServerFixture server;
    private final Path folder;

    PlatformStory(Asker admin, Path folder) {
        this.admin = admin;
        this.server = admin.server();
        this.folder = folder;
    }

    void tell() throws IOException {
        filesAreRegisteredInEveryWay();
        bareFilesAreRegistered();
        modelsTellOfTheirTensors();
        versionsArePublishedAndTakenBack();
        callsAreAnswered();
        versionsLiveAndDie();
        keysAreGrantedAndRevoked();
        whatHappenedIsRead();
    }

    /** A package as a file, of a model that is registered elsewhere. */
    private byte[] zip(String name, String script) throws IOException {
        ModelVersion version = server.platform.register(name, script);
        Path file = folder.resolve(name + version.version() + ".zip");
        server.platform.maas().repository().exportZip(version, file);
        return Files.readAllBytes(file);
    }

    private void register(String path, byte[] body, String... headers) {
        admin.expect(201, "POST", path, body, headers);
    }

    private void filesAreRegisteredInEveryWay() throws IOException {
        server.platform.serve(
                Manifest.builder("price", ScriptedBackend.FORMAT).owner("shop").build(), "scale 3");
        byte[] zip = zip("price", "scale 4");
        register(MODELS + "?version=second&reason=better", zip, "Idempotency-Key", "upload");
        register(MODELS, multipart(zip, "third"), "Content-Type", "multipart/form-data; boundary=b");
        register(MODELS, form(zip, "fourth"));
        register(PRICE + "/versions?version=fifth&reason=better", zip, "Idempotency-Key", "further");
        register(PRICE + "/versions", multipart(zip, "sixth"), "Content-Type", "multipart/form-data; boundary=b");
        register(PRICE + "/versions", form(zip, "seventh"));
        register(PRICE + "/versions", Asker.bytes("{'version': 'eighth', 'reason': 'a name'}"));
    }

    private void bareFilesAreRegistered() {
        register(MODELS + "?name=bare&format=scripted", Asker.bytes("scale 2"));
        register(MODELS, Asker.bytes("name=listed&format=scripted&model=scale+2"));
        register(MODELS + "/bare/versions?format=scripted", Asker.bytes("scale 3"));
    }

    /** What the values of an output stand for, its model says. */
    private void modelsTellOfTheirTensors() {
        TensorSpec input = TensorSpec.of("x", DataType.FP32, "batch", 1);
        TensorSpec output = TensorSpec.of("y", DataType.FP32, "batch", 1).labelled(List.of("cheap"));
        Signature signature = new Signature(List.of(input), List.of(output));
        server.platform.backend().function("classes", signature, inputs -> Tensors.of("y", inputs.get("x")));
        server.platform.register("classes", "function classes");
        assertThat(admin.get(MODELS + "/classes/versions/1")
                        .json()
                        .at("/outputs/0/labels/0")
                        .asText())
                .isEqualTo("cheap");
    }

    private static byte[] multipart(byte[] zip, String version) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(("--b\r\nContent-Disposition: form-data; name=\"version\"\r\n\r\n" + version
                        + "\r\n--b\r\nContent-Disposition: form-data; name=\"model\"; filename=\"m.zip\"\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        body.writeBytes(zip);
        body.writeBytes("\r\n--b--\r\n".getBytes(StandardCharsets.US_ASCII));
        return body.toByteArray();
    }

    private static byte[] form(byte[] zip, String version) {
        StringBuilder form = new StringBuilder("version=" + version + "&reason=better&model=");
        for (byte b : zip) {
            form.append('%').append(String.format("%02X", b & 0xff));
        }
        return form.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private void versionsArePublishedAndTakenBack() {
        String tag = admin.get(PRICE).header("ETag").orElseThrow();
        admin.expect(304, "GET", PRICE, new byte[0], "If-None-Match", tag);
        admin.post(
                PRICE + "/publish",
                "{'version': 'second', 'alias': 'production', 'expected': '1', 'reason': 'better', 'force': 'in a hurry',"
                        + " 'despite_hold': true}",
                "Idempotency-Key",
                "publish");
        admin.post(PRICE + "/publish", "version=third", "If-Match", tag(PRICE));
        admin.post(
                PRICE + "/rollback",
                "{'alias': 'production', 'expected': 'third', 'reason': 'worse', 'despite_hold': true}",
                "Idempotency-Key",
                "rollback");
        admin.post(PRICE + "/rollback", "version=1", "If-Match", tag(PRICE));
        admin.post(PRICE + "/publish", "{'version': 'second', 'weight': 5}");
        admin.post(
                PRICE + "/traffic",
                "{'alias': 'production', 'shares': [{'version': '1', 'weight': 90}, {'version': 'second', 'weight': 10}],"
                        + " 'shadow': {'version': 'third', 'fraction': 0.5}, 'expected': '1', 'reason': 'to see',"
                        + " 'force': 'in a hurry', 'despite_hold': true}",
                "Idempotency-Key",
                "traffic");
        assertThat(admin.get(PRICE)
                        .json()
                        .at("/traffic/production/shadow/fraction")
                        .asDouble())
                .isEqualTo(0.5);
        admin.post(PRICE + "/traffic", "alias=production", "If-Match", tag(PRICE));
        admin.post(PRICE + "/publish", "{'version': 'second', 'alias': 'staging'}");
        admin.post(PRICE + "/unpublish", "alias=staging", "If-Match", tag(PRICE));
        admin.post(PRICE + "/publish", "{'version': 'second', 'alias': 'staging'}");
        admin.post(
                PRICE + "/unpublish",
                "{'alias': 'staging', 'expected': 'second', 'reason': 'done', 'despite_hold': true}",
                "Idempotency-Key",
                "unpublish");
        admin.post(PRICE + "/hold", "{'reason': 'audit'}", "Idempotency-Key", "hold");
        assertThat(admin.get(PRICE).json().at("/hold/reason").asText()).isEqualTo("audit");
        admin.post(PRICE + "/unhold", "{'reason': 'done'}", "Idempotency-Key", "unhold");
        admin.post(PRICE + "/hold", "reason=audit");
        admin.post(PRICE + "/unhold", "reason=done");
        admin.post(PRICE + "/hold", "");
        assertThat(admin.get(PRICE).json().at("/hold/reason").isMissingNode()).isTrue();
        admin.post(PRICE + "/unhold", "");
        admin.get(PRICE + "/history");
    }

    private String tag(String model) {
        return admin.get(model).header("ETag").orElseThrow();
    }

    private void callsAreAnswered() {
        for (String path : new String[] {"/predict", "/api/v1/predict"}) {
            admin.post(path, "{'input': [1], 'model': 'price', 'version': '1'}");
            admin.post(path, "input=1&model=price");
        }
        admin.post(PRICE + "/call", "{'input_data': [1], 'version': 'second'}");
        admin.post(PRICE + "/call", "input_data=1");
        admin.get(PRICE + "/performance?version=1");
        admin.get("/api/v1/devices");
    }

    private void versionsLiveAndDie() {
        admin.get(MODELS);
        admin.get(PRICE + "/versions");
        admin.get(MODELS + "?limit=1");
        admin.get(MODELS + "?limit=1&cursor=a");
        admin.get(PRICE + "/versions?limit=1");
        admin.get(PRICE + "/versions?limit=1&cursor=1");
        for (String change : new String[] {"deprecate", "reinstate", "yank"}) {
            admin.post(SECOND + "/" + change, "{'reason': 'as told', 'despite_hold': true}", "Idempotency-Key", change);
            admin.post(PRICE + "/versions/third/" + change, "reason=as told");
        }
        admin.post(
                PRICE + "/versions/1/approve",
                "{'reason': 'seen', 'despite_hold': true}",
                "Idempotency-Key",
                "approve");
        admin.post(PRICE + "/versions/2/approve", "reason=seen"); // who registered a version does not approve it
        admin.get(PRICE + "/versions/1");
        String tag = tag(SECOND);
        admin.expect(304, "GET", SECOND, new byte[0], "If-None-Match", tag);
        admin.get(SECOND + "/bundle");
        admin.delete(SECOND, "{'reason': 'old'}", "Idempotency-Key", "delete");
        admin.delete(PRICE + "/versions/third", "reason=old");
    }

    private void keysAreGrantedAndRevoked() {
        String granted = admin.expect(
                        201,
                        "POST",
                        "/api/v1/keys",
                        Asker.bytes("{'label': 'shop', 'roles': ['invoker'], 'models': ['price'],"
                                + " 'until': '2030-01-01T00:00:00Z', 'reason': 'opening'}"),
                        "Idempotency-Key",
                        "grant")
                .json()
                .get("id")
                .asText();
        String other = admin.expect(201, "POST", "/api/v1/keys", Asker.bytes("label=stall&roles=reader"))
                .json()
                .get("id")
                .asText();
        String third = admin.expect(201, "POST", "/api/v1/keys", Asker.bytes("label=shelf&roles=reader"))
                .json()
                .get("id")
                .asText();
        admin.get("/api/v1/keys");
        admin.get("/api/v1/keys?limit=1");
        admin.get("/api/v1/keys?cursor=0");
        admin.delete("/api/v1/keys/" + granted, "{'reason': 'closed'}", "Idempotency-Key", "revoke");
        admin.delete("/api/v1/keys/" + other, "reason=closed");
        admin.delete("/api/v1/keys/" + third, "");
    }

    private void whatHappenedIsRead() {
        admin.get("/api/v1/audit?model=price&actor=tester&kind=register&kind=alias&from=2020-01-01T00:00:00Z"
                + "&until=2030-01-01T00:00:00Z&limit=1&cursor=0");
        for (String format : new String[] {"json", "jsonl", "csv"}) {
            admin.get("/api/v1/audit?format=" + format);
        }
        admin.get("/api/v1/audit?model=bare");
    }
}
