package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.RegisterOptions;
import io.maas.testkit.ScriptedBackend;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlatformApiTest extends ServerFixture {
    private static final String MODELS = "/api/v1/models";
    private static final String PRICE = MODELS + "/price";

    @TempDir
    private Path folder;

    @BeforeEach
    void serve() {
        platform.serve("price", "scale 3");
    }

    /** A package as a file, as a client would have it. */
    private byte[] zip(String name, String script) throws IOException {
        ModelVersion version = platform.register(name, script);
        Path file = folder.resolve(name + version.version() + ".zip");
        platform.maas().repository().exportZip(version, file);
        return Files.readAllBytes(file);
    }

    private Reply send(String method, String path, String... headers) {
        return send(HttpRequest.newBuilder(uri(path))
                .method(method, BodyPublishers.noBody())
                .headers(headers));
    }

    @Test
    void modelsAreListedPageByPage() {
        for (String name : new String[] {"a", "b", "c"}) {
            platform.register(name, "scale 2");
        }
        JsonNode page = get(MODELS + "?limit=2").json();
        assertThat(page.get("models"))
                .extracting(model -> model.get("model").asText())
                .containsExactly("a", "b");
        JsonNode rest =
                get(MODELS + "?limit=2&cursor=" + page.get("next").asText()).json();
        assertThat(rest.get("models"))
                .extracting(model -> model.get("model").asText())
                .containsExactly("c", "price");
        assertThat(get(MODELS + "?limit=0").status()).isEqualTo(400);
        assertThat(get(MODELS + "?limit=x").json().get("detail").asText()).contains("limit");
    }

    @Test
    void aModelAndItsVersionsCanBeLookedAt() {
        platform.register("price", "scale 4");
        JsonNode model = get(PRICE).json();
        assertThat(model.get("aliases").get("production").asText()).isEqualTo("1");
        assertThat(model.get("latest").asText()).isEqualTo("2");
        JsonNode versions = get(PRICE + "/versions?limit=1").json();
        assertThat(versions.get("versions")).hasSize(1);
        assertThat(get(PRICE + "/versions?cursor=" + versions.get("next").asText())
                        .json()
                        .get("versions"))
                .extracting(version -> version.get("version").asText())
                .containsExactly("2");
        JsonNode version = get(PRICE + "/versions/1").json();
        assertThat(version.get("digest").asText()).startsWith("sha256:");
        assertThat(version.get("inputs").get(0).get("name").asText()).isEqualTo("x");
        assertThat(get(PRICE + "/history").json().get("moves").get(0).get("to").asText())
                .isEqualTo("1");
        assertThat(get(PRICE + "/versions/9").status()).isEqualTo(404);
        assertThat(get(MODELS + "/nobody").json().get("code").asText()).isEqualTo("unknown-model");
    }

    @Test
    void aPackageComesBackAsItWasSent() throws IOException {
        byte[] zip = zip("other", "scale 5");
        Reply created = post(MODELS + "?version=v5", zip, "Content-Type", "application/zip");
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(created.header("Location")).contains("/api/v1/models/other/versions/v5");
        assertThat(created.json().get("id").asText()).isEqualTo("other");
        Reply bundle = get(MODELS + "/other/versions/v5/bundle");
        assertThat(bundle.header("Content-Type")).contains("application/zip");
        assertThat(bundle.body()).isEqualTo(zip);
        assertThat(post(MODELS + "?version=v5", zip).status()).isEqualTo(409);
    }

    @Test
    void filesComeAsPartsAsWell() throws IOException {
        byte[] zip = zip("other", "scale 5");
        String head = """
                --b
                Content-Disposition: form-data; name="version"

                v7
                --b
                Content-Disposition: form-data; name="model"; filename="m.zip"

                """.replace("\n", "\r\n");
        Reply created = post(
                MODELS,
                concat(
                        head.getBytes(StandardCharsets.US_ASCII),
                        zip,
                        "\r\n--b--\r\n".getBytes(StandardCharsets.US_ASCII)),
                "Content-Type",
                "multipart/form-data; boundary=b");
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(created.json().get("version").asText()).isEqualTo("v7");
        Reply cut = post(
                MODELS, head.getBytes(StandardCharsets.US_ASCII), "Content-Type", "multipart/form-data; boundary=b");
        assertThat(cut.status()).isEqualTo(400);
    }

    @Test
    void filesComeAsTheLinesOfAFormThatIsCalledJson() throws IOException {
        StringBuilder form = new StringBuilder("version=v8");
        boolean open = false;
        for (byte b : zip("other", "scale 5")) {
            form.append(open ? "" : "&model=").append('%').append(String.format("%02X", b & 0xff));
            open = b != '\n';
        }
        Reply created =
                post(MODELS, form.toString().getBytes(StandardCharsets.US_ASCII), "Content-Type", "application/json");
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(created.json().get("version").asText()).isEqualTo("v8");
        assertThat(post(MODELS, "model=%PK".getBytes(StandardCharsets.US_ASCII))
                        .json()
                        .get("code")
                        .asText())
                .isEqualTo("bad-upload");
    }

    private static byte[] concat(byte[]... parts) {
        java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    @Test
    void whatIsNoModelIsUnprocessableAndRegistersNothing() {
        long head = platform.maas().repository().head();
        byte[] pickle = {(byte) 0x80, 4, 'c', 'o', 's', '\n', 's', 'y', 's', 't', 'e', 'm', '\n', '.'};
        Reply refused = post(MODELS + "?name=evil", pickle);
        assertThat(refused.status()).as(refused.text()).isEqualTo(422);
        assertThat(post(MODELS, new byte[] {'P', 'K', 3, 4, 0}).status()).isEqualTo(422);
        assertThat(post(MODELS, new byte[0]).status()).isEqualTo(400);
        assertThat(platform.maas().repository().head()).isEqualTo(head);
    }

    @Test
    void theNewestBundleGetsALabel() {
        assertThat(post(PRICE + "/versions", "version=best")
                        .json()
                        .get("version")
                        .asText())
                .isEqualTo("best");
        assertThat(post(PRICE + "/versions", "{'version': 'best'}").status()).isEqualTo(409);
        assertThat(post(PRICE + "/versions", "{}").status()).isEqualTo(400);
        assertThat(post(MODELS + "/nobody/versions", "version=best").status()).isEqualTo(404);
    }

    @Test
    void publishingAndRollingBackMoveProduction() {
        platform.register("price", "scale 4");
        Reply published = post(PRICE + "/publish", "version=2&reason=better");
        assertThat(published.status()).as(published.text()).isEqualTo(200);
        assertThat(published.json().get("actor").asText()).isEqualTo("anonymous");
        assertThat(published.json().get("reason").asText()).isEqualTo("better");
        assertThat(get(PRICE).json().get("aliases").get("production").asText()).isEqualTo("2");
        assertThat(post(PRICE + "/rollback", "").status()).isEqualTo(200);
        assertThat(get(PRICE).json().get("aliases").get("production").asText()).isEqualTo("1");
        assertThat(post(PRICE + "/publish", "{'version': '9'}").status()).isEqualTo(404);
        assertThat(post(PRICE + "/publish", "{'alias': 'staging'}").status()).isEqualTo(200);
        assertThat(get(PRICE).json().get("aliases").get("staging").asText()).isEqualTo("2");
        assertThat(post(PRICE + "/unpublish", "{'alias': 'staging'}").status()).isEqualTo(200);
    }

    @Test
    void aShareOfTheCallsGoesToAnotherVersion() {
        platform.register("price", "scale 4");
        assertThat(post(PRICE + "/publish", "{'version': '2', 'weight': 5}").status())
                .isEqualTo(200);
        assertThat(get(PRICE)
                        .json()
                        .get("traffic")
                        .get("production")
                        .get("shares")
                        .toString())
                .isEqualTo("[{\"version\":\"1\",\"weight\":95},{\"version\":\"2\",\"weight\":5}]");
        assertThat(post(PRICE + "/publish", "{'version': '1', 'weight': 5}").status())
                .isEqualTo(400);
        assertThat(post(PRICE + "/traffic", "{'shadow': {'version': '2', 'fraction': 0.5}}")
                        .status())
                .isEqualTo(200);
        assertThat(post(PRICE + "/traffic", "shares=1&shares=2")
                        .json()
                        .get("code")
                        .asText())
                .isEqualTo("structure-lost");
    }

    @Test
    void aChangeDependsOnWhatTheClientSaw() {
        platform.register("price", "scale 4");
        String tag = get(PRICE).header("ETag").orElseThrow();
        assertThat(send("GET", PRICE, "If-None-Match", tag).status()).isEqualTo(304);
        assertThat(post(PRICE + "/publish", "version=2".getBytes(StandardCharsets.US_ASCII), "If-Match", tag)
                        .status())
                .isEqualTo(200);
        Reply stale = post(PRICE + "/rollback", new byte[0], "If-Match", tag);
        assertThat(stale.status()).isEqualTo(412);
        assertThat(stale.json().get("code").asText()).isEqualTo("stale");
        assertThat(get(PRICE).json().get("aliases").get("production").asText()).isEqualTo("2");
        assertThat(post(PRICE + "/publish", "{'version': '1', 'expected': '1'}").status())
                .isEqualTo(409);
    }

    @Test
    void unpublishingDependsOnWhatTheClientSawToo() {
        platform.register("price", "scale 4");
        String stale = get(PRICE).header("ETag").orElseThrow();
        assertThat(post(PRICE + "/publish", "{'version': '2'}").status()).isEqualTo(200);
        assertThat(post(PRICE + "/unpublish", new byte[0], "If-Match", stale).status())
                .isEqualTo(412);
        assertThat(post(PRICE + "/unpublish", "{'expected': '1'}").status()).isEqualTo(409);
        assertThat(get(PRICE).json().get("aliases").get("production").asText()).isEqualTo("2");
        String tag = get(PRICE).header("ETag").orElseThrow();
        assertThat(post(PRICE + "/unpublish", new byte[0], "If-Match", tag).status())
                .isEqualTo(200);
        assertThat(get(PRICE).json().get("aliases")).isEmpty();
        assertThat(get(PRICE + "/history")
                        .json()
                        .get("moves")
                        .get(2)
                        .get("kind")
                        .asText())
                .isEqualTo("unpublish");
    }

    @Test
    void aRepeatedRequestIsTheSameChange() {
        platform.register("price", "scale 4");
        byte[] body = "{\"version\": \"2\"}".getBytes(StandardCharsets.US_ASCII);
        JsonNode first = post(PRICE + "/publish", body, "Idempotency-Key", "k1").json();
        JsonNode again = post(PRICE + "/publish", body, "Idempotency-Key", "k1").json();
        assertThat(again).isEqualTo(first);
        Reply other =
                post(PRICE + "/publish", "version=1".getBytes(StandardCharsets.US_ASCII), "Idempotency-Key", "k1");
        assertThat(other.status()).as(other.text()).isEqualTo(422);
        assertThat(post(PRICE + "/publish", body, "Idempotency-Key", "a b").status())
                .isEqualTo(400);
    }

    @Test
    void versionsLiveAndDie() {
        platform.register("price", "scale 4");
        for (String change : new String[] {"deprecate", "reinstate", "approve", "yank"}) {
            Reply changed = post(PRICE + "/versions/2/" + change, "{'reason': 'as told'}");
            assertThat(changed.status()).as(changed.text()).isEqualTo(200);
        }
        assertThat(get(PRICE + "/versions/2").json().get("lifecycle").asText()).isEqualTo("yanked");
        assertThat(post(PRICE + "/publish", "version=2").status()).isEqualTo(409);
        assertThat(send("DELETE", PRICE + "/versions/2", "X-Any", "1").status()).isEqualTo(200);
        assertThat(send("DELETE", PRICE + "/versions/1", "X-Any", "1").status()).isEqualTo(409);
        platform.register("price", "scale 5");
        assertThat(post(PRICE + "/hold", "{'reason': 'audit'}").status()).isEqualTo(200);
        assertThat(post(PRICE + "/publish", "{}").json().get("code").asText()).isEqualTo("on-hold");
        assertThat(post(PRICE + "/unhold", "").status()).isEqualTo(200);
    }

    @Test
    void predictAnswersTheBareValue() {
        assertThat(post("/predict", "{'input': [1, 2.5], 'model': 'price'}").text())
                .isEqualTo("[3.0,7.5]");
        assertThat(post("/predict", "{'input': {'x': [1]}}").text()).isEqualTo("[3.0]");
        assertThat(post("/api/v1/predict", "{'input': 2}").text()).isEqualTo("6.0");
        assertThat(post("/predict", "input=1&input=2.5").text()).isEqualTo("[3.0,7.5]");
        assertThat(post("/predict", "{}").json().get("detail").asText()).contains("no input");
        assertThat(post("/predict", "{'input': ['a']}").status()).isEqualTo(400);
        assertThat(post("/predict", "{'input': {'z': 1}}").status()).isEqualTo(400);
        assertThat(post("/predict", "{'input': 1, 'model': 'nobody'}").status()).isEqualTo(404);
        platform.serve("second", "scale 2");
        assertThat(post("/predict", "{'input': 1}").json().get("code").asText()).isEqualTo("no-model");
    }

    @Test
    void theOnlyPublishedModelIsFoundBehindManyThatAreNot() {
        List<PackageSource> drafts = IntStream.range(0, 250)
                .mapToObj(i -> ScriptedBackend.model("draft-%03d".formatted(i), "scale " + i))
                .toList();
        platform.maas().repository().registerAll(drafts, RegisterOptions.defaults());
        assertThat(post("/predict", "{'input': [1]}").text()).isEqualTo("[3.0]");
        platform.serve("zone", "scale 2");
        assertThat(post("/predict", "{'input': 1}").json().get("code").asText()).isEqualTo("no-model");
        assertThat(get("/v1/models").json().get("data")).hasSize(2);
        assertThat(post("/v2/repository/index", "").json()).hasSize(252);
    }

    @Test
    void aCallSaysWhoAnswered() {
        platform.register("price", "scale 4");
        assertThat(post(PRICE + "/call", "{'input_data': [1]}").json().toString())
                .startsWith("{\"output\":[3.0],\"model\":\"price\",\"version\":\"1\",\"digest\":\"sha256:");
        assertThat(post(PRICE + "/call", "{'input_data': [1], 'version': '2'}")
                        .json()
                        .get("output")
                        .get(0)
                        .asInt())
                .isEqualTo(4);
        platform.register("draft", "scale 2");
        assertThat(post(MODELS + "/draft/call", "{'input_data': [1]}").status()).isEqualTo(409);
    }

    @Test
    void textsBecomeVectors() {
        platform.serve("encoder", "embed 4");
        assertThat(post("/predict", "{'model': 'encoder', 'input': 'a text'}").json())
                .hasSize(4);
        JsonNode two =
                post("/predict", "{'model': 'encoder', 'input': ['a', 'b']}").json();
        assertThat(two).hasSize(2);
        assertThat(two.get(0)).hasSize(4);
    }

    @Test
    void theAuditLogIsReadInEveryForm() {
        JsonNode page = get("/api/v1/audit?model=price&limit=1").json(); // a commit is not taken apart
        assertThat(page.get("entries").get(0).get("kind").asText()).isEqualTo("register");
        assertThat(page.get("next").asText()).isNotEmpty();
        assertThat(get("/api/v1/audit?format=jsonl").text().lines()).hasSizeGreaterThan(1);
        assertThat(get("/api/v1/audit?format=csv").header("Content-Type")).contains("text/csv; charset=utf-8");
        assertThat(get("/api/v1/audit?from=yesterday").status()).isEqualTo(400);
        assertThat(get("/api/v1/audit?format=xml").status()).isEqualTo(400);
    }

    @Test
    void performanceIsTold() {
        post("/predict", "{'input': [1]}");
        JsonNode version =
                get(PRICE + "/performance?version=1").json().get("versions").get(0);
        assertThat(version.get("outcomes").get("succeeded").asInt()).isEqualTo(1);
        assertThat(version.get("total_ms").get("p50").asDouble()).isPositive();
        assertThat(get(PRICE + "/performance?version=9").status()).isEqualTo(404);
        assertThat(get("/api/v1/devices").json().get("devices")).isNotEmpty();
    }

    @Test
    void problemsAreTold() {
        Reply missing = get("/api/v1/nothing");
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.header("Content-Type")).contains("application/problem+json");
        assertThat(missing.json().get("status").asInt()).isEqualTo(404);
        assertThat(send("PUT", PRICE, "X-Any", "1").header("Allow")).contains("GET");
    }
}
