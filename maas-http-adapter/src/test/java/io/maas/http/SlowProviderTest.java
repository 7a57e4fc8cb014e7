package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.http.limits.HttpLimits;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A provider that does not answer keeps those out whose tokens it would have to vouch for, and nobody else. */
class SlowProviderTest extends ServerFixture {
    private static final String MODELS = "/api/v1/models";
    private static final int CALLERS = 14;

    private final Provider provider = new Provider();
    private final List<String> firstKeys = new ArrayList<>();

    @Override
    protected MaasHttpServerBuilder configure(MaasHttpServerBuilder builder) {
        return builder.clock(platform.clock())
                .limits(HttpLimits.defaults().withThreads(16))
                .requireKeys(firstKeys::add)
                .acceptTokens(provider.settings());
    }

    @AfterEach
    void endProvider() {
        provider.close();
    }

    private HttpRequest request(String credential) {
        return HttpRequest.newBuilder(uri(MODELS))
                .header("Authorization", "Bearer " + credential)
                .build();
    }

    @Test
    void tokensThatCannotBeCheckedHoldFewThreads() {
        provider.hang();
        HttpClient client = HttpClient.newHttpClient();
        List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            String subject = "caller-" + i;
            String token = provider.token(platform.clock().instant(), claims -> claims.subject(subject), "reader");
            waiting.add(client.sendAsync(request(token), BodyHandlers.ofString()));
        }

        assertThat(new Asker(this, firstKeys.get(0)).get(MODELS).status()).isEqualTo(200);
        assertThat(get("/healthz").status()).isEqualTo(200);

        List<HttpResponse<String>> replies =
                waiting.stream().map(CompletableFuture::join).toList();
        assertThat(replies).allSatisfy(reply -> {
            assertThat(reply.statusCode()).isEqualTo(503);
            assertThat(reply.headers().firstValue("Retry-After")).isPresent();
        });
        assertThat(replies).anySatisfy(reply -> assertThat(reply.body()).contains("token-checks-busy"));
        assertThat(provider.asked()).isBetween(1, 2);
    }
}
