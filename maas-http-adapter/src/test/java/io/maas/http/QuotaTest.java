package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.InvalidInputException;
import io.maas.http.limits.CallerLimits;
import io.maas.repository.AccessRole;
import io.maas.repository.AccessSecret;
import io.maas.repository.ChangeOptions;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A caller who wants too much is told so, and when to come back; others notice nothing. */
class QuotaTest extends ServerFixture {
    private static final String MODELS = "/api/v1/models";

    private CallerLimits limits = CallerLimits.defaults().withRate(2, 3);

    @Override
    protected MaasHttpServerBuilder configure(MaasHttpServerBuilder builder) {
        return builder.clock(platform.clock()).callers(limits).requireKeys(first -> {});
    }

    private void restart(CallerLimits limits) {
        this.limits = limits;
        server.close();
        start();
    }

    private String key() {
        AccessSecret secret = AccessSecret.random(new SecureRandom());
        platform.maas()
                .repository()
                .governance()
                .grant(secret.key("grace", AccessRole.READER), ChangeOptions.defaults());
        return secret.text();
    }

    private Reply ask(String key) {
        return send(HttpRequest.newBuilder(uri(MODELS)).header("X-API-Key", key));
    }

    private void letIn(int times, String key) {
        for (int i = 0; i < times; i++) {
            assertThat(ask(key).status()).isEqualTo(200);
        }
    }

    private void refused(String key, String retryAfter) {
        Reply reply = ask(key);
        assertThat(reply.status()).isEqualTo(429);
        assertThat(reply.header("Retry-After")).hasValue(retryAfter);
        assertThat(reply.json().get("code").asText()).isEqualTo("caller-over-limit");
    }

    @Test
    void aCallerMaySendSomeAtOnceAndThenAtHisRate() {
        String key = key();
        letIn(3, key);
        refused(key, "1");
        platform.clock().advance(Duration.ofMillis(499));
        refused(key, "1");
        platform.clock().advance(Duration.ofMillis(1));
        letIn(1, key);
        refused(key, "1");
        platform.clock().advance(Duration.ofHours(1));
        letIn(3, key);
        refused(key, "1");
    }

    @Test
    void whoIsToldToWaitMayComeBackThen() {
        restart(CallerLimits.defaults().withRate(0.1, 1));
        String key = key();
        letIn(1, key);
        refused(key, "10");
        platform.clock().advance(Duration.ofSeconds(10));
        letIn(1, key);
    }

    @Test
    void othersNoticeNothing() {
        String greedy = key();
        letIn(3, greedy);
        refused(greedy, "1");
        letIn(3, key());
        assertThat(get("/healthz").status()).isEqualTo(200);
    }

    @Test
    void aClockThatIsSetBackKeepsNobodyOut() {
        String key = key();
        letIn(3, key);
        platform.clock().set(platform.clock().instant().minusSeconds(3600));
        letIn(3, key);
        refused(key, "1");
    }

    @Test
    void requestsUnderWayAreCounted() throws Exception {
        restart(CallerLimits.defaults().withConcurrent(2));
        String key = key();
        HttpRequest events = HttpRequest.newBuilder(uri("/api/v1/events"))
                .header("X-API-Key", key)
                .build();
        HttpClient client = HttpClient.newHttpClient();
        try (InputStream first =
                        client.send(events, BodyHandlers.ofInputStream()).body();
                InputStream second =
                        client.send(events, BodyHandlers.ofInputStream()).body()) {
            assertThat(first.read()).isEqualTo(':');
            assertThat(second.read()).isEqualTo(':');
            refused(key, "1");
            letIn(1, key());
        }
        server.close();
    }

    @Test
    void whatHasEndedIsNotCounted() {
        restart(CallerLimits.defaults().withConcurrent(1));
        String key = key();
        letIn(20, key); // one after the other
        for (int i = 0; i < 5; i++) {
            assertThat(send(HttpRequest.newBuilder(uri(MODELS + "/nobody")).header("X-API-Key", key))
                            .status())
                    .isEqualTo(404);
        }
        letIn(1, key);
    }

    @ParameterizedTest
    @CsvSource({"0,1", "0.0009,1", "1000001,1", "NaN,1", "Infinity,1", "1,0", "1,1000001"})
    void whatMakesNoSenseIsRefused(double perSecond, int burst) {
        assertThatThrownBy(() -> CallerLimits.defaults().withRate(perSecond, burst))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> CallerLimits.defaults().withConcurrent(0)).isInstanceOf(InvalidInputException.class);
    }
}
