package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.http.limits.HttpLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody with bad intentions asks: each gets its own answer, nothing changes, and the server goes on. */
class HostileRequestsTest extends HostileFixture {
    private static final String INFER = "/v2/models/price/infer";
    private static final String PUBLISH = "/api/v1/models/price/publish";
    private static final String MODELS = "/api/v1/models";
    private static final String INPUT = "{'inputs': [{'name': 'x', 'shape': %s, 'datatype': '%s', 'data': %s}]}";

    /** Clients are given up sooner than usual, though not before a busy machine gets to them. */
    @Override
    protected MaasHttpServerBuilder configure(MaasHttpServerBuilder builder) {
        return builder.limits(
                HttpLimits.defaults().withHeaders(Duration.ofSeconds(2)).withGrace(Duration.ofSeconds(2)));
    }

    @AfterEach
    void theModelAnswers() {
        assertThat(post("/predict", "{'input': [1]}").text()).isEqualTo("[3.0]");
    }

    // ---- tensors

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[1]                      | FP32 | [1, 2]    | announced as",
                "[3]                      | FP32 | [1, 2]    | announced as",
                "[-1]                     | FP32 | [1]       | the size -1",
                "[0]                      | FP32 | []        | the size 0",
                "[4294967296, 4294967296] | FP32 | [1]       | cannot be counted",
                "[2147483647]             | FP32 | [1]       | announced as",
                "[99999999999999999999]   | FP32 | [1]       | whole number",
                "[1.5]                    | FP32 | [1]       | whole number",
                "[1]                      | FP32 | [NaN]     | not JSON",
                "[1]                      | FP32 | [1e999]   | out of range",
                "[1]                      | FP32 | [null]    | null",
                "[1]                      | FP33 | [1]       | no datatype",
                "[1]                      | FP32 | [[[[1]]]] | announced as"
            })
    void tensorsThatAreNone(String shape, String type, String data, String why) {
        Reply reply = post(INFER, INPUT.formatted(shape, type, data));
        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.json().get("error").asText()).contains(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[NaN]         | bad-document",
                "[-Infinity]   | bad-document",
                "[1e999]       | bad-input",
                "[null]        | bad-input",
                "['a']         | bad-input",
                "[]            | empty-batch",
                "[[1], [1, 2]] | tensor-shape",
                "[[[[1]]]]     | tensor-rank",
                "{'x': {}}     | bad-input",
                "{'z': [1]}    | tensor-unknown"
            })
    void valuesThatAreNone(String input, String code) {
        assertRefused(post("/predict", "{'input': " + input + "}"), 400, code);
        assertRefused(post("/api/v1/models/price/call", "{'input_data': " + input + "}"), 400, code);
    }

    // ---- JSON

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":"})
    void jsonThatIsNestedWithoutEnd(String opening) {
        String body = "{\"input\": " + opening.repeat(100_000);
        assertRefused(post("/predict", body), 400, "bad-document");
        assertRefused(post(PUBLISH, body), 400, "bad-document");
        assertRefused(post(MODELS, "{\"name\": " + opening.repeat(10_000)), 400, "bad-document");
        assertThat(post(INFER, body).json().get("error").asText()).contains("nesting depth");
        Reply vectors = post("/v1/embeddings", "{\"user\": " + opening.repeat(100_000));
        assertThat(vectors.status()).isEqualTo(400);
        assertThat(vectors.json().get("error").get("message").asText()).contains("nesting depth");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{", "{'version': '1', 'version': '2'}", "{'version': '1'} {}", "{'version': NaN}", "{'a': \\"})
    void jsonThatIsNone(String body) {
        assertRefused(post(PUBLISH, body), 400, "bad-document");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[1]", "'x'", "7", "null", "true"})
    void jsonThatIsNoObject(String body) {
        assertRefused(post(PUBLISH, body), 400, "bad-document");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{'version': {}}", "{'version': [1]}", "{'weight': 'x'}", "{'weight': 1e999}", "{'weight': -1}"})
    void fieldsThatAreNone(String body) {
        assertRefused(post(PUBLISH, body), 400, "bad-input");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'shares': 5}",
                "{'shares': [5]}",
                "{'shares': [{}]}",
                "{'shares': [{'version': '1', 'weight': -1}]}",
                "{'shares': [{'version': '1', 'weight': 'x'}]}",
                "{'shares': [{'version': '1', 'weight': 5.5}]}",
                "{'shares': [{'version': '1', 'weight': 99999999999}]}",
                "{'shares': [{'version': ['1'], 'weight': 1}]}",
                "{'shadow': 5}",
                "{'shadow': {'version': '1', 'fraction': 'x'}}",
                "{'shadow': {'version': '1', 'fraction': 7}}"
            })
    void trafficThatIsNone(String body) {
        Reply reply = post("/api/v1/models/price/traffic", body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
    }

    @Test
    void keysThatComeTwice() {
        Reply reply = post(INFER, "{'id': 'a', 'id': 'b', 'inputs': []}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().get("error").asText()).contains("Duplicate field 'id'");
        assertRefused(post(PUBLISH, "{'version': '1', 'version': '1'}"), 400, "bad-document");
        assertRefused(post("/predict", "{'input': [1], 'input': [2]}"), 400, "bad-document");
    }

    @Test
    void textThatIsNotUtf8() {
        byte[] body = "{\"version\": \"?\"}".getBytes(StandardCharsets.US_ASCII);
        body[13] = (byte) 0xff;
        assertRefused(post(PUBLISH, body), 400, "bad-document");
    }

    // ---- bodies

    @ParameterizedTest
    @CsvSource({
        INFER + ", 10000000000",
        PUBLISH + ", 10000000000",
        "/predict, 9223372036854775807",
        MODELS + ", 100000000000"
    })
    void bodiesThatAreSaidToBeLarge(String path, long bytes) throws IOException {
        assertThat(raw("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + bytes + "\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1e3", "+5", "5, 6", "99999999999999999999"})
    void lengthsThatAreNone(String length) throws IOException {
        assertThat(raw("POST " + INFER + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + "\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {INFER, PUBLISH, "/predict"})
    void bodiesThatUnpackToMuchMore(String path) throws IOException {
        byte[] bomb = zipped(64);
        assertThat(bomb.length).isLessThan(100_000);
        Reply reply = post(path, bomb, "Content-Encoding", "gzip");
        assertThat(reply.status()).as(reply.text()).isEqualTo(413);
    }

    @Test
    void bodiesThatAreNoGzip() {
        byte[] body = "{}".getBytes(StandardCharsets.US_ASCII);
        assertRefused(post(PUBLISH, body, "Content-Encoding", "gzip"), 400, "bad-gzip");
        assertRefused(post(MODELS, body, "Content-Encoding", "gzip"), 400, "bad-gzip");
        assertRefused(post(PUBLISH, body, "Content-Encoding", "br"), 415, "unknown-content-encoding");
    }

    private static byte[] zipped(int mebibytes) throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bomb)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < mebibytes; i++) {
                out.write(zeros);
            }
        }
        return bomb.toByteArray();
    }

    /** Sends what no client would, and returns what comes back before the server, or ten seconds, end it. */
    private String raw(String request) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readNBytes(64), StandardCharsets.ISO_8859_1);
        }
    }

    // ---- slowness

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /predict HT",
                "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{\"inp",
                "POST /api/v1/models?name=slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nPK"
            })
    void requestsThatNeverEnd(String beginning) throws IOException {
        assertThat(raw(beginning)).startsWith("HTTP/1.1 408 ");
    }

    @Test
    void uploadsThatBreakOff() throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(
                            "POST /api/v1/models HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nPK\3\4\r\n"
                                    .getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            byte[] rest = socket.getInputStream().readAllBytes();
            assertThat(new String(rest, StandardCharsets.ISO_8859_1))
                    .satisfiesAnyOf(
                            answer -> assertThat(answer).isEmpty(),
                            answer -> assertThat(answer).startsWith("HTTP/1.1 400 "));
        }
    }

    // ---- names

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%2e%2e",
                "%2e%2e%2f%2e%2e%2fetc",
                "..%2f..%2fetc",
                "a%0d%0aSet-Cookie:%20x",
                "a%00b",
                "..%5c..",
                "%c0%af",
                "%"
            })
    void pathsThatLeadElsewhere(String name) {
        for (String rest : new String[] {"", "/versions", "/versions/1/bundle"}) {
            String path =
                    "GET " + MODELS + "/" + name + rest + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            assertThat(answer(path)).startsWith("HTTP/1.1 400 ").doesNotContain("Set-Cookie");
        }
    }

    private String answer(String request) {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../price", "a\\r\\nb", "\\u0000", ".", "..", "price@", "price:", "é"})
    void namesThatAreNone(String name) {
        assertRefused(post("/predict", "{'input': 1, 'model': '" + name + "'}"), 400, "invalid-name");
    }

    @Test
    void namesOfWhatIsSent() {
        assertRefused(post(MODELS + "?name=..%2Fx", new byte[] {8, 7}), 400, "invalid-name");
        assertRefused(post(MODELS + "?name=x&version=..%2Fx", new byte[] {8, 7}), 400, "invalid-name");
        assertRefused(post(MODELS + "?name=a%0d%0ab", new byte[] {8, 7}), 400, "invalid-name");
        assertRefused(post(PUBLISH, "{'version': '../1'}"), 400, "invalid-name");
        assertRefused(post(PUBLISH, "{'alias': '../1'}"), 400, "invalid-name");
    }
}
