package io.maas.http.internal.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.http.SelfSigned;
import io.maas.http.internal.exchange.ProblemJson;
import io.maas.http.limits.HttpLimits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2, in clear text and encrypted. */
class Http2Test extends TransportFixture {
    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void anUpgradeToHttp2IsTaken() throws Exception {
        HttpResponse<String> response = client.send(request("/constant").build(), BodyHandlers.ofString());

        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(response.body()).isEqualTo(Trial.CONSTANT);
        assertThat(response.headers().firstValue("server")).isEmpty();
    }

    @Test
    void aBodyOfUnknownLengthIsTakenOverHttp1ThoughTheUpgradeIsAskedFor() throws Exception {
        HttpResponse<String> response = client.send(
                request("/count")
                        .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[100_000])))
                        .build(),
                BodyHandlers.ofString());

        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        assertThat(response.body()).isEqualTo("100000");
    }

    @Test
    void whoKnowsThatItIsSpokenNeedNotAsk() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(10_000);
            byte[] emptySettings = {0, 0, 0, 4, 0, 0, 0, 0, 0};
            socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(emptySettings);
            InputStream in = socket.getInputStream();
            byte[] head = in.readNBytes(9);

            assertThat(head[3]).as("a frame of settings").isEqualTo((byte) 4);
        }
    }

    @Test
    void bodiesComeAndGo() throws Exception {
        warmUp();
        byte[] body = "0123456789".repeat(100_000).getBytes(StandardCharsets.UTF_8);

        assertThat(post("/echo", body).body()).isEqualTo(body);
        assertThat(new String(post("/count", body).body(), StandardCharsets.UTF_8))
                .isEqualTo("1000000");
        assertThat(post("/small", body).statusCode()).isEqualTo(413);
        assertThat(post("/constant", body).statusCode()).isEqualTo(200);
    }

    @Test
    void answersBeforeABodysEndAreHeard() throws Exception {
        warmUp();
        for (int i = 0; i < 50; i++) {
            assertThat(post("/small", new byte[3_000_000]).statusCode()).isEqualTo(413);
        }
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void manyRequestsShareAConnection() throws Exception {
        warmUp();
        List<CompletableFuture<HttpResponse<byte[]>>> calls = IntStream.range(0, 100)
                .mapToObj(i -> client.sendAsync(
                        request("/echo")
                                .POST(BodyPublishers.ofString("call " + i))
                                .build(),
                        BodyHandlers.ofByteArray()))
                .toList();

        for (int i = 0; i < calls.size(); i++) {
            assertThat(calls.get(i).get(10, TimeUnit.SECONDS).body())
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("call " + i);
        }
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void whoResetsAStreamCancelsItsCall() throws Exception {
        warmUp();
        var call = client.sendAsync(request("/held").build(), BodyHandlers.ofString());
        var held = trial.nextHeld();
        call.cancel(true);

        assertThat(trial.disconnected.await(10, TimeUnit.SECONDS)).isTrue();
        held.send();
        assertThat(client.send(request("/constant").build(), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/large", "/memory", "/written"})
    void whoLeavesTheWindowOfAStreamClosedLosesIt(String route) throws Exception {
        restart(HttpLimits.defaults().withGrace(Duration.ofMillis(200)).withBytesPerSecond(1 << 20));
        trial.large = 32 << 20;
        warmUp();
        HttpResponse<InputStream> slow = client.send(request(route).build(), BodyHandlers.ofInputStream());
        await("the stream is ended", () -> server.exchanges() == 0);

        assertThatThrownBy(() -> slow.body().readAllBytes()).isInstanceOf(IOException.class);
        assertThat(client.send(request("/constant").build(), BodyHandlers.ofString())
                        .body())
                .as("another stream of the connection")
                .isEqualTo(Trial.CONSTANT);
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void pathsAreAsStrictAsInHttp1() throws Exception {
        warmUp();
        HttpResponse<String> response = client.send(request("/a%2f..%2fb").build(), BodyHandlers.ofString());

        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void bothVersionsAreSpokenOverTls(HttpClient.Version version, @TempDir Path folder) throws Exception {
        SelfSigned keys = SelfSigned.in(folder);
        try (JettyServer secure = secure(keys)) {
            HttpClient trusting = HttpClient.newBuilder()
                    .sslContext(keys.trust())
                    .version(version)
                    .build();
            HttpResponse<String> response = trusting.send(
                    HttpRequest.newBuilder(URI.create("https://localhost:" + secure.port() + "/a"))
                            .build(),
                    BodyHandlers.ofString());

            assertThat(response.version()).isEqualTo(version);
            assertThat(response.body()).isEqualTo("GET|a");
        }
    }

    @Test
    void oldTlsIsRefused(@TempDir Path folder) throws Exception {
        SelfSigned keys = SelfSigned.in(folder);
        try (JettyServer secure = secure(keys);
                SSLSocket socket = (SSLSocket)
                        keys.trust().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), secure.port())) {
            socket.setEnabledProtocols(new String[] {"TLSv1.1"});

            assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void whoGoesAwayFromATlsConnectionCancelsTheCall(@TempDir Path folder) throws Exception {
        SelfSigned keys = SelfSigned.in(folder);
        try (JettyServer secure = secure(keys)) {
            try (SSLSocket socket = (SSLSocket)
                    keys.trust().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), secure.port())) {
                socket.getOutputStream()
                        .write(("GET /held HTTP/1.1\r\n" + HOST + "\r\n").getBytes(StandardCharsets.US_ASCII));
                assertThat(trial.nextHeld()).isNotNull();
            }

            assertThat(trial.disconnected.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void whoTakesTimeOverTheHandshakeIsLeft(@TempDir Path folder) throws Exception {
        HttpLimits limits = HttpLimits.defaults().withHeaders(Duration.ofMillis(200));
        try (JettyServer secure = secure(SelfSigned.in(folder), limits);
                RawClient slow = new RawClient(secure.port())) {
            slow.send("\u0016\u0003\u0001");

            assertThat(slow.isClosed()).isTrue();
        }
    }

    private JettyServer secure(SelfSigned keys) {
        return secure(keys, HttpLimits.defaults().withDrain(Duration.ofMillis(100)));
    }

    private JettyServer secure(SelfSigned keys, HttpLimits limits) {
        return JettyServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new Security.Tls(keys.file(), SelfSigned.PASSWORD),
                limits,
                ClientAddress.CONNECTED,
                trial,
                new ProblemJson());
    }

    /** The first request asks for the upgrade, which only one without a body can. */
    private void warmUp() throws IOException, InterruptedException {
        client.send(request("/constant").build(), BodyHandlers.discarding());
    }

    private HttpResponse<byte[]> post(String route, byte[] body) throws IOException, InterruptedException {
        return client.send(request(route).POST(BodyPublishers.ofByteArray(body)).build(), BodyHandlers.ofByteArray());
    }

    private HttpRequest.Builder request(String route) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + route));
    }
}
