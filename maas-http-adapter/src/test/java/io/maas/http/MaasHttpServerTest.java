package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.Maas;
import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.http.limits.HttpLimits;
import io.maas.repository.AccessSecret;
import io.maas.testkit.EngineFailure;
import io.maas.testkit.ScriptedBackend;
import io.maas.testkit.TestPlatform;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server as a host starts it. */
class MaasHttpServerTest {
    private final TestPlatform platform = TestPlatform.open();
    private final Maas maas = platform.maas();

    @AfterEach
    void close() {
        platform.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/healthz", "/v2/health/live", "/v2/health/ready"})
    void healthIsTold(String path) throws Exception {
        try (MaasHttpServer server = MaasHttpServer.builder(maas).port(0).start()) {
            HttpResponse<String> response = get(server, path);

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
            assertThat(response.body()).isEqualTo("{\"status\":\"ok\"}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/healthz", "/v2/health/live"})
    void aServerWhoseDeviceIsLostIsToBeStartedAgain(String path) throws Exception {
        platform.serve("price", "scale 3");
        platform.backend().failNextRuns(1, EngineFailure.DEVICE_LOST);
        assertThatThrownBy(() -> maas.predictor("price").predict(ScriptedBackend.x(1)))
                .hasMessageContaining("restart the process");
        try (MaasHttpServer server = MaasHttpServer.builder(maas).port(0).start()) {
            HttpResponse<String> response = get(server, path);

            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.body()).isEqualTo("{\"status\":\"device lost\"}");
        }
    }

    @Test
    void aPlatformThatWasClosedIsNotReady() throws Exception {
        try (MaasHttpServer server = MaasHttpServer.builder(maas).port(0).start()) {
            maas.close();

            assertThat(get(server, "/v2/health/ready").statusCode()).isEqualTo(503);
            assertThat(get(server, "/healthz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void healthIsAskedForAndNotSent() throws Exception {
        try (MaasHttpServer server = MaasHttpServer.builder(maas).port(0).start()) {
            HttpRequest post = HttpRequest.newBuilder(uri(server, "/healthz"))
                    .POST(HttpRequest.BodyPublishers.ofString("{}"))
                    .build();

            assertThat(HttpClient.newHttpClient()
                            .send(post, BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(405);
        }
    }

    @Test
    void itListensOnLoopbackUnlessToldOtherwise() {
        try (MaasHttpServer server = MaasHttpServer.builder(maas).port(0).start()) {
            assertThat(server.address().getAddress().isLoopbackAddress()).isTrue();
            assertThat(server.address().getPort()).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "203.0.113.7", "no-such-host.invalid"})
    void otherAddressesNeedAWord(String host) {
        MaasHttpServerBuilder builder = MaasHttpServer.builder(maas).port(0).host(host);

        assertThatThrownBy(builder::start)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("serve HTTP on " + host)
                .hasMessageContaining("insecure()");
    }

    @Test
    void keysAreNotSentWhereTheyCanBeRead() {
        MaasHttpServerBuilder builder =
                MaasHttpServer.builder(maas).port(0).host("0.0.0.0").requireKeys(key -> {});

        assertThatThrownBy(builder::start)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("tls(");
        assertThat(maas.repository().accessKeys()).isEmpty();
    }

    @Test
    void keysAndEncryptionMakeOtherAddressesSafe(@TempDir Path folder) {
        MaasHttpServerBuilder builder = MaasHttpServer.builder(maas)
                .port(0)
                .host("0.0.0.0")
                .requireKeys(key -> {})
                .tls(folder.resolve("missing.p12"), "secret");

        assertThatThrownBy(builder::start).isInstanceOf(UnavailableException.class); // for the key store alone
    }

    @Test
    void otherAddressesCanBeHad() throws Exception {
        try (MaasHttpServer server =
                MaasHttpServer.builder(maas).port(0).host("0.0.0.0").insecure().start()) {
            assertThat(get(server, "/healthz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void otherAddressesAreSafeWithKeysAndTls(@TempDir Path folder) throws Exception {
        SelfSigned keys = SelfSigned.in(folder);
        List<String> first = new ArrayList<>();
        try (MaasHttpServer server = MaasHttpServer.builder(maas)
                .port(0)
                .host("0.0.0.0")
                .clock(platform.clock())
                .tls(keys.file(), SelfSigned.PASSWORD)
                .requireKeys(first::add)
                .start()) {
            HttpClient client = HttpClient.newBuilder().sslContext(keys.trust()).build();
            URI models = URI.create("https://localhost:" + server.address().getPort() + "/api/v1/models");
            HttpRequest.Builder request = HttpRequest.newBuilder(models);
            assertThat(client.send(request.build(), BodyHandlers.discarding()).statusCode())
                    .isEqualTo(401);
            request.header("Authorization", "Bearer " + first.get(0));
            assertThat(client.send(request.build(), BodyHandlers.discarding()).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void twoServersThatStartOnOneStoreMakeOneFirstKey() {
        List<String> first = new ArrayList<>();
        try (TestPlatform other = platform.host(); // which does not hear of what happens here
                MaasHttpServer here = guarded(maas, first);
                MaasHttpServer there = guarded(other.maas(), first)) {
            assertThat(here.address()).isNotEqualTo(there.address());
            assertThat(first).hasSize(1);
            assertThat(other.maas().repository().accessKeys()).hasSize(1);
        }
    }

    @Test
    void theyMakeOneAlthoughSomethingElseHappensBetweenTheirLooks() {
        List<String> first = new ArrayList<>();
        try (TestPlatform other = platform.host()) {
            platform.register("price", "scale 3"); // which the other has not heard of
            try (MaasHttpServer here = guarded(maas, first);
                    MaasHttpServer there = guarded(other.maas(), first)) {
                assertThat(here.address()).isNotEqualTo(there.address());
                assertThat(first).hasSize(1);
                String told = AccessSecret.read(first.get(0)).orElseThrow().id();
                assertThat(other.maas().repository().accessKeys())
                        .extracting(grant -> grant.key().id())
                        .containsExactly(told);
            }
        }
    }

    private MaasHttpServer guarded(Maas platform, List<String> first) {
        return MaasHttpServer.builder(platform)
                .port(0)
                .clock(this.platform.clock())
                .requireKeys(first::add)
                .start();
    }

    @Test
    void anAddressInUseIsNamed() {
        try (MaasHttpServer server = MaasHttpServer.builder(maas).port(0).start()) {
            MaasHttpServerBuilder second =
                    MaasHttpServer.builder(maas).port(server.address().getPort());

            assertThatThrownBy(second::start)
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("127.0.0.1:" + server.address().getPort());
        }
    }

    @Test
    void aKeyStoreThatCannotBeReadIsToldOf(@TempDir Path folder) {
        MaasHttpServerBuilder builder =
                MaasHttpServer.builder(maas).port(0).tls(folder.resolve("missing.p12"), "secret");

        assertThatThrownBy(builder::start)
                .isInstanceOf(UnavailableException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void portsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> MaasHttpServer.builder(maas).port(65_536)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void limitsAreChecked() {
        assertThatThrownBy(() -> HttpLimits.defaults().withThreads(2))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("threads is 2");
    }

    private static URI uri(MaasHttpServer server, String path) {
        InetSocketAddress address = server.address();
        return URI.create("http://127.0.0.1:" + address.getPort() + path);
    }

    private static HttpResponse<String> get(MaasHttpServer server, String path)
            throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri(server, path)).build(), BodyHandlers.ofString());
    }
}
