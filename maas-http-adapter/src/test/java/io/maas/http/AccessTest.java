package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.http.internal.route.Permission;
import io.maas.http.internal.route.Route;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import io.maas.repository.AccessKey;
import io.maas.repository.AccessRole;
import io.maas.repository.AccessSecret;
import io.maas.repository.ChangeOptions;
import io.maas.repository.ModelVersion;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what over HTTP. */
class AccessTest extends ServerFixture {
    private static final String MODELS = "/api/v1/models";
    private static final List<String> OPEN =
            List.of("GET /healthz", "GET /openapi.json", "GET /v2/health/live", "GET /v2/health/ready", "GET /v2");

    private static final Map<Permission, List<AccessRole>> TOO_LOW = new EnumMap<>(Map.of(
            Permission.READ, List.of(),
            Permission.INVOKE, List.of(AccessRole.READER, AccessRole.APPROVER),
            Permission.PUBLISH, List.of(AccessRole.READER, AccessRole.INVOKER, AccessRole.APPROVER),
            Permission.APPROVE, List.of(AccessRole.READER, AccessRole.INVOKER, AccessRole.PUBLISHER),
            Permission.ADMIN,
                    List.of(AccessRole.READER, AccessRole.INVOKER, AccessRole.PUBLISHER, AccessRole.APPROVER)));

    @TempDir
    private Path folder;

    private final List<String> firstKeys = new ArrayList<>();

    @Override
    protected MaasHttpServerBuilder configure(MaasHttpServerBuilder builder) {
        return builder.clock(platform.clock()).requireKeys(firstKeys::add);
    }

    @BeforeEach
    void serve() {
        platform.serve("mine", "scale 2");
        platform.serve("theirs", "scale 3");
    }

    private String key(AccessRole... roles) {
        return key(key -> key, roles);
    }

    private String key(UnaryOperator<AccessKey> change, AccessRole... roles) {
        AccessSecret secret = AccessSecret.random(new SecureRandom());
        platform.maas()
                .repository()
                .governance()
                .grant(change.apply(secret.key("grace", roles)), ChangeOptions.defaults());
        return secret.text();
    }

    private String mine(AccessRole... roles) {
        return key(key -> key.forModels(List.of(ModelName.of("mine"))), roles);
    }

    private Reply ask(String method, String path, String key, String body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(path)).method(method, BodyPublishers.ofString(body.replace('\'', '"')));
        return send(key.isEmpty() ? request : request.header("Authorization", "Bearer " + key));
    }

    private Reply get(String path, String key) {
        return ask("GET", path, key, "");
    }

    private static String untraced(Reply reply) {
        return ((ObjectNode) reply.json()).without("trace_id").toString();
    }

    // ---- every route

    @Test
    void everyRouteButAFewAsksForAPermission() {
        List<String> open = server.routes().all().stream()
                .filter(route -> route.permission() == Permission.NONE)
                .map(route -> route.method() + " " + route.template())
                .toList();
        assertThat(open).containsExactlyInAnyOrderElementsOf(OPEN);
    }

    @Test
    void everyRouteIsRefusedWithoutAKeyAndForARoleTooLow() {
        Map<AccessRole, String> keys = new EnumMap<>(AccessRole.class);
        for (AccessRole role : AccessRole.values()) {
            keys.put(role, key(role));
        }
        long head = platform.maas().repository().head();
        for (Route route : server.routes().all()) {
            if (route.permission() == Permission.NONE) {
                continue;
            }
            String path = route.template().replaceAll("\\{[a-z]+}", "mine");
            Reply nobody = ask(route.method(), path, "", "{}");
            assertThat(nobody.status()).as(route.toString()).isEqualTo(401);
            assertThat(nobody.header("WWW-Authenticate")).contains("Bearer realm=\"maas\"");
            for (AccessRole role : TOO_LOW.get(route.permission())) {
                assertThat(ask(route.method(), path, keys.get(role), "{}").status())
                        .as(role + " " + route)
                        .isEqualTo(403);
            }
        }
        assertThat(platform.maas().repository().head()).isEqualTo(head);
    }

    // ---- keys that do not count

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "maas_abcd_00", "maas_0000_", "a.b.c"})
    void whatIsNoKeyIsRefused(String key) {
        Reply refused = get(MODELS, key);
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.header("WWW-Authenticate").orElseThrow()).contains("invalid_token");
        assertThat(refused.json().get("code").asText()).isEqualTo("unauthenticated");
    }

    @Test
    void aKeyOfTheRightIdWithAnotherSecretIsRefusedAsIfUnknown() {
        String key = key(AccessRole.READER);
        String forged = key.substring(0, key.length() - 64) + "0f".repeat(32);
        assertThat(untraced(get(MODELS, forged))).isEqualTo(untraced(get(MODELS, "maas_abcd_" + "0f".repeat(32))));
    }

    @Test
    void aRevokedKeyIsRefusedAtOnce() {
        String key = key(AccessRole.READER);
        assertThat(get(MODELS, key).status()).isEqualTo(200);
        String id = AccessSecret.read(key).orElseThrow().id();
        assertThat(ask("DELETE", "/api/v1/keys/" + id, firstKeys.get(0), "").status())
                .isEqualTo(200);
        assertThat(get(MODELS, key).status()).isEqualTo(401);
    }

    @Test
    void anExpiredKeyIsRefused() {
        String key = key(
                granted -> granted.validUntil(platform.clock().instant().plus(Duration.ofDays(1))), AccessRole.READER);
        assertThat(get(MODELS, key).status()).isEqualTo(200);
        platform.clock().advance(Duration.ofDays(1));
        assertThat(get(MODELS, key).json().get("detail").asText()).contains("expired");
    }

    @Test
    void aKeyMayComeAsXApiKeyButOnlyOneCounts() {
        String key = key(AccessRole.READER);
        HttpRequest.Builder one = HttpRequest.newBuilder(uri(MODELS)).header("X-API-Key", key);
        assertThat(send(one).status()).isEqualTo(200);
        assertThat(send(one.header("Authorization", "Bearer " + key)).status()).isEqualTo(401);
    }

    // ---- roles

    @Test
    void aReaderDoesNotPublishAndAPublisherIsTheActor() {
        assertThat(ask("POST", MODELS + "/mine/publish", key(AccessRole.READER), "{}")
                        .status())
                .isEqualTo(403);
        Reply published = ask("POST", MODELS + "/mine/publish", key(AccessRole.PUBLISHER), "{'alias': 'staging'}");
        assertThat(published.json().get("actor").asText()).isEqualTo("grace");
    }

    @Test
    void onlyAnAdministratorPassesOverTheGate() {
        String body = "{'alias': 'staging', 'force': 'in a hurry'}";
        assertThat(ask("POST", MODELS + "/mine/publish", key(AccessRole.PUBLISHER), body)
                        .status())
                .isEqualTo(403);
        assertThat(ask("POST", MODELS + "/mine/publish", firstKeys.get(0), body).status())
                .isEqualTo(200);
    }

    // ---- keys for some models

    @Test
    void aKeyForSomeModelsSeesOnlyThese() {
        String key = mine(AccessRole.PUBLISHER);
        assertThat(get(MODELS, key).json().get("models")).hasSize(1);
        assertThat(ask("POST", "/v2/repository/index", key, "").text())
                .contains("mine")
                .doesNotContain("theirs");
        assertThat(get("/v2/models/stats", key).status()).isEqualTo(200);
        for (String query : new String[] {"", "?model=theirs", "?format=jsonl", "?format=csv"}) {
            assertThat(get("/api/v1/audit" + query, key).text())
                    .as(query)
                    .doesNotContain("theirs")
                    .doesNotContain("grant-key");
        }
        assertThat(ask("POST", "/predict", key, "{'input': [1]}").text()).isEqualTo("[2.0]");
        assertThat(get(MODELS + "/mine", key).status()).isEqualTo(200);
    }

    @Test
    void whatAKeyIsNotForIsAsIfItWereNotThere() {
        String key = mine(AccessRole.PUBLISHER);
        ModelVersion theirs = platform.maas().repository().resolve(ModelRef.parse("theirs"));
        String hidden = untraced(get(MODELS + "/theirs", key));
        assertThat(hidden).contains("unknown-model").doesNotContain("theirs");
        assertThat(untraced(get(MODELS + "/nobody", key))).isEqualTo(hidden);
        assertThat(ask("POST", MODELS + "/theirs/publish", key, "{}").status()).isEqualTo(404);
        assertThat(get("/v2/models/theirs@" + theirs.digest(), key).status()).isEqualTo(404);
        assertThat(get("/v2/models/mine@" + theirs.digest(), key).status()).isEqualTo(404);
        Reply called = ask("POST", "/predict", key, "{'model': 'theirs', 'input': [1]}");
        assertThat(called.status()).isEqualTo(404);
        assertThat(called.text()).doesNotContain("theirs");
    }

    @Test
    void aKeyForSomeModelsRegistersNoOthers() throws IOException {
        Path zip = folder.resolve("theirs.zip");
        platform.maas().repository().exportZip(platform.register("theirs", "scale 9"), zip);
        long head = platform.maas().repository().head();
        String key = mine(AccessRole.PUBLISHER);
        for (String path : new String[] {MODELS + "?version=x", MODELS + "/mine/versions?version=x"}) {
            Reply refused = send(HttpRequest.newBuilder(uri(path))
                    .header("Authorization", "Bearer " + key)
                    .POST(BodyPublishers.ofByteArray(Files.readAllBytes(zip))));
            assertThat(refused.status()).as(refused.text()).isEqualTo(403);
        }
        assertThat(platform.maas().repository().head()).isEqualTo(head + 1); // the key itself
    }

    @Test
    void anAdministratorOfSomeModelsGrantsNoKeys() {
        String key = mine(AccessRole.ADMIN);
        assertThat(get("/api/v1/keys", key).status()).isEqualTo(403);
        assertThat(ask("POST", "/api/v1/keys", key, "{'label': 'x', 'roles': ['admin']}")
                        .status())
                .isEqualTo(403);
    }

    // ---- granting

    @Test
    void aGrantedKeyIsToldOnceAndWorks() {
        String admin = firstKeys.get(0);
        Reply granted =
                ask("POST", "/api/v1/keys", admin, "{'label': 'shop', 'roles': ['invoker'], 'models': ['mine']}");
        assertThat(granted.status()).as(granted.text()).isEqualTo(201);
        assertThat(granted.header("Cache-Control")).contains("no-store");
        String key = granted.json().get("key").asText();
        assertThat(ask("POST", MODELS + "/mine/call", key, "{'input_data': [1]}")
                        .status())
                .isEqualTo(200);
        Reply all = get("/api/v1/keys", admin);
        JsonNode listed = all.json().get("keys");
        assertThat(listed).hasSize(2);
        assertThat(all.text()).contains("shop").doesNotContain(key);
        assertThat(ask("POST", "/api/v1/keys", admin, "{'label': 'x', 'roles': ['king']}")
                        .status())
                .isEqualTo(400);
        assertThat(ask("DELETE", "/api/v1/keys/nobody", admin, "").status()).isEqualTo(404);
    }

    @Test
    void theFirstKeyIsMadeOnceAndNotAgain() {
        assertThat(firstKeys).hasSize(1);
        List<String> again = new ArrayList<>();
        MaasHttpServer.builder(platform.maas())
                .port(0)
                .clock(platform.clock())
                .requireKeys(again::add)
                .start()
                .close();
        assertThat(again).isEmpty();
    }
}
