package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that does not know whether its change was made sends it again, under the same {@code Idempotency-Key}. */
class RepeatedChangesTest extends ServerFixture {
    private static final String MODELS = "/api/v1/models";
    private static final byte[] ZIP = UploadedZip.of("sent").bytes();
    private static final byte[] OTHER =
            UploadedZip.of("sent").file("note.md", "doc", new byte[] {'x'}).bytes();

    /** A way to send a package. */
    private record Sending(String contentType, Function<byte[], byte[]> body) {}

    private Reply send(String path, String key, String contentType, byte[] body) {
        return send(HttpRequest.newBuilder(uri(path))
                .POST(BodyPublishers.ofByteArray(body))
                .header("Content-Type", contentType)
                .header("Idempotency-Key", key));
    }

    private Reply change(String path, String key, String json) {
        return send(path, key, "application/json", json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private long head() {
        return platform.maas().repository().head();
    }

    static Stream<Map.Entry<String, Sending>> sendings() {
        return Map.of(
                "as the body", new Sending("application/zip", zip -> zip),
                "as a part", new Sending("multipart/form-data; boundary=b", RepeatedChangesTest::part),
                "as a form", new Sending("application/json", RepeatedChangesTest::form))
                .entrySet()
                .stream();
    }

    private static byte[] part(byte[] zip) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes("--b\r\nContent-Disposition: form-data; name=\"model\"; filename=\"m\"\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
        body.writeBytes(zip);
        body.writeBytes("\r\n--b--\r\n".getBytes(StandardCharsets.US_ASCII));
        return body.toByteArray();
    }

    private static byte[] form(byte[] zip) {
        List<String> bytes = new ArrayList<>();
        for (byte b : zip) {
            bytes.add(String.format("%%%02X", b & 0xff));
        }
        return ("model=" + String.join("", bytes)).getBytes(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @MethodSource("sendings")
    void aModelIsRegisteredOnce(Map.Entry<String, Sending> way) {
        String type = way.getValue().contentType();
        byte[] body = way.getValue().body().apply(ZIP);
        JsonNode first = send(MODELS, "once", type, body).json();
        long head = head();
        Reply again = send(MODELS, "once", type, body);
        assertThat(again.status()).as(again.text()).isEqualTo(201);
        assertThat(again.json()).isEqualTo(first);
        assertThat(head()).isEqualTo(head);

        Reply other = send(MODELS, "once", type, way.getValue().body().apply(OTHER));
        assertThat(other.status()).as(other.text()).isEqualTo(422);
        assertThat(other.json().get("code").asText()).isEqualTo("token-reused");
        assertThat(head()).isEqualTo(head);
    }

    @Test
    void howItIsSentDoesNotMatter() {
        JsonNode first = send(MODELS, "once", "application/zip", ZIP).json();
        assertThat(send(MODELS, "once", "multipart/form-data; boundary=b", part(ZIP))
                        .json())
                .isEqualTo(first);
    }

    @Test
    void aBareFileIsRegisteredOnce() {
        String path = MODELS + "?name=bare&format=scripted";
        byte[] body = "scale 5".getBytes(StandardCharsets.UTF_8);
        Reply first = send(path, "once", "application/octet-stream", body);
        assertThat(first.status()).as(first.text()).isEqualTo(201);
        long head = head();
        assertThat(send(path, "once", "application/octet-stream", body).json()).isEqualTo(first.json());
        byte[] other = "scale 6".getBytes(StandardCharsets.UTF_8);
        assertThat(send(path, "once", "application/octet-stream", other).status())
                .isEqualTo(422);
        assertThat(head()).isEqualTo(head);
    }

    @Test
    void aLabelIsGivenOnceWhateverWasRegisteredSince() {
        platform.register("price", "scale 3");
        String path = MODELS + "/price/versions";
        Reply first = change(path, "label", "{'version': 'best'}");
        assertThat(first.status()).as(first.text()).isEqualTo(201);
        platform.register("price", "scale 4");
        long head = head();
        Reply again = change(path, "label", "{'version': 'best'}");
        assertThat(again.status()).as(again.text()).isEqualTo(201);
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(change(path, "label", "{'version': 'better'}").status()).isEqualTo(422);
        assertThat(change(path, "other", "{'version': 'best'}").status()).isEqualTo(409);
        assertThat(head()).isEqualTo(head);
    }

    @Test
    void aModelIsPublishedAndRolledBackOnce() {
        platform.serve("price", "scale 3");
        platform.register("price", "scale 4");
        for (String route : new String[] {"publish", "rollback"}) {
            String path = MODELS + "/price/" + route;
            Reply first = change(path, route, "{'version': '2', 'reason': 'better'}");
            long head = head();
            if (route.equals("publish")) {
                assertThat(first.status()).as(first.text()).isEqualTo(200);
                assertThat(change(path, route, "{'version': '2', 'reason': 'better'}")
                                .json())
                        .isEqualTo(first.json());
                assertThat(change(path, route, "{'version': '1'}").status()).isEqualTo(422);
            }
            assertThat(head()).isEqualTo(head);
        }
        Reply back = change(MODELS + "/price/rollback", "back", "{}");
        assertThat(back.status()).as(back.text()).isEqualTo(200);
        long head = head();
        assertThat(change(MODELS + "/price/rollback", "back", "{}").json()).isEqualTo(back.json());
        assertThat(change(MODELS + "/price/rollback", "back", "{'version': '2'}")
                        .status())
                .isEqualTo(422);
        assertThat(head()).isEqualTo(head);
    }

    @Test
    void aKeyIsForOneChangeWhateverTheRoute() {
        platform.serve("price", "scale 3");
        platform.register("price", "scale 4");
        assertThat(change(MODELS + "/price/hold", "one", "{'reason': 'look'}").status())
                .isEqualTo(200);
        long head = head();
        for (String route : new String[] {"publish", "unhold", "unpublish"}) {
            assertThat(change(MODELS + "/price/" + route, "one", "{'reason': 'look'}")
                            .status())
                    .as(route)
                    .isEqualTo(422);
        }
        assertThat(send(MODELS, "one", "application/zip", ZIP).status()).isEqualTo(422);
        assertThat(head()).isEqualTo(head);
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "a b"})
    void keysThatAreNone(String key) {
        platform.serve("price", "scale 3");
        long head = head();
        assertThat(change(MODELS + "/price/hold", key, "{'reason': 'look'}").status())
                .isEqualTo(400);
        assertThat(change(MODELS + "/price/hold", "k".repeat(129), "{'reason': 'look'}")
                        .status())
                .isEqualTo(400);
        assertThat(head()).isEqualTo(head);
    }

    @Test
    void aVersionIsSentToItsOwnModel() {
        platform.serve("price", "scale 3");
        long head = head();
        Reply refused = send(MODELS + "/price/versions", "x", "application/zip", ZIP);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().get("code").asText()).isEqualTo("other-model");
        assertThat(refused.json().get("detail").asText()).contains("the package is of sent");
        assertThat(head()).isEqualTo(head);
        assertThat(send(MODELS + "/sent/versions", "y", "application/zip", ZIP).status())
                .isEqualTo(201);
    }
}
