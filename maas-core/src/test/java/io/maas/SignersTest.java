package io.maas;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import io.maas.internal.signing.TestAuthority;
import io.maas.internal.signing.TestAuthority.Use;
import io.maas.model.Pem;
import io.maas.model.SigningCurve;
import io.maas.model.TrustKey;
import io.maas.spi.Signer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.interfaces.ECPrivateKey;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SignersTest {
    private static final char[] PASSWORD = "correct horse".toCharArray();
    /** Made by OpenSSL 3 for this test alone. */
    private static final String ENCRYPTED = """
            -----BEGIN ENCRYPTED PRIVATE KEY-----
            MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhQNp6bcB7IcQICCAAw
            DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEPMELoEPiEzqZ5MOidDsQQ8EgZAh
            VLVwN5MFsyC1AYK9cXB72tlVi/MXWFkiAyQIthyfhY8YCFq2S0/sC++FCkrAbTq2
            uhU8fMW3A3F74friKpwurmKEx0K2xsY67pGneNIFDZh1w+SMQMlvx6slwRyqWXJV
            +NTwDOQPJgdIakIEXGyLnPmUWRdkI6T/Coj7GRYIUIo9haEuiPk+N9S2ZGP92zA=
            -----END ENCRYPTED PRIVATE KEY-----
            """;

    private static final String ITS_PUBLIC_KEY = """
            -----BEGIN PUBLIC KEY-----
            MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8mnr2Xf0RzqT7TxfQUIMnxE8YFRX
            r3eS4LEGCEFvow2m2x8epNtlwXKSgUTbA0DoUQAwjAjZYsz1oYhzWLDsJA==
            -----END PUBLIC KEY-----
            """;

    @TempDir
    Path temp;

    private Path file(String text) throws IOException {
        return Files.writeString(temp.resolve("file.pem"), text);
    }

    private static String pem(KeyPair keys) {
        return Pem.of("PRIVATE KEY", keys.getPrivate().getEncoded()).text();
    }

    private static void assertSigns(Signer signer) throws GeneralSecurityException {
        byte[] message = {1, 2, 3};
        Signature verifying =
                Signature.getInstance(SigningCurve.of(signer.publicKey()).signatureAlgorithm());
        verifying.initVerify(signer.publicKey());
        verifying.update(message);
        assertThat(verifying.verify(signer.sign(message))).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void aPrivateKeyIsEnoughToKnowThePublicOne(SigningCurve curve) throws IOException, GeneralSecurityException {
        // both roots of the curve's equation have to come up
        for (int i = 0; i < 8; i++) {
            KeyPair keys = TestAuthority.keys(curve);
            Signer signer = Signers.ofPem(file(pem(keys)));
            assertThat(signer.publicKey()).isEqualTo(keys.getPublic());
            assertThat(signer.certificates()).isEmpty();
            assertSigns(signer);
        }
    }

    @Test
    void anEncryptedKeyNeedsItsPassword() throws IOException {
        Path file = file(ENCRYPTED);
        PublicKey expected = TrustKey.of("expected", ITS_PUBLIC_KEY).publicKey();
        assertThat(Signers.ofPem(file, PASSWORD).publicKey()).isEqualTo(expected);
        assertRefused(ErrorCode.BAD_KEY, () -> Signers.ofPem(file)).hasMessageContaining("no password");
        assertRefused(ErrorCode.BAD_KEY, () -> Signers.ofPem(file, "incorrect".toCharArray()))
                .hasMessageContaining("the password is wrong")
                .message()
                .doesNotContain("incorrect");
        Path plain = file(pem(TestAuthority.keys(SigningCurve.P256)));
        assertRefused(ErrorCode.BAD_KEY, () -> Signers.ofPem(plain, PASSWORD)).hasMessageContaining("not encrypted");
    }

    @Test
    void otherKeysAreRefusedAndNotShown() throws IOException, GeneralSecurityException {
        KeyPair keys = TestAuthority.keys(SigningCurve.P256);
        byte[] der = keys.getPrivate().getEncoded();
        String[] texts = {
            Pem.of("EC PRIVATE KEY", der).text(),
            Pem.of("PUBLIC KEY", keys.getPublic().getEncoded()).text(),
            pem(KeyPairGenerator.getInstance("RSA").generateKeyPair()),
            pem(KeyPairGenerator.getInstance("Ed25519").generateKeyPair()),
            pem(keys) + pem(keys),
            Pem.of("PRIVATE KEY", Arrays.copyOf(der, der.length - 3)).text(),
            pem(keys).replace("-----END", "!-----END"),
            pem(keys).replace("-----END PRIVATE KEY-----", ""),
            "nothing",
        };
        for (String text : texts) {
            Path file = file(text);
            String body = text.lines().skip(1).findFirst().orElse("no such line");
            assertRefused(ErrorCode.BAD_KEY, () -> Signers.ofPem(file))
                    .message()
                    .doesNotContain(body);
        }
        assertRefused(ErrorCode.BAD_KEY, () -> Signers.ofPem(temp.resolve("none.pem")))
                .hasMessageContaining("none.pem");
    }

    @Test
    void nothingOfAKeyIsShown() throws IOException {
        KeyPair keys = TestAuthority.keys(SigningCurve.P256);
        String secret = ((ECPrivateKey) keys.getPrivate()).getS().toString();
        assertThat(Signers.ofPem(file(pem(keys))).toString()).doesNotContain(secret);
        assertThat(Pem.readAll(pem(keys)).get(0)).hasToString("PEM PRIVATE KEY");
    }

    @Test
    void aKeyStoreBringsTheCertificates() throws IOException, GeneralSecurityException {
        TestAuthority root = TestAuthority.root("CN=root");
        TestAuthority leaf = root.issue("CN=release", Use.DIGITAL_SIGNATURE);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        Certificate[] chain = {leaf.certificate(), root.certificate()};
        store.setKeyEntry("release", leaf.keys().getPrivate(), PASSWORD, chain);
        store.setCertificateEntry("root", root.certificate());
        Signer signer = Signers.of(store, "release", PASSWORD);
        assertThat(signer.certificates()).containsExactly(leaf.certificate(), root.certificate());
        assertSigns(signer);
        assertRefused(ErrorCode.BAD_KEY, () -> Signers.of(store, "nobody", PASSWORD))
                .hasMessageContaining("'nobody'");
        assertRefused(ErrorCode.BAD_KEY, () -> Signers.of(store, "root", PASSWORD));
        assertRefused(ErrorCode.BAD_KEY, () -> Signers.of(store, "release", "wrong".toCharArray()));
        KeyStore closed = KeyStore.getInstance("PKCS12");
        assertRefused(ErrorCode.BAD_KEY, () -> Signers.of(closed, "release", PASSWORD));
    }

    @Test
    void certificatesGoWithAnySigner() throws IOException, GeneralSecurityException {
        TestAuthority root = TestAuthority.root("CN=root");
        TestAuthority leaf = root.issue("CN=release", Use.DIGITAL_SIGNATURE);
        Signer signer = Signers.certified(Signers.of(leaf.keys()), file(leaf.pem() + root.pem()));
        assertThat(signer.certificates()).containsExactly(leaf.certificate(), root.certificate());
        assertThat(signer.publicKey()).isEqualTo(leaf.keys().getPublic());
        assertSigns(signer);
    }

    @Test
    void certificatesHaveToFitTheKey() throws IOException {
        TestAuthority root = TestAuthority.root("CN=root");
        TestAuthority leaf = root.issue("CN=release", Use.DIGITAL_SIGNATURE);
        Signer signer = Signers.of(leaf.keys());
        Path wrongOrder = file(root.pem() + leaf.pem());
        assertRefused(ErrorCode.BAD_KEY, () -> Signers.certified(signer, wrongOrder))
                .hasMessageContaining("first certificate");
        Path key = file(pem(leaf.keys()));
        assertRefused(ErrorCode.BAD_KEY, () -> Signers.certified(signer, key));
        Path damaged = file(Pem.of("CERTIFICATE", new byte[9]).text());
        assertRefused(ErrorCode.BAD_KEY, () -> Signers.certified(signer, damaged));
    }

    @Test
    void onlyEcKeysSign() throws GeneralSecurityException {
        KeyPair rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        assertRefused(ErrorCode.BAD_KEY, () -> Signers.of(rsa)).hasMessageContaining("RSA");
    }

    @Test
    void aKeyThatDoesNotFitItsOtherHalfFails() {
        KeyPair first = TestAuthority.keys(SigningCurve.P256);
        KeyPair second = TestAuthority.keys(SigningCurve.P384);
        Signer mixed = Signers.of(new KeyPair(second.getPublic(), first.getPrivate()));
        assertRefused(
                ErrorCode.SIGNING_FAILED,
                () -> Packages.signZip(SignedPackagesTest.DIGITS, temp.resolve("digits.zip"), mixed));
    }
}
