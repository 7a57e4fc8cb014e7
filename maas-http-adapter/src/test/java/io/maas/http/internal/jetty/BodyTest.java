package io.maas.http.internal.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.http.limits.HttpLimits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies on their way in and out. */
class BodyTest extends TransportFixture {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4095, 4096, 4097, 262_144, 262_145, 1_048_576})
    void wholeBodiesComeAsTheyWereSent(int size) throws IOException {
        assertThat(post("/echo", "", sample(size)).body()).isEqualTo(sample(size));
        assertThat(post("/echo-worker", "", sample(size)).body()).isEqualTo(sample(size));
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1000,10", "300000,7000", "1048576,65536"})
    void bodiesInChunksAreJoined(int size, int chunk) throws IOException {
        byte[] body = sample(size);
        try (RawClient client = connect()) {
            client.send("POST /echo HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n");
            for (int at = 0; at < size; at += chunk) {
                int count = Math.min(chunk, size - at);
                client.send(Integer.toHexString(count) + "\r\n")
                        .send(Arrays.copyOfRange(body, at, at + count))
                        .send("\r\n");
            }

            assertThat(client.send("0\r\n\r\n").reply().body()).isEqualTo(body);
        }
    }

    /** Data that lies unread when a connection is closed has the system throw the answer away. */
    @Test
    void whoIsBusySendingHearsThatItIsTooMuch() throws IOException {
        byte[] body = sample(3_000_000);
        for (int i = 0; i < 20; i++) {
            try (RawClient client = connect()) {
                client.send("POST /small HTTP/1.1\r\n" + HOST + "Content-Length: " + body.length + "\r\n\r\n")
                        .send(body);
                assertThat(client.reply().status()).isEqualTo(413);
                assertThat(client.isClosed()).isTrue();
            }
        }
    }

    @Test
    void streamedBodiesAreReadAsTheyCome() throws IOException {
        assertThat(post("/count", "", sample(Trial.STREAM)).text()).isEqualTo(Integer.toString(Trial.STREAM));
        assertThat(post("/count", "", sample(Trial.STREAM + 1)).status()).isEqualTo(413);
    }

    @Test
    void streamedBodiesOfUnknownLengthHaveALimit() throws IOException {
        String chunk = "10000\r\n" + "a".repeat(1 << 16) + "\r\n";
        try (RawClient client = connect()) {
            client.send("POST /count HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i <= Trial.STREAM >> 16; i++) {
                client.sendUnlessClosed(chunk.getBytes(StandardCharsets.US_ASCII));
            }

            assertThat(client.reply().status()).isEqualTo(413);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/echo", "/echo-worker"})
    void packedBodiesAreUnpacked(String route) throws IOException {
        byte[] body = sample(500_000);

        assertThat(post(route, "Content-Encoding: gzip\r\n", gzip(body)).body()).isEqualTo(body);
    }

    @Test
    void packedBodiesAreUnpackedWhileTheyAreRead() throws IOException {
        assertThat(post("/count", "Content-Encoding: x-gzip\r\n", gzip(sample(500_000)))
                        .text())
                .isEqualTo("500000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/echo", "/count"})
    void bombsGoOffAtTheLimit(String route) throws IOException {
        byte[] bomb = gzip(new byte[64 << 20]);

        assertThat(bomb.length).isLessThan(Trial.SMALL * 100);
        assertThat(post(route, "Content-Encoding: gzip\r\n", bomb).status()).isEqualTo(413);
    }

    @Test
    void bombsGoOffEarlyWhereTheLimitIsFar() throws IOException {
        RawClient.Reply refused = post("/count-much", "Content-Encoding: gzip\r\n", gzip(new byte[64 << 20]));

        assertThat(refused.status()).isEqualTo(413);
        assertThat(refused.text()).contains("more than 200 times as large");
        assertThat(post("/count-much", "Content-Encoding: gzip\r\n", gzip(new byte[15 << 20]))
                        .text())
                .as("little enough")
                .isEqualTo(Integer.toString(15 << 20));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/echo", "/count"})
    void damagedPacksAreRefused(String route) throws IOException {
        byte[] packed = gzip(sample(10_000));
        packed[packed.length / 2] ^= 0x55;

        assertThat(post(route, "Content-Encoding: gzip\r\n", packed).status()).isEqualTo(400);
        assertThat(post(route, "Content-Encoding: gzip\r\n", Arrays.copyOf(packed, 200))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void memoryForBodiesIsBounded() throws Exception {
        restart(HttpLimits.defaults().withBodyBytes(900_000));
        try (RawClient first = connect()) {
            first.send("POST /held-body HTTP/1.1\r\n" + HOST + "Content-Length: 400000\r\n\r\n")
                    .send(sample(400_000));
            var held = trial.nextHeld();

            RawClient.Reply refused = post("/echo", "", sample(400_000));
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("Retry-After")).hasValue("1");
            assertThat(post("/echo", "", sample(1000)).status()).isEqualTo(200);

            held.send();
            assertThat(first.reply().status()).isEqualTo(200);
        }
        await("memory is given back", () -> server.buffers().leases() == 0);
        assertThat(post("/echo", "", sample(400_000)).status()).isEqualTo(200);
    }

    @Test
    void announcedBytesTakeNoMemory() throws IOException {
        restart(HttpLimits.defaults().withBodyBytes(2 << 20));
        try (RawClient one = connect();
                RawClient two = connect();
                RawClient three = connect()) {
            for (RawClient client : new RawClient[] {one, two, three}) {
                client.send("POST /echo HTTP/1.1\r\n" + HOST + "Content-Length: 1000000\r\n\r\nx");
            }
            await("three bodies are on their way", () -> server.buffers().leases() == 3);

            assertThat(server.buffers().leasedBytes()).isLessThan(1 << 20);
            one.reset();
            two.reset();
            three.reset();
        }
    }

    @Test
    void partsAreSentAsOneBody() throws IOException {
        RawClient.Reply reply = ask("GET /parts HTTP/1.1\r\n" + HOST + "\r\n");

        assertThat(reply.text()).isEqualTo("one,two,three");
        assertThat(reply.header("Content-Length")).hasValue("13");
    }

    @ParameterizedTest
    @CsvSource({
        "gzip,true",
        "'deflate, gzip;q=0.5',true",
        "gzip;q=0,false",
        "identity,false",
        "'gzip;q=0.000, br',false"
    })
    void largeJsonIsPackedForThoseWhoTakeIt(String accepted, boolean packed) throws IOException {
        RawClient.Reply reply = ask("GET /large HTTP/1.1\r\n" + HOST + "Accept-Encoding: " + accepted + "\r\n\r\n");

        assertThat(reply.header("Vary")).hasValue("Accept-Encoding");
        assertThat(reply.header("Content-Encoding").isPresent()).isEqualTo(packed);
        byte[] body = packed ? unpacked(reply.body()) : reply.body();
        assertThat(body).hasSize(trial.large).containsOnly('7');
    }

    @Test
    void largeAnswersComeWhole() throws IOException {
        trial.large = 20_000_000;

        assertThat(ask("GET /large HTTP/1.1\r\n" + HOST + "\r\n").body())
                .hasSize(trial.large)
                .containsOnly('7');
    }

    @Test
    void smallAnswersAndBinaryOnesAreNotPacked() throws IOException {
        trial.large = 1023;
        assertThat(ask("GET /large HTTP/1.1\r\n" + HOST + "Accept-Encoding: gzip\r\n\r\n")
                        .header("Content-Encoding"))
                .isEmpty();
        assertThat(post("/echo", "Accept-Encoding: gzip\r\n", sample(100_000)).header("Content-Encoding"))
                .isEmpty();
    }

    @Test
    void answersCanBeWrittenBitByBit() throws IOException {
        trial.large = 300_000;
        RawClient.Reply plain = ask("GET /written HTTP/1.1\r\n" + HOST + "\r\n");
        RawClient.Reply packed = ask("GET /written HTTP/1.1\r\n" + HOST + "Accept-Encoding: gzip\r\n\r\n");

        assertThat(plain.body()).hasSize(300_000).containsOnly('w');
        assertThat(unpacked(packed.body())).isEqualTo(plain.body());
    }

    private RawClient.Reply post(String route, String headers, byte[] body) throws IOException {
        try (RawClient client = connect()) {
            return client.send("POST " + route + " HTTP/1.1\r\n" + HOST + headers + "Content-Length: " + body.length
                            + "\r\n\r\n")
                    .sendUnlessClosed(body)
                    .reply();
        }
    }

    private static byte[] sample(int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (i * 31 ^ i >> 8);
        }
        return bytes;
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        }
        return packed.toByteArray();
    }

    private static byte[] unpacked(byte[] packed) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            return in.readAllBytes();
        }
    }
}
