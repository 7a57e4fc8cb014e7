package io.maas.http;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.maas.http.auth.TokenIssuer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** An identity provider on loopback, whose metadata and keys are fetched over HTTP. */
public final class Provider implements AutoCloseable {
    static final String AUDIENCE = "maas";

    private final HttpServer http;
    private final AtomicInteger asked = new AtomicInteger();
    private volatile List<JWK> published;
    private volatile String metadata;
    private volatile int keysStatus = 200;
    private volatile boolean hung;
    final ECKey key = key("first");

    /** Starts one. */
    public Provider() {
        published = List.of(key);
        try {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        metadata = "{'issuer': '" + issuer() + "', 'jwks_uri': '" + issuer() + "/keys'}";
        http.createContext("/.well-known/openid-configuration", asking -> answer(asking, 200, metadata));
        http.createContext("/keys", asking -> {
            asked.incrementAndGet();
            if (hung) {
                return; // the exchange stays open
            }
            asking.getResponseHeaders().add("Location", issuer() + "/elsewhere");
            answer(asking, keysStatus, new JWKSet(published).toString());
        });
        http.createContext("/elsewhere", asking -> answer(asking, 200, new JWKSet(published).toString()));
        http.start();
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    static ECKey key(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256)
                    .keyID(id)
                    .algorithm(JWSAlgorithm.ES256)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What its tokens have as {@code iss}. */
    public String issuer() {
        return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    TokenIssuer settings() {
        return TokenIssuer.of(URI.create(issuer()), AUDIENCE);
    }

    /** Says that these keys count from now on. */
    void publish(JWK... keys) {
        published = List.of(keys);
    }

    /** Answers no request for keys until it is closed. */
    void hang() {
        hung = true;
    }

    /** Answers requests for keys with this status. */
    void answerKeysWith(int status) {
        keysStatus = status;
    }

    void tell(String metadata) {
        this.metadata = metadata;
    }

    /** Returns how often its keys were asked for. */
    int asked() {
        return asked.get();
    }

    /** Returns claims that are let in, of somebody with these roles. */
    JWTClaimsSet.Builder claims(Instant now, String... roles) {
        return new JWTClaimsSet.Builder()
                .issuer(issuer())
                .audience(AUDIENCE)
                .subject("ada")
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(300)))
                .claim("roles", List.of(roles));
    }

    /** Returns a token of somebody with these roles. */
    public String token(Instant now, String... roles) {
        return token(now, claims -> claims, roles);
    }

    /** Returns a token with other claims, too. */
    public String token(Instant now, UnaryOperator<JWTClaimsSet.Builder> change, String... roles) {
        return signed(key, change.apply(claims(now, roles)).build());
    }

    static String signed(ECKey key, JWTClaimsSet claims) {
        try {
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.ES256)
                            .keyID(key.getKeyID())
                            .build(),
                    claims);
            token.sign(new ECDSASigner(key));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
