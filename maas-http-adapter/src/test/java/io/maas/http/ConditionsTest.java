package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that depend on what their client has, as RFC 9110 says it in chapter 13. */
class ConditionsTest extends ServerFixture {
    private static final String PRICE = "/api/v1/models/price";

    @BeforeEach
    void serve() {
        platform.serve("price", "scale 3");
        platform.register("price", "scale 4");
    }

    private String tag() {
        return get(PRICE).header("ETag").orElseThrow();
    }

    private Reply publish(String... headers) {
        return post(PRICE + "/publish", "version=2".getBytes(StandardCharsets.US_ASCII), headers);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "*", "\"other\", %s", "%s ,\"other\"", "W/\"other\",%s", ",, %s,"})
    void oneTagOfAListIsEnough(String condition) {
        assertThat(publish("If-Match", condition.formatted(tag())).status()).isEqualTo(200);
    }

    @Test
    void theListMayComeInParts() {
        assertThat(publish("If-Match", "\"other\"", "If-Match", tag()).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"other\"", "W/%s", "\"a, b\"", "other", "", "\"*\"", "x%s"})
    void whatNamesNothingThatIsThereIsStale(String condition) {
        assertThat(publish("If-Match", condition.formatted(tag())).status()).isEqualTo(412);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "%s | 304",
                "W/%s | 304",
                "'\"other\", W/%s' | 304",
                "* | 304",
                "\"other\" | 200",
                "W/\"other\" | 200"
            })
    void whoHasItAlreadyIsToldSo(String condition, int status) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(PRICE)).header("If-None-Match", condition.formatted(tag()));

        assertThat(send(request).status()).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/hold",
                "/unhold",
                "/versions/2/deprecate",
                "/versions/2/yank",
                "/versions/2/reinstate",
                "/versions/2/approve",
                "/versions/2"
            })
    void aConditionThatIsNotHeededIsRefused(String route) {
        long head = platform.maas().repository().head();
        Reply reply = send(HttpRequest.newBuilder(uri(PRICE + route))
                .method(route.endsWith("/2") ? "DELETE" : "POST", HttpRequest.BodyPublishers.noBody())
                .header("If-Match", tag()));

        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.json().get("detail").asText()).contains("If-Match");
        assertThat(platform.maas().repository().head()).isEqualTo(head);
    }

    @ParameterizedTest
    @ValueSource(strings = {"window=5m", "undocumented=1", "version=1&window=5m"})
    void figuresAreNotAnsweredForWhatIsNotLookedAt(String query) {
        Reply reply = get(PRICE + "/performance?" + query.replace("window", "undocumented-window"));

        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.json().get("code").asText()).isEqualTo("bad-query");
    }
}
