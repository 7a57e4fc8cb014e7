package io.maas.model;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import io.maas.internal.signing.TestAuthority;
import io.maas.internal.signing.TestAuthority.Use;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustKeyTest {
    private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");

    private static String pem(KeyPair keys) {
        return Pem.of("PUBLIC KEY", keys.getPublic().getEncoded()).text();
    }

    @ParameterizedTest
    @EnumSource
    void aPublicKeyIsNamedByItsDigest(SigningCurve curve) {
        KeyPair keys = TestAuthority.keys(curve);
        TrustKey key = TrustKey.of("release", pem(keys));
        assertThat(key.kind()).isEqualTo(TrustKey.Kind.PUBLIC_KEY);
        assertThat(key.id()).isEqualTo(Digest.of(keys.getPublic().getEncoded()).hex());
        assertThat(key.publicKey()).isEqualTo(keys.getPublic());
        assertThat(key.certificate()).isEmpty();
        assertThat(SigningCurve.of(key.publicKey())).isEqualTo(curve);
        assertThat(TrustKey.of("release", keys.getPublic())).isEqualTo(key);
    }

    @Test
    void anAuthorityIsNamedByTheDigestOfItsCertificate() throws GeneralSecurityException {
        TestAuthority root = TestAuthority.root("CN=root");
        TrustKey key = root.trusted();
        assertThat(key.kind()).isEqualTo(TrustKey.Kind.CERTIFICATE);
        assertThat(key.id())
                .isEqualTo(Digest.of(root.certificate().getEncoded()).hex());
        assertThat(key.certificate()).contains(root.certificate());
        assertThat(key.publicKey()).isEqualTo(root.keys().getPublic());
    }

    @Test
    void whatIsStoredMakesTheSameKeyAgain() {
        TrustKey key = TestAuthority.root("CN=root").trusted().trustedFrom(NOON).trustedUntil(NOON.plusSeconds(1));
        assertThat(new TrustKey(key.name(), key.pem(), key.from(), key.until())).isEqualTo(key);
    }

    @Test
    void theTextIsTheSameHoweverItWasWritten() {
        String pem = pem(TestAuthority.keys(SigningCurve.P521));
        String lines = pem.replace("\n", "\r\n");
        assertThat(TrustKey.of("a", "made on Tuesday\r\n" + lines + "\r\n")).isEqualTo(TrustKey.of("a", pem));
    }

    @Test
    void trustBeginsAndEnds() {
        TrustKey key = TrustKey.of("a", pem(TestAuthority.keys(SigningCurve.P256)))
                .trustedFrom(NOON)
                .trustedUntil(NOON.plusSeconds(10));
        assertThat(key.isTrustedAt(NOON.minusNanos(1))).isFalse();
        assertThat(key.isTrustedAt(NOON)).isTrue();
        assertThat(key.isTrustedAt(NOON.plusSeconds(10).minusNanos(1))).isTrue();
        assertThat(key.isTrustedAt(NOON.plusSeconds(10))).isFalse();
        assertRefused(ErrorCode.BAD_KEY, () -> key.trustedUntil(NOON));
    }

    @ParameterizedTest
    @CsvSource({"RSA,RSA", "Ed25519,EdDSA", "DSA,DSA", "X25519,XDH"})
    void keysOfOtherKindsAreRefusedByName(String algorithm, String shown) throws GeneralSecurityException {
        KeyPair keys = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
        assertRefused(ErrorCode.BAD_KEY, () -> TrustKey.of("a", pem(keys)))
                .hasMessageContaining("a key for " + shown)
                .hasMessageContaining("EC key");
    }

    @Test
    void otherCurvesAreRefused() {
        String secp256k1 = """
                -----BEGIN PUBLIC KEY-----
                MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAE1tuXbIJsC5dbc9KimmGz609APGOClrDI
                DoyorL1NYfwc+6hZyj/tsPpAGLqUlZJACXSQnvXSp1htaApvYe1n2w==
                -----END PUBLIC KEY-----
                """;
        assertRefused(ErrorCode.BAD_KEY, () -> TrustKey.of("a", secp256k1)).hasMessageContaining("P-256");
    }

    @Test
    void aPrivateKeyIsRefusedAndNotShown() {
        KeyPair keys = TestAuthority.keys(SigningCurve.P256);
        String secret = Pem.of("PRIVATE KEY", keys.getPrivate().getEncoded()).text();
        String body = secret.lines().skip(1).findFirst().orElseThrow().substring(8, 24);
        for (String text : new String[] {secret, pem(keys) + secret, secret.replace("KEY-----\n", "KEY\n")}) {
            assertRefused(ErrorCode.BAD_KEY, () -> TrustKey.of("a", text))
                    .message()
                    .doesNotContain(body);
        }
        assertRefused(ErrorCode.BAD_KEY, () -> TrustKey.of("a", secret)).hasMessageContaining("private key");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI",
                "-----BEGIN PUBLIC KEY-----",
                "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END CERTIFICATE-----",
                "-----BEGIN PUBLIC KEY-----\n%%%%\n-----END PUBLIC KEY-----",
                "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----",
                "-----BEGIN CERTIFICATE-----\nMFkw\n-----END CERTIFICATE-----",
                "-----BEGIN CERTIFICATE REQUEST-----\nMFkw\n-----END CERTIFICATE REQUEST-----",
            })
    void otherTextsAreRefused(String text) {
        assertRefused(ErrorCode.BAD_KEY, () -> TrustKey.of("a", text));
    }

    @Test
    void endlessTextIsRefused() {
        assertRefused(ErrorCode.BAD_KEY, () -> TrustKey.of("a", "x".repeat(Pem.MAX_LENGTH + 1)));
    }

    @Test
    void twoKeysAtOnceAreRefused() {
        String pem = pem(TestAuthority.keys(SigningCurve.P256));
        assertRefused(ErrorCode.BAD_KEY, () -> TrustKey.of("a", pem + pem)).hasMessageContaining("2 keys");
    }

    @ParameterizedTest
    @EnumSource(names = "AUTHORITY", mode = EnumSource.Mode.EXCLUDE)
    void aCertificateThatMayNotCertifyIsRefused(Use use) {
        TestAuthority leaf = TestAuthority.root("CN=root").issue("CN=somebody", use);
        assertRefused(ErrorCode.BAD_KEY, leaf::trusted).hasMessageContaining("CN=somebody");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\nb"})
    void aKeyNeedsAName(String name) {
        String pem = pem(TestAuthority.keys(SigningCurve.P256));
        assertRefused(ErrorCode.INVALID_NAME, () -> TrustKey.of(name, pem));
        assertRefused(
                ErrorCode.INVALID_NAME, () -> new TrustKey("x".repeat(201), pem, Optional.empty(), Optional.empty()));
    }
}
