package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.maas.model.ModelName;
import io.maas.repository.PublishOptions;
import io.maas.testkit.TestPlatform;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A change that depends on what its client saw, or on what the server found, and is sent again because its answer was lost. */
class RepeatedConditionsTest extends ServerFixture {
    private static final String PRICE = "/api/v1/models/price";

    @BeforeEach
    void serve() {
        platform.serve("price", "scale 3");
        platform.serve("price", "scale 4");
        platform.register("price", "scale 5");
    }

    private long head() {
        return platform.maas().repository().head();
    }

    private Reply change(String route, String json, String... headers) {
        return post(PRICE + route, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), headers);
    }

    private Reply changed(String route, String json, String... headers) {
        Reply reply = change(route, json, headers);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply;
    }

    private String tag() {
        return get(PRICE).header("ETag").orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/publish   | {'version': '3'}",
                "/publish   | {}",
                "/publish   | {'version': '3', 'alias': 'fresh'}",
                "/publish   | {'version': '3', 'weight': 5}",
                "/publish   | {'weight': 5}",
                "/rollback  | {}",
                "/rollback  | {'version': '1'}",
                "/unpublish | {}",
                "/traffic   | {'shares': [{'version': '2', 'weight': 9}, {'version': '1', 'weight': 1}]}"
            })
    void whatTheFirstRequestMetItsRepetitionMeets(String route, String json) {
        String[] headers = {"If-Match", tag(), "Idempotency-Key", "once"};
        JsonNode first = changed(route, json, headers).json();
        long head = head();

        assertThat(changed(route, json, headers).json()).isEqualTo(first);
        assertThat(head()).isEqualTo(head);

        // also when others have gone on since
        platform.serve("price", "scale 6");
        head = head();
        assertThat(changed(route, json, headers).json()).isEqualTo(first);
        assertThat(head()).isEqualTo(head);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{}", "{'weight': 5}", "{'version': '3', 'weight': 5}"})
    void whatTheServerFoundForTheFirstRequestCountsForItsRepetition(String json) {
        JsonNode first = changed("/publish", json, "Idempotency-Key", "once").json();
        platform.serve("price", "scale 6");
        long head = head();

        assertThat(changed("/publish", json, "Idempotency-Key", "once").json()).isEqualTo(first);
        assertThat(head()).isEqualTo(head);
    }

    @Test
    void aConditionAloneIsStaleOnceTheChangeIsMade() {
        String tag = tag();
        changed("/publish", "{'version': '3'}", "If-Match", tag);
        long head = head();

        assertThat(change("/publish", "{'version': '3'}", "If-Match", tag).status())
                .isEqualTo(412);
        assertThat(change("/publish", "{'version': '1'}", "If-Match", tag, "Idempotency-Key", "new")
                        .status())
                .isEqualTo(412);
        assertThat(head()).isEqualTo(head);
    }

    @Test
    void anotherChangeUnderTheSameKeyIsNoRepetition() {
        String[] headers = {"If-Match", tag(), "Idempotency-Key", "once"};
        changed("/publish", "{'version': '3'}", headers);
        long head = head();

        for (String other : new String[] {"{'version': '1'}", "{'version': '3', 'alias': 'other'}", "{'weight': 5}"}) {
            assertThat(change("/publish", other, headers).status()).as(other).isEqualTo(422);
        }
        assertThat(change("/rollback", "{}", headers).status()).isEqualTo(422);
        assertThat(change("/publish", "{'version': '3'}", "Idempotency-Key", "once")
                        .status())
                .isEqualTo(422);
        assertThat(head()).isEqualTo(head);
    }

    @ParameterizedTest
    @CsvSource({"If-Match", "expected"})
    void theFirstRequestMayHaveGoneToAnotherHost(String condition) {
        String json = condition.equals("expected") ? "{'version': '3', 'expected': '2'}" : "{'version': '3'}";
        String[] headers = condition.equals("expected")
                ? new String[] {"Idempotency-Key", "once"}
                : new String[] {"Idempotency-Key", "once", "If-Match", tag()};
        MaasHttpServer here = server;
        try (TestPlatform other = platform.host();
                MaasHttpServer there =
                        MaasHttpServer.builder(other.maas()).port(0).start()) {
            JsonNode first = ask(there, json, headers).json();

            assertThat(ask(here, json, headers).json()).isEqualTo(first); // which has not heard of it
        }
    }

    private Reply ask(MaasHttpServer asked, String json, String... headers) {
        Reply reply = send(java.net.http.HttpRequest.newBuilder(java.net.URI.create(
                        "http://127.0.0.1:" + asked.address().getPort() + PRICE + "/publish"))
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString(json.replace('\'', '"')))
                .headers(headers));
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply;
    }

    @Test
    void aPartOfTheCallsIsNotGivenWhereSomebodyElseHasPublishedMeanwhile() {
        try (TestPlatform other = platform.host()) {
            other.maas()
                    .repository()
                    .publish(
                            other.maas()
                                    .repository()
                                    .versions(ModelName.of("price"))
                                    .get(2),
                            PublishOptions.toProduction());

            Reply reply = change("/publish", "{'version': '3', 'weight': 5}"); // this host has not heard of it

            assertThat(reply.status()).as(reply.text()).isEqualTo(409);
            assertThat(reply.json().get("code").asText()).isEqualTo("stale");
            assertThat(platform.maas().repository().resolve("price").version()).isEqualTo("3");
        }
    }

    // ---- what stands in the log for good

    @Test
    void theLogHasNeitherTheKeyNorWhoseItIs() {
        changed("/hold", "{'reason': 'look'}", "Idempotency-Key", "a-key-to-look-for");

        assertThat(platform.store().list("", "", 10_000).stream()
                        .filter(key -> key.contains("log/"))
                        .map(key -> new String(platform.store().get(key).orElseThrow(), StandardCharsets.ISO_8859_1)))
                .isNotEmpty()
                .noneMatch(commit -> commit.contains("a-key-to-look-for") || commit.contains("anonymous:"));
    }

    @Test
    void keysMayBeAsLongAsTheyAreSaidToBe() {
        changed("/hold", "{'reason': 'look'}", "Idempotency-Key", "k".repeat(128));
    }
}
