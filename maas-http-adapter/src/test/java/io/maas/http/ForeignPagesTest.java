package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server that asks nobody who he is trusts whoever reaches it. A browser reaches it on behalf of any page that its user looks at,
 * and such a page is not to be trusted.
 */
class ForeignPagesTest extends ServerFixture {
    private static final String PUBLISH = "/api/v1/models/price/publish";

    @BeforeEach
    void serve() {
        platform.serve("price", "scale 3");
        platform.register("price", "scale 4");
    }

    private Reply publish(String... headers) {
        return post(PUBLISH, "version=2".getBytes(StandardCharsets.US_ASCII), headers);
    }

    private String production() {
        return platform.maas().repository().resolve("price").version();
    }

    private String own() {
        return "http://127.0.0.1:" + server.address().getPort();
    }

    // ---- pages of others

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://evil.example",
                "https://evil.example",
                "null", // a page from a file, or in a sandbox
                "http://127.0.0.1", // a page from another server on the same machine
                "http://127.0.0.1:1",
                "http://localhost:1",
                "",
                "evil",
                "http://127.0.0.1:1@evil.example"
            })
    void aPageOfAnotherOriginChangesNothing(String origin) {
        Reply reply = publish("Origin", origin, "Content-Type", "text/plain");

        assertThat(reply.status()).as(reply.text()).isEqualTo(403);
        assertThat(reply.json().get("code").asText()).isEqualTo("foreign-page");
        assertThat(production()).isEqualTo("1");
    }

    @Test
    void theSchemeIsPartOfAnOrigin() {
        assertThat(publish("Origin", own().replace("http:", "https:")).status()).isEqualTo(403);
        assertThat(production()).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cross-site", "same-site", "unheard-of"})
    void aPageThatTheBrowserCallsForeignChangesNothing(String site) {
        Reply reply = publish("Sec-Fetch-Site", site);

        assertThat(reply.status()).as(reply.text()).isEqualTo(403);
        assertThat(reply.json().get("code").asText()).isEqualTo("foreign-page");
        assertThat(production()).isEqualTo("1");
    }

    @Test
    void aSecondOriginThatIsForeignCounts() {
        assertThat(publish("Origin", own(), "Origin", "http://evil.example").status())
                .isEqualTo(403);
    }

    @Test
    void whoIsNotAskedForHisNameIsNotKnownByOne() {
        assertThat(publish("Origin", "http://evil.example", "Authorization", "Bearer maas_anything")
                        .status())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({"/v2/models/price/infer, /error", "/v1/embeddings, /error/message", "/predict, /detail"})
    void eachFaceSaysSoInItsForm(String path, String at) {
        Reply reply = post(path, "{}".getBytes(StandardCharsets.US_ASCII), "Origin", "http://evil.example");

        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.json().at(at).asText()).contains("page");
    }

    // ---- our own, and programs

    @Test
    void pagesOfTheServerItselfAreLetIn() {
        assertThat(publish("Origin", own(), "Sec-Fetch-Site", "same-origin").status())
                .isEqualTo(200);
        assertThat(production()).isEqualTo("2");
    }

    @Test
    void whatAUserTypesIsLetIn() {
        assertThat(send(HttpRequest.newBuilder(uri("/api/v1/models")).header("Sec-Fetch-Site", "none"))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void programsNeedNotSayWhereTheyComeFrom() {
        assertThat(publish().status()).isEqualTo(200);
    }

    @Test
    void healthIsToldToAnybody() throws IOException {
        assertThat(get("/healthz").status()).isEqualTo(200);
        assertThat(asked("10.1.2.3:8080", "/healthz")).startsWith("HTTP/1.1 200 ");
        assertThat(asked("pod.example", "/v2/health/ready")).startsWith("HTTP/1.1 200 ");
    }

    // ---- names that lead here

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8080",
                "127.0.0.1.evil.example",
                "localhost.evil.example",
                "10.0.0.1",
                "0.0.0.0",
                "[fe80::1]",
                "[::]"
            })
    void aNameThatIsNotTheServersLeadsNowhere(String host) throws IOException {
        assertThat(asked(host, "/api/v1/models")).startsWith("HTTP/1.1 403 ").contains("foreign-host");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.0.0.1:9",
                "127.8.9.10",
                "localhost",
                "LocalHost:8080",
                "localhost.:80",
                "[::1]",
                "[::1]:80",
                "[0:0:0:0:0:0:0:1]"
            })
    void namesOfLoopbackAreTheServers(String host) throws IOException {
        assertThat(asked(host, "/api/v1/models")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void namesThatTheHostGivesItAreTheServers() throws IOException {
        restart(builder -> builder.allowedHosts("models.example", "[fd00::7]", "10.0.0.1"));

        for (String host : new String[] {"models.example", "Models.Example:80", "[fd00:0::7]:8080", "10.0.0.1:1"}) {
            assertThat(asked(host, "/api/v1/models")).as(host).startsWith("HTTP/1.1 200 ");
        }
        assertThat(asked("localhost", "/api/v1/models")).startsWith("HTTP/1.1 200 ");
        assertThat(asked("other.example", "/api/v1/models")).startsWith("HTTP/1.1 403 ");
        assertThat(asked("models.example\r\nOrigin: http://models.example", "/api/v1/models"))
                .startsWith("HTTP/1.1 200 ");
        assertThat(asked("models.example\r\nOrigin: http://localhost", "/api/v1/models"))
                .startsWith("HTTP/1.1 403 ");
    }

    @Test
    void whereAllAddressesAreListenedOnAllAddressesAreTheServers() throws IOException {
        restart(builder -> builder.host("0.0.0.0").insecure());

        // whoever asks for an address was not led here by a name that somebody else gave it
        assertThat(asked("192.0.2.7:8080", "/api/v1/models")).startsWith("HTTP/1.1 200 ");
        assertThat(asked("[2001:db8::7]", "/api/v1/models")).startsWith("HTTP/1.1 200 ");
        assertThat(asked("evil.example", "/api/v1/models")).startsWith("HTTP/1.1 403 ");
    }

    @Test
    void behindAProxyPagesMayComeEncrypted() throws IOException {
        restart(builder -> builder.behindProxy().allowedHosts("models.example"));

        for (String origin :
                new String[] {"https://models.example", "http://models.example", "HTTPS://models.example:443"}) {
            assertThat(asked("models.example\r\nOrigin: " + origin, "/api/v1/models"))
                    .as(origin)
                    .startsWith("HTTP/1.1 200 ");
        }
        assertThat(asked("models.example\r\nOrigin: ftp://models.example", "/api/v1/models"))
                .startsWith("HTTP/1.1 403 ");
    }

    @Test
    void whoeverProvesWhoHeIsMayComeByAnyNameFromAnywhere() throws IOException {
        String[] key = {""};
        restart(builder -> builder.requireKeys(made -> key[0] = made).clock(platform.clock()));

        assertThat(asked(
                        "models.example\r\nOrigin: http://evil.example\r\nAuthorization: Bearer " + key[0],
                        "/api/v1/models"))
                .startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "*", "http://models.example", "models.example:8080", "a b", "[::x]", "a/b"})
    void hostsThatAreNone(String host) {
        MaasHttpServerBuilder builder = MaasHttpServer.builder(platform.maas());
        assertThatThrownBy(() -> builder.allowedHosts(host))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("'" + host + "'");
    }

    @ParameterizedTest
    @CsvSource({"evil.example, foreign-host", "localhost, price"})
    void namesCountOverHttp2Too(String host, String answered) throws IOException {
        assertThat(askedOverHttp2(host, "/api/v1/models")).contains(answered);
    }

    private void restart(UnaryOperator<MaasHttpServerBuilder> settings) {
        server.close();
        server = settings.apply(MaasHttpServer.builder(platform.maas()).port(0)).start();
    }

    /** Asks under a name, which no client lets one choose. */
    private String asked(String host, String path) throws IOException {
        String head = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Asks as {@link #asked} does, with the least that HTTP/2 allows, and returns the first frame of the body. */
    private String askedOverHttp2(String host, String path) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.writeBytes(new byte[] {(byte) 0x82, (byte) 0x86}); // GET, http
        head.writeBytes(named(4, path));
        head.writeBytes(named(1, host)); // :authority
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0}); // no settings
            out.write(new byte[] {0, 0, (byte) head.size(), 1, 5, 0, 0, 0, 1}); // a whole head, without a body
            out.write(head.toByteArray());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (true) {
                int lengthAndKind = in.readInt();
                in.readByte();
                in.readInt();
                byte[] frame = in.readNBytes(lengthAndKind >>> 8);
                if ((lengthAndKind & 0xff) == 0) {
                    return new String(frame, StandardCharsets.UTF_8);
                }
            }
        }
    }

    /** A header whose name stands at a place of HPACK's table. */
    private static byte[] named(int place, String value) {
        ByteArrayOutputStream field = new ByteArrayOutputStream();
        field.write(place);
        field.write(value.length());
        field.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
        return field.toByteArray();
    }

    /** What a page sends without asking first. */
    @Test
    void aFormThatIsSentWithoutAskingChangesNothing() {
        Reply reply = send(HttpRequest.newBuilder(uri(PUBLISH))
                .POST(BodyPublishers.ofString("version=2"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Origin", "http://evil.example")
                .header("Sec-Fetch-Mode", "no-cors")
                .header("Sec-Fetch-Site", "cross-site"));

        assertThat(reply.status()).isEqualTo(403);
        assertThat(production()).isEqualTo("1");
    }
}
