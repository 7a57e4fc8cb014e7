package io.maas.http;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A token that does not count. */
interface Forgery {
    /** A key of a provider that has one of this kind. */
    RSAKey RSA = rsa();

    /** Makes it, for a provider whose tokens count. */
    String make(Provider provider, Instant now) throws Exception;

    private static RSAKey rsa() {
        try {
            return new RSAKeyGenerator(2048)
                    .keyID("rsa")
                    .algorithm(JWSAlgorithm.RS256)
                    .generate();
        } catch (com.nimbusds.jose.JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static JWSHeader.Builder header(JWSAlgorithm algorithm) {
        return new JWSHeader.Builder(algorithm).keyID("rsa");
    }

    static String signed(JWSHeader header, JWSSigner signer, JWTClaimsSet claims) throws Exception {
        SignedJWT token = new SignedJWT(header, claims);
        token.sign(signer);
        return token.serialize();
    }

    private static Forgery claims(UnaryOperator<JWTClaimsSet.Builder> change) {
        return (provider, now) -> provider.token(now, change, "admin");
    }

    /** All of them, by what is wrong with each. */
    static Stream<Map.Entry<String, Forgery>> all() {
        return Map.<String, Forgery>ofEntries(
                Map.entry(
                        "alg none",
                        (provider, now) ->
                                new PlainJWT(provider.claims(now, "admin").build()).serialize()),
                Map.entry("signature left away", (provider, now) -> {
                    String token = provider.token(now, "admin");
                    return token.substring(0, token.lastIndexOf('.') + 1);
                }),
                Map.entry(
                        "public key as a secret",
                        (provider, now) -> signed(
                                new JWSHeader.Builder(JWSAlgorithm.HS256)
                                        .keyID("first")
                                        .build(),
                                new MACSigner(provider.key.toPublicJWK().toJSONString()),
                                provider.claims(now, "admin").build())),
                Map.entry("algorithm that is not allowed", (provider, now) -> {
                    provider.publish(
                            provider.key,
                            new RSAKey.Builder(RSA).algorithm(null).build());
                    return signed(
                            header(JWSAlgorithm.PS512).build(),
                            new RSASSASigner(RSA),
                            provider.claims(now, "admin").build());
                }),
                Map.entry(
                        "key of another",
                        (provider, now) -> Provider.signed(
                                new ECKey.Builder(Provider.key("x"))
                                        .keyID("first")
                                        .build(),
                                provider.claims(now, "admin").build())),
                Map.entry(
                        "key of an unknown name",
                        (provider, now) -> Provider.signed(
                                Provider.key("unknown"),
                                provider.claims(now, "admin").build())),
                Map.entry("other claims than were signed", (provider, now) -> {
                    String[] reader = provider.token(now, "reader").split("\\.", -1);
                    String[] admin = provider.token(now, "admin").split("\\.", -1);
                    return reader[0] + "." + admin[1] + "." + reader[2];
                }),
                Map.entry("key in the header", (provider, now) -> {
                    ECKey own = Provider.key("own");
                    return signed(
                            new JWSHeader.Builder(JWSAlgorithm.ES256)
                                    .jwk(own.toPublicJWK())
                                    .build(),
                            new com.nimbusds.jose.crypto.ECDSASigner(own),
                            provider.claims(now, "admin").build());
                }),
                Map.entry("not a token", (provider, now) -> "eyJhbGciOiJFUzI1NiJ9.e30.AAAA"),
                Map.entry("not even like one", (provider, now) -> "..."),
                Map.entry(
                        "expired",
                        claims(c -> c.expirationTime(
                                Date.from(c.build().getIssueTime().toInstant().minusSeconds(31))))),
                Map.entry("without an end", claims(c -> c.expirationTime(null))),
                Map.entry(
                        "not valid yet",
                        claims(c -> c.notBeforeTime(
                                Date.from(c.build().getIssueTime().toInstant().plusSeconds(31))))),
                Map.entry("for another audience", claims(c -> c.audience("billing"))),
                Map.entry("for no audience", claims(c -> c.audience((String) null))),
                Map.entry("of another issuer", claims(c -> c.issuer("https://example.org"))),
                Map.entry("of nobody", claims(c -> c.subject(null))))
                .entrySet()
                .stream();
    }
}
