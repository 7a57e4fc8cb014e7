package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.model.ModelName;
import io.maas.repository.AccessKey;
import io.maas.repository.AccessRole;
import io.maas.repository.AccessSecret;
import io.maas.repository.ChangeOptions;
import io.maas.repository.ModelVersion;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers try who have a key, and may not do this. */
class HostileCallersTest extends HostileFixture {
    private static final String MODELS = "/api/v1/models";
    private static final String PRICE = MODELS + "/price";

    private String mine = "";
    private ModelVersion theirs;

    @Override
    protected MaasHttpServerBuilder configure(MaasHttpServerBuilder builder) {
        return builder.clock(platform.clock()).requireKeys(key -> {});
    }

    @BeforeEach
    void twoTenants() {
        platform.register("price", "scale 4");
        platform.serve("theirs", "scale 7");
        theirs = platform.maas().repository().resolve("theirs");
        mine = key(key -> key.forModels(List.of(ModelName.of("price"))), AccessRole.PUBLISHER)
                .text();
        remember();
    }

    private AccessSecret key(UnaryOperator<AccessKey> change, AccessRole... roles) {
        AccessSecret secret = AccessSecret.random(new SecureRandom());
        platform.maas()
                .repository()
                .governance()
                .grant(change.apply(secret.key("mallory", roles)), ChangeOptions.defaults());
        remember();
        return secret;
    }

    private Reply ask(String method, String path, String key, byte[] body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .method(method, BodyPublishers.ofByteArray(body))
                .header("Authorization", "Bearer " + key);
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    private Reply change(String path, String key, String json, String... headers) {
        return ask("POST", path, key, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), headers);
    }

    private Reply get(String path, String key) {
        return ask("GET", path, key, new byte[0]);
    }

    @Test
    void aReaderWhoPublishes() {
        String reader = key(key -> key, AccessRole.READER).text();
        assertRefused(change(PRICE + "/publish", reader, "{'version': '2'}"), 403, "forbidden");
        assertRefused(ask("POST", MODELS, reader, UploadedZip.of("price").bytes()), 403, "forbidden");
        assertRefused(ask("DELETE", PRICE + "/versions/2", reader, new byte[0]), 403, "forbidden");
    }

    @Test
    void aKeyThatWasRevoked() {
        AccessSecret revoked = key(key -> key, AccessRole.ADMIN);
        assertThat(get(MODELS, revoked.text()).status()).isEqualTo(200);
        platform.maas().repository().governance().revoke(revoked.id(), ChangeOptions.defaults());
        remember();
        assertRefused(change(PRICE + "/publish", revoked.text(), "{'version': '2'}"), 401, "unauthenticated");
        assertRefused(
                ask("POST", MODELS, revoked.text(), UploadedZip.of("price").bytes()), 401, "unauthenticated");
    }

    @Test
    void aKeyThatExpired() {
        AccessSecret expired =
                key(key -> key.validUntil(platform.clock().instant().plusSeconds(60)), AccessRole.ADMIN);
        platform.clock().advance(Duration.ofSeconds(60));
        assertRefused(change(PRICE + "/publish", expired.text(), "{'version': '2'}"), 401, "unauthenticated");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/versions/%s", "/versions/%s/bundle", "@%s", "@%s/versions"})
    void theDigestOfAnothersModel(String path) {
        Reply reply = get(PRICE + path.formatted(theirs.digest()), mine);
        assertThat(reply.status()).as(reply.text()).isBetween(400, 404);
        assertThat(reply.text()).doesNotContain("theirs");
        Reply unknown = get(PRICE + path.formatted(other()), mine);
        assertThat(reply.status()).as("as one that is nowhere").isEqualTo(unknown.status());
        assertThat(reply.json().get("code")).isEqualTo(unknown.json().get("code"));
    }

    private String other() {
        return "sha256:" + "0f".repeat(32);
    }

    @Test
    void anothersDigestIsPublishedOrCalled() {
        String digest = theirs.digest().toString();
        assertThat(change(PRICE + "/publish", mine, "{'version': '" + digest + "'}")
                        .status())
                .isBetween(400, 404);
        for (String ref : new String[] {"price@" + digest, "theirs@" + digest, "theirs"}) {
            Reply reply = change("/predict", mine, "{'input': [1], 'model': '" + ref + "'}");
            assertThat(reply.status()).as(ref).isEqualTo(404);
            assertThat(reply.text()).doesNotContain("scale");
        }
    }

    @Test
    void aPackageThatDependsOnAnothersModel() {
        byte[] zip = UploadedZip.of("price")
                .dependingOn("theirs", theirs.digest().toString())
                .bytes();
        assertRefused(ask("POST", MODELS, mine, zip), 403, "forbidden");
        assertRefused(ask("POST", PRICE + "/versions", mine, zip), 403, "forbidden");
        assertRefused(ask("POST", MODELS, mine, UploadedZip.of("theirs").bytes()), 403, "forbidden");
    }

    @Test
    void anIdempotencyKeyWithAnotherBody() {
        assertThat(change(PRICE + "/publish", mine, "{'version': '2'}", "Idempotency-Key", "k")
                        .status())
                .isEqualTo(200);
        remember();
        assertRefused(
                change(PRICE + "/publish", mine, "{'version': '1'}", "Idempotency-Key", "k"), 422, "token-reused");
    }

    @Test
    void anIdempotencyKeyOfSomebodyElse() {
        change(PRICE + "/publish", mine, "{'version': '2'}", "Idempotency-Key", "k");
        String another = key(key -> key, AccessRole.PUBLISHER).text();
        Reply reply = change(PRICE + "/publish", another, "{'version': '1'}", "Idempotency-Key", "k");
        assertThat(reply.status()).as("its own change").isEqualTo(200);
        assertThat(reply.json().get("commit").asLong())
                .isEqualTo(platform.maas().repository().head());
        remember();
    }

    @Test
    void anEntityTagThatIsStale() {
        String tag = get(PRICE, mine).header("ETag").orElseThrow();
        change(PRICE + "/publish", mine, "{'version': '2'}");
        remember();
        for (String route : new String[] {"publish", "rollback", "unpublish"}) {
            assertRefused(change(PRICE + "/" + route, mine, "{'version': '1'}", "If-Match", tag), 412, "stale");
        }
    }
}
