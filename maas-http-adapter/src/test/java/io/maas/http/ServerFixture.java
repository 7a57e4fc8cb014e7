package io.maas.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.maas.http.openapi.ApiContract;
import io.maas.http.openapi.Call;
import io.maas.testkit.TestPlatform;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/**
 * A platform with scripted models behind a server, and a client that asks it. Each request and its answer is held to the OpenAPI
 * document. A query parameter that is meant to be unknown is called {@code undocumented…}.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class ServerFixture {
    private static final ObjectMapper JSON = new ObjectMapper();

    protected final TestPlatform platform = TestPlatform.open(settings -> settings.cores(1));
    protected final ApiContract contract = new ApiContract();
    protected MaasHttpServer server;
    private int port;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** How the server is to be. */
    protected MaasHttpServerBuilder configure(MaasHttpServerBuilder builder) {
        return builder;
    }

    @BeforeEach
    protected final void start() {
        server = configure(MaasHttpServer.builder(platform.maas()).port(0)).start();
        port = server.address().getPort(); // which a closed server has no longer
    }

    @AfterEach
    protected final void end() {
        try (platform) {
            if (server != null) {
                server.close();
            }
        }
    }

    protected final URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /**
     * An answer.
     *
     * @param body as it came
     */
    public record Reply(int status, java.net.http.HttpHeaders headers, byte[] body) {
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        public JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (IOException e) {
                throw new IllegalStateException("not JSON: " + text(), e);
            }
        }

        public Optional<String> header(String name) {
            return headers.firstValue(name);
        }
    }

    protected final Reply get(String path) {
        return send(HttpRequest.newBuilder(uri(path)).GET());
    }

    protected final Reply post(String path, String json) {
        return post(path, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    protected final Reply post(String path, byte[] body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofByteArray(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    protected final Reply send(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        try {
            HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            contract.check(call(request, response, Optional.of(response.body())));
            return new Reply(response.statusCode(), response.headers(), response.body());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What a client that is not this one asked and was answered, for {@link #contract}. */
    protected static Call call(HttpRequest request, HttpResponse<?> response, Optional<byte[]> answer) {
        return new Call(
                request.method(),
                request.uri(),
                request.headers(),
                SentBody.of(request),
                response.statusCode(),
                response.headers(),
                answer);
    }
}
