package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import io.maas.error.InvalidInputException;
import io.maas.http.auth.TokenIssuer;
import io.maas.repository.AccessRole;
import io.maas.repository.AccessSecret;
import io.maas.repository.ChangeOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers have tokens of an identity provider; what does not count is refused, and says why. */
class TokenTest extends ServerFixture {
    private static final String MODELS = "/api/v1/models";

    @TempDir
    private Path folder;

    private final Provider provider = new Provider();
    private UnaryOperator<TokenIssuer> settings = issuer -> issuer;
    private UnaryOperator<MaasHttpServerBuilder> more = builder -> builder;

    @Override
    protected MaasHttpServerBuilder configure(MaasHttpServerBuilder builder) {
        return more.apply(builder.clock(platform.clock()).acceptTokens(settings.apply(provider.settings())));
    }

    @BeforeEach
    void serve() {
        platform.serve("price", "scale 2");
        platform.serve("other", "scale 3");
    }

    @AfterEach
    void endProvider() {
        provider.close();
    }

    private void restart() {
        server.close();
        start();
    }

    private Instant now() {
        return platform.clock().instant();
    }

    private Reply ask(String method, String path, String token, String body) {
        return send(HttpRequest.newBuilder(uri(path))
                .method(method, BodyPublishers.ofString(body.replace('\'', '"')))
                .header("Authorization", "Bearer " + token));
    }

    private Reply get(String path, String token) {
        return ask("GET", path, token, "");
    }

    private String refused(String token) {
        Reply reply = get(MODELS, token);
        assertThat(reply.status()).as(reply.text()).isEqualTo(401);
        assertThat(reply.header("WWW-Authenticate")).hasValue("Bearer realm=\"maas\", error=\"invalid_token\"");
        return reply.json().get("detail").asText();
    }

    // ---- who is let in

    @Test
    void aTokenSaysWhoAsksAndWhatHeMayDo() {
        String reader = provider.token(now(), "reader");
        assertThat(get(MODELS, reader).status()).isEqualTo(200);
        assertThat(ask("POST", MODELS + "/price/rollback", reader, "{}").status())
                .isEqualTo(403);
        assertThat(get(MODELS, provider.token(now(), "tourist")).status()).isEqualTo(403);

        platform.register("price", "scale 9");
        assertThat(ask("POST", MODELS + "/price/publish", provider.token(now(), "publisher"), "{'version': '2'}")
                        .status())
                .isEqualTo(200);
        assertThat(get("/api/v1/audit", provider.token(now(), "admin")).text()).contains("\"actor\":\"ada\"");
    }

    @Test
    void keysOfBothKindsCountAndTokensOfBothTypes() throws Exception {
        provider.publish(provider.key, Forgery.RSA);
        JWTClaimsSet claims = provider.claims(now(), "reader").build();
        assertThat(get(
                                MODELS,
                                Forgery.signed(
                                        Forgery.header(JWSAlgorithm.RS256).build(),
                                        new RSASSASigner(Forgery.RSA),
                                        claims))
                        .status())
                .isEqualTo(200);
        JWSHeader access = Forgery.header(JWSAlgorithm.RS256)
                .type(new JOSEObjectType("at+jwt"))
                .build();
        assertThat(get(MODELS, Forgery.signed(access, new RSASSASigner(Forgery.RSA), claims))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void claimsAreNamedAsTheProviderNamesThem() {
        settings = issuer -> issuer.withCallerClaim("email")
                .withRolesClaim("realm_access.roles")
                .withRole("analyst", AccessRole.INVOKER)
                .withModelsClaim("https://example.org/models");
        restart();
        String token = provider.token(
                now(),
                claims -> claims.claim("email", "ada@example.org")
                        .claim("realm_access", Map.of("roles", List.of("analyst", "reader")))
                        .claim("https://example.org/models", "price nothing"));
        assertThat(ask("POST", "/predict", token, "{'input': [1]}").text()).isEqualTo("[2.0]");
        assertThat(ask("POST", "/predict", token, "{'model': 'other', 'input': [1]}")
                        .status())
                .isEqualTo(404);
        assertThat(get(MODELS, token).text()).contains("price").doesNotContain("other");

        assertThat(refused(provider.token(now(), claims -> claims.claim("email", "a@b"))))
                .contains("names no models");
        assertThat(refused(provider.token(now(), claims -> claims.claim("email", "a\nb"))))
                .contains("the claim email");
    }

    @Test
    void tokensAndAccessKeysCountSideBySide() {
        more = builder -> builder.requireKeys(first -> {});
        restart();
        AccessSecret secret = AccessSecret.random(new SecureRandom());
        platform.maas()
                .repository()
                .governance()
                .grant(secret.key("grace", AccessRole.READER), ChangeOptions.defaults());
        assertThat(get(MODELS, secret.text()).status()).isEqualTo(200);
        assertThat(get(MODELS, provider.token(now(), "reader")).status()).isEqualTo(200);
        assertThat(get(MODELS, "neither").status()).isEqualTo(401);
    }

    // ---- who is not

    @ParameterizedTest
    @MethodSource("io.maas.http.Forgery#all")
    void whatDoesNotCountIsRefused(Map.Entry<String, Forgery> forgery) throws Exception {
        long head = platform.maas().repository().head();
        String token = forgery.getValue().make(provider, now());
        assertThat(refused(token)).startsWith("Cannot tell who is asking: ");
        assertThat(ask("POST", MODELS + "/price/publish", token, "{'version': '1'}")
                        .status())
                .isEqualTo(401);
        assertThat(platform.maas().repository().head()).isEqualTo(head);
    }

    @Test
    void aTokenThatWasLetInIsRefusedOnceItHasExpired() {
        String token = provider.token(now(), "reader");
        assertThat(get(MODELS, token).status()).isEqualTo(200);
        platform.clock().advance(Duration.ofSeconds(329));
        assertThat(get(MODELS, token).status()).isEqualTo(200);
        platform.clock().advance(Duration.ofSeconds(2));
        assertThat(refused(token)).contains("has expired");
    }

    // ---- the provider

    @Test
    void keysAreFetchedWhenTheyAreNeeded() {
        assertThat(provider.asked()).isZero();
        assertThat(get("/healthz", "x.y.z").status()).isEqualTo(200);
        assertThat(provider.asked()).isZero();
        for (int i = 0; i < 5; i++) {
            assertThat(get(MODELS, provider.token(now(), "reader")).status()).isEqualTo(200);
        }
        assertThat(provider.asked()).isEqualTo(1);

        ECKey next = Provider.key("second");
        provider.publish(provider.key, next);
        assertThat(get(
                                MODELS,
                                Provider.signed(
                                        next, provider.claims(now(), "reader").build()))
                        .status())
                .isEqualTo(200);
        assertThat(provider.asked()).isEqualTo(2);
    }

    @Test
    void whoeverInventsKeysDoesNotMakeUsAskForThemAllTheTime() {
        for (int i = 0; i < 10; i++) {
            refused(Provider.signed(
                    Provider.key("invented-" + i),
                    provider.claims(now(), "admin").build()));
        }
        assertThat(provider.asked()).isLessThanOrEqualTo(2);
        assertThat(get(MODELS, provider.token(now(), "reader")).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 404, 500})
    void aProviderThatCannotBeAskedIsNoFaultOfTheCaller(int status) {
        provider.answerKeysWith(status); // 302 leads to the keys, and is not followed
        String token = provider.token(now(), "reader");
        Reply reply = get(MODELS, token);
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.header("Retry-After")).hasValue("5");
        assertThat(reply.json().get("code").asText()).isEqualTo("token-issuer-unavailable");

        provider.answerKeysWith(200);
        assertThat(get(MODELS, token).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'issuer': 'https://example.org', 'jwks_uri': 'ISSUER/keys'}",
                "{'issuer': 'ISSUER', 'jwks_uri': 'http://169.254.169.254/keys'}",
                "{'issuer': 'ISSUER', 'jwks_uri': 'file:///etc/passwd'}",
                "{'issuer': 'ISSUER'}",
                "[]",
            })
    void metadataThatLeadsElsewhereIsNotFollowed(String metadata) {
        provider.tell(metadata.replace("ISSUER", provider.issuer()));
        assertThat(get(MODELS, provider.token(now(), "reader")).status()).isEqualTo(503);
        assertThat(provider.asked()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://login.example.org",
                "https://user@login.example.org",
                "https://login.example.org/#x",
                "ftp://127.0.0.1",
                "//login.example.org",
                "urn:example:issuer",
            })
    void issuersThatOthersCouldSpeakForAreNone(String issuer) {
        assertThatThrownBy(() -> TokenIssuer.of(URI.create(issuer), "maas"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(issuer);
    }

    // ---- bodies of those who are still being looked at

    private byte[] upload() throws IOException {
        Path file = folder.resolve("m.zip");
        platform.maas().repository().exportZip(platform.register("uploaded", "scale 5"), file);
        return Files.readAllBytes(file);
    }

    @Test
    void bodiesWaitUntilItIsKnownWhoseTheyAre() throws Exception {
        String token = provider.token(now(), "publisher", "invoker");
        byte[] zip = upload();
        // of unknown length, so that it comes in chunks, and by a token that nobody has seen
        Reply reply = send(HttpRequest.newBuilder(uri(MODELS + "?version=v5"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/zip")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(zip))));
        assertThat(reply.status()).as(reply.text()).isEqualTo(201);

        String other = provider.token(now(), claims -> claims.subject("grace"), "invoker");
        assertThat(ask("POST", "/predict", other, "{'model': 'price', 'input': [" + "1,".repeat(9_999) + "1]}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void tokensAreNotLogged() throws Exception {
        String token = provider.token(now(), "reader");
        try (LogCapture access = LogCapture.of("io.maas.http")) {
            get(MODELS, token);
            get(MODELS, token + "x");
            for (int i = 0; i < 2; i++) {
                var event = access.next();
                assertThat(event.getFormattedMessage() + LogCapture.pairs(event))
                        .doesNotContain(token.substring(token.length() - 20))
                        .doesNotContain("eyJ");
            }
        }
    }
}
