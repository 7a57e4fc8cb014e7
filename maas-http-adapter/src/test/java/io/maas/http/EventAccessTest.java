package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.model.ModelName;
import io.maas.repository.AccessKey;
import io.maas.repository.AccessRole;
import io.maas.repository.AccessSecret;
import io.maas.repository.ChangeOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who follows events hears of his own models, for as long as he would be let in. */
class EventAccessTest extends ServerFixture {
    private final Provider provider = new Provider();

    @Override
    protected MaasHttpServerBuilder configure(MaasHttpServerBuilder builder) {
        return builder.clock(platform.clock()).requireKeys(first -> {}).acceptTokens(provider.settings());
    }

    @BeforeEach
    void serve() {
        platform.serve("mine", "scale 2");
        platform.serve("theirs", "scale 3");
    }

    @AfterEach
    void endProvider() {
        provider.close();
    }

    private AccessSecret key(UnaryOperator<AccessKey> change) {
        AccessSecret secret = AccessSecret.random(new SecureRandom());
        platform.maas()
                .repository()
                .governance()
                .grant(change.apply(secret.key("grace", AccessRole.READER)), ChangeOptions.defaults());
        return secret;
    }

    /** The lines of a stream of events, which begins with that of the head. */
    private BufferedReader follow(String credential) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri("/api/v1/events"))
                .header("Authorization", "Bearer " + credential)
                .build();
        var response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        BufferedReader lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
        assertThat(lines.readLine()).isEqualTo(":");
        return lines;
    }

    private static String nextData(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        while (!line.startsWith("data: ")) {
            line = lines.readLine();
        }
        return line;
    }

    @Test
    void aKeyForSomeModelsHearsOfThese() throws Exception {
        AccessSecret key = key(plain -> plain.forModels(List.of(ModelName.of("mine"))));
        try (BufferedReader lines = follow(key.text())) {
            platform.register("theirs", "scale 4");
            key(plain -> plain); // of no model
            platform.register("mine", "scale 5");
            assertThat(nextData(lines)).contains("\"model\":\"mine\"", "\"version\":\"2\"");
        }
    }

    @Test
    void aKeyThatIsRevokedHearsNoMore() throws Exception {
        AccessSecret key = key(plain -> plain);
        try (BufferedReader lines = follow(key.text())) {
            platform.register("mine", "scale 5");
            assertThat(nextData(lines)).contains("\"version\":\"2\"");
            platform.maas().repository().governance().revoke(key.id(), ChangeOptions.defaults());
            platform.register("mine", "scale 6");
            assertThat(String.join("\n", lines.lines().toList())).doesNotContain("\"version\":\"3\""); // to the end
        }
    }

    @Test
    void aKeyThatExpiresHearsNoMoreThoughNothingHappens() throws Exception {
        AccessSecret key =
                key(plain -> plain.validUntil(platform.clock().instant().plusSeconds(60)));
        try (BufferedReader lines = follow(key.text())) {
            platform.clock().advance(Duration.ofSeconds(60));
            assertThat(lines.lines().filter(line -> !line.isEmpty())).isEmpty(); // to the end
        }
    }

    @Test
    void aTokenThatExpiresNeither() throws Exception {
        String token = provider.token(platform.clock().instant(), "reader");
        try (BufferedReader lines = follow(token)) {
            platform.clock().advance(Duration.ofSeconds(331));
            assertThat(lines.lines().filter(line -> !line.isEmpty())).isEmpty();
        }
    }
}
