package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What somebody with bad intentions sends: each gets its own answer, nothing changes, and the server goes on. */
class HostileRequestsTest extends ServerFixture {
    private static final String INFER = "/v2/models/price/infer";
    private static final String INPUT = "{'inputs': [{'name': 'x', 'shape': %s, 'datatype': '%s', 'data': %s}]}";

    private long head;

    @BeforeEach
    void serve() {
        platform.serve("price", "scale 3");
        head = platform.maas().repository().head();
    }

    @AfterEach
    void nothingHasChangedAndTheServerGoesOn() {
        assertThat(platform.maas().repository().head()).isEqualTo(head);
        assertThat(post("/predict", "{'input': [1]}").text()).isEqualTo("[3.0]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[1]                      | FP32 | [1, 2]    | announced as",
                "[3]                      | FP32 | [1, 2]    | announced as",
                "[-1]                     | FP32 | [1]       | the size -1",
                "[0]                      | FP32 | []        | the size 0",
                "[4294967296, 4294967296] | FP32 | [1]       | cannot be counted",
                "[99999999999999999999]   | FP32 | [1]       | whole number",
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

    @Test
    void jsonThatIsNestedWithoutEnd() {
        for (String path : new String[] {INFER, "/predict", "/api/v1/models/price/publish", "/v1/embeddings"}) {
            for (String opening : new String[] {"[", "{\"a\":"}) {
                Reply reply = post(path, "{\"input\": " + opening.repeat(100_000));
                assertThat(reply.status()).as(path).isEqualTo(400);
            }
        }
    }

    @Test
    void keysThatComeTwice() {
        assertThat(post(INFER, "{'id': 'a', 'id': 'b', 'inputs': []}").status()).isEqualTo(400);
        assertThat(post("/api/v1/models/price/publish", "{'version': '1', 'version': '2'}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void bodiesThatAreTooLarge() throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            socket.getOutputStream()
                    .write(("POST " + INFER + " HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            byte[] status = socket.getInputStream().readNBytes(12);
            assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 413");
        }
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bomb)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 64; i++) {
                out.write(zeros);
            }
        }
        assertThat(post(INFER, bomb.toByteArray(), "Content-Encoding", "gzip").status())
                .isEqualTo(413);
    }

    @Test
    void namesThatLeadElsewhere() {
        for (String name :
                new String[] {"%2e%2e", "..%2f..%2fetc", "a%0d%0aSet-Cookie:%20x", "a%00b", "..%5c..", "%c0%af"}) {
            Reply reply = get("/api/v1/models/" + name);
            assertThat(reply.status()).as(name).isEqualTo(400);
            assertThat(reply.header("Set-Cookie")).isEmpty();
        }
        assertThat(post("/predict", "{'input': 1, 'model': '../price'}").status())
                .isEqualTo(400);
        assertThat(post("/api/v1/models/price/publish", "{'version': '../1'}").status())
                .isBetween(400, 404);
        assertThat(post("/api/v1/models?name=..%2Fx", new byte[] {8, 7}).status())
                .isEqualTo(400);
    }
}
