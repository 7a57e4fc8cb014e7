package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.repository.AccessGrant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who asks for a key gets what was asked for, and never more. */
class KeyGrantsTest extends ServerFixture {
    private static final String KEYS = "/api/v1/keys";

    private final List<String> firstKeys = new ArrayList<>();
    private Asker admin;

    @Override
    protected MaasHttpServerBuilder configure(MaasHttpServerBuilder builder) {
        return builder.clock(platform.clock()).requireKeys(firstKeys::add);
    }

    @BeforeEach
    void ask() {
        admin = new Asker(this, firstKeys.get(0));
    }

    private List<String> labels() {
        return platform.maas().repository().accessKeys().stream()
                .map(AccessGrant::key)
                .map(key -> key.label())
                .toList();
    }

    // ---- for which models

    @ParameterizedTest
    @ValueSource(strings = {"'models': []", "'models': null", "'models': ['']", "'models': ''"})
    void aKeyForNoModelIsNotOneForAll(String models) {
        Reply reply =
                admin.expect(400, "POST", KEYS, Asker.bytes("{'label': 'x', 'roles': ['publisher'], " + models + "}"));

        assertThat(reply.json().get("detail").asText()).contains("model");
        assertThat(labels()).doesNotContain("x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model", "Models", "expires"})
    void aWordThatIsMisspelledIsNotPassedOver(String word) {
        Reply reply = admin.expect(
                400, "POST", KEYS, Asker.bytes("{'label': 'x', 'roles': ['publisher'], '" + word + "': 'a'}"));

        assertThat(reply.json().get("detail").asText())
                .contains("'" + word + "'")
                .contains("models");
        assertThat(labels()).doesNotContain("x");
    }

    // ---- again

    @Test
    void theSecretIsToldOnceAndWhoMissedItIsToldWhichKeyToRevoke() {
        byte[] body = Asker.bytes("{'label': 'shop', 'roles': ['invoker'], 'models': ['a'], 'reason': 'new'}");
        String id = admin.expect(201, "POST", KEYS, body, "Idempotency-Key", "once")
                .json()
                .get("id")
                .asText();
        long head = platform.maas().repository().head();

        Reply again = admin.expect(409, "POST", KEYS, body, "Idempotency-Key", "once");

        assertThat(again.json().get("code").asText()).isEqualTo("key-granted");
        assertThat(again.json().get("detail").asText()).contains(id);
        assertThat(platform.maas().repository().head()).isEqualTo(head);
        assertThat(labels()).containsOnlyOnce("shop");
        admin.delete(KEYS + "/" + id, "{}");
        admin.expect(201, "POST", KEYS, body, "Idempotency-Key", "another");
    }

    @Test
    void anotherKeyUnderTheSameIdempotencyKeyIsNoRepetition() {
        byte[] body = Asker.bytes("{'label': 'shop', 'roles': ['invoker']}");
        admin.expect(201, "POST", KEYS, body, "Idempotency-Key", "once");

        for (String other : new String[] {
            "{'label': 'shop', 'roles': ['reader']}",
            "{'label': 'shop', 'roles': ['invoker'], 'models': ['a']}",
            "{'label': 'other', 'roles': ['invoker']}"
        }) {
            Reply reply = admin.expect(422, "POST", KEYS, Asker.bytes(other), "Idempotency-Key", "once");
            assertThat(reply.json().get("code").asText()).isEqualTo("token-reused");
        }
    }
}
