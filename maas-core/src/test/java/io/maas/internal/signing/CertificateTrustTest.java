package io.maas.internal.signing;

import static io.maas.Refusals.assertRefused;
import static io.maas.internal.signing.TestAuthority.FROM;
import static io.maas.internal.signing.TestAuthority.NOW;
import static io.maas.internal.signing.TestAuthority.UNTIL;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import io.maas.internal.signing.Envelope.SignerClaim;
import io.maas.internal.signing.TestAuthority.Use;
import io.maas.model.Digest;
import io.maas.model.SignedBy;
import io.maas.model.SigningCurve;
import io.maas.model.TrustKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CertificateTrustTest {
    private static final Map<String, Digest> FILES = Map.of("maas.json", Digest.of(new byte[0]));
    private static final byte[] PAYLOAD = StatementCodec.write(new Statement("sample", FILES, List.of()));

    private final TestAuthority root = TestAuthority.root("CN=root,O=Example");
    private final TestAuthority middle = root.issue("CN=middle,O=Example", Use.AUTHORITY);
    private final TestAuthority leaf = middle.issue("CN=release,O=Example", Use.DIGITAL_SIGNATURE);

    private static SignedBy verify(List<TrustKey> trusted, Instant at, TestAuthority signer, TestAuthority... others) {
        SignerClaim.Certified claim =
                new SignerClaim.Certified(signer.signer(others).certificates());
        byte[] signature = SignatureVerifierTest.signed(signer.keys(), PAYLOAD, claim);
        return SignatureVerifier.verify(signature, FILES, trusted, at);
    }

    private SignedBy verify(TestAuthority signer, TestAuthority... others) {
        return verify(List.of(root.trusted()), NOW, signer, others);
    }

    @Test
    void aChainUpToATrustedAuthorityHolds() {
        SignedBy who = verify(leaf, middle);
        assertThat(who.trusted()).isEqualTo(root.trusted());
        assertThat(who.subject()).contains("CN=release,O=Example");
        assertThat(who.keyId())
                .isEqualTo(Digest.of(leaf.keys().getPublic().getEncoded()).hex());
    }

    @Test
    void theChainMayHaveTheRootAndAnyOrder() {
        SignedBy who = verify(leaf, middle);
        assertThat(verify(leaf, middle, root)).isEqualTo(who);
        assertThat(verify(leaf, root, middle)).isEqualTo(who);
    }

    @Test
    void anIntermediateAuthorityCanBeTrustedByItself() {
        List<TrustKey> trusted = List.of(TestAuthority.root("CN=other").trusted(), middle.trusted());
        assertThat(verify(trusted, NOW, leaf).trusted()).isEqualTo(middle.trusted());
        assertThat(verify(trusted, NOW, leaf, middle, root).trusted()).isEqualTo(middle.trusted());
    }

    @Test
    void twoAuthoritiesOfOneNameAreToldApart() {
        List<TrustKey> trusted = List.of(TestAuthority.root("CN=root,O=Example").trusted(), root.trusted());
        assertThat(verify(trusted, NOW, leaf, middle).trusted()).isEqualTo(root.trusted());
    }

    @ParameterizedTest
    @EnumSource
    void keysOnEveryCurveCanBeCertified(SigningCurve curve) {
        TestAuthority signer = root.issue("CN=curve", TestAuthority.keys(curve), Use.CODE_SIGNING, FROM, UNTIL);
        assertThat(verify(signer).subject()).contains("CN=curve");
    }

    @Test
    void anUnknownAuthorityIsNotTrusted() {
        TestAuthority stranger = TestAuthority.root("CN=stranger").issue("CN=eve", Use.DIGITAL_SIGNATURE);
        assertRefused(ErrorCode.SIGNER_UNTRUSTED, () -> verify(stranger)).hasMessageContaining("CN=eve");
        assertRefused(ErrorCode.SIGNER_UNTRUSTED, () -> verify(leaf)).hasMessageContaining("CN=release");
        assertRefused(ErrorCode.SIGNER_UNTRUSTED, () -> verify(List.of(), NOW, leaf, middle, root));
    }

    @Test
    void theNameOfAnAuthorityIsNotEnough() {
        TestAuthority stranger = TestAuthority.root("CN=root,O=Example").issue("CN=eve", Use.DIGITAL_SIGNATURE);
        assertRefused(ErrorCode.SIGNER_UNTRUSTED, () -> verify(stranger)).hasMessageContaining("CN=eve");
    }

    @Test
    void whoMayNotCertifyCannot() {
        TestAuthority eve = leaf.issue("CN=eve", Use.DIGITAL_SIGNATURE);
        assertRefused(ErrorCode.SIGNER_UNTRUSTED, () -> verify(eve, leaf, middle));
    }

    @ParameterizedTest
    @EnumSource(names = {"KEY_AGREEMENT", "UNSAID", "AUTHORITY"})
    void aCertificateHasToBeForSigning(Use use) {
        TestAuthority signer = root.issue("CN=other use", use);
        assertRefused(ErrorCode.SIGNER_UNTRUSTED, () -> verify(signer)).hasMessageContaining("code signing");
    }

    @Test
    void anotherKeyThanTheCertifiedOneIsForged() {
        KeyPair other = TestAuthority.keys(SigningCurve.P256);
        SignerClaim.Certified claim =
                new SignerClaim.Certified(leaf.signer(middle).certificates());
        byte[] signature = SignatureVerifierTest.signed(other, PAYLOAD, claim);
        assertRefused(
                        ErrorCode.SIGNATURE_INVALID,
                        () -> SignatureVerifier.verify(signature, FILES, List.of(root.trusted()), NOW))
                .hasMessageContaining("CN=release");
    }

    @Test
    void everyCertificateHasToBeValidAtTheTime() {
        TestAuthority shortLived = middle.issue(
                "CN=short", TestAuthority.keys(SigningCurve.P256), Use.DIGITAL_SIGNATURE, FROM, NOW.minusSeconds(1));
        expired("CN=short", NOW, shortLived, middle);
        TestAuthority early = middle.issue(
                "CN=early", TestAuthority.keys(SigningCurve.P256), Use.DIGITAL_SIGNATURE, NOW.plusSeconds(1), UNTIL);
        expired("CN=early", NOW, early, middle);
        TestAuthority old =
                root.issue("CN=old", TestAuthority.keys(SigningCurve.P256), Use.AUTHORITY, FROM, NOW.minusSeconds(1));
        expired("CN=old", NOW, old.issue("CN=new", Use.DIGITAL_SIGNATURE), old);
    }

    @Test
    void theAuthorityHasToBeValidToo() {
        TestAuthority old = TestAuthority.root("CN=old root", FROM, NOW.minusSeconds(1));
        TestAuthority signer = old.issue("CN=new", Use.DIGITAL_SIGNATURE);
        assertRefused(ErrorCode.CERTIFICATE_EXPIRED, () -> verify(List.of(old.trusted()), NOW, signer))
                .hasMessageContaining("CN=old root");
        assertThat(verify(List.of(old.trusted()), NOW.minusSeconds(1), signer).subject())
                .contains("CN=new");
    }

    private void expired(String subject, Instant at, TestAuthority signer, TestAuthority... others) {
        assertRefused(ErrorCode.CERTIFICATE_EXPIRED, () -> verify(List.of(root.trusted()), at, signer, others))
                .hasMessageContaining(subject)
                .hasMessageContaining(at.toString());
    }

    @Test
    void trustInAnAuthorityEnds() {
        List<TrustKey> ended = List.of(root.trusted().trustedUntil(NOW));
        assertRefused(ErrorCode.SIGNER_UNTRUSTED, () -> verify(ended, NOW, leaf, middle));
        assertThat(verify(ended, NOW.minusSeconds(1), leaf, middle).trusted()).isEqualTo(ended.get(0));
    }

    @Test
    void aTrustedKeyIsNoAuthority() {
        List<TrustKey> keys = List.of(TrustKey.of("root", root.keys().getPublic()));
        assertRefused(ErrorCode.SIGNER_UNTRUSTED, () -> verify(keys, NOW, leaf, middle, root));
        byte[] byKey = SignatureVerifierTest.signed(root.keys(), PAYLOAD, new SignerClaim.Key(Optional.empty()));
        assertRefused(
                ErrorCode.SIGNER_UNTRUSTED, () -> SignatureVerifier.verify(byKey, FILES, List.of(root.trusted()), NOW));
    }

    @Test
    void aCertifiedKeyOfAnotherKindIsNotSupported() throws GeneralSecurityException {
        KeyPair rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        TestAuthority signer = root.issue("CN=rsa", rsa, Use.DIGITAL_SIGNATURE, FROM, UNTIL);
        byte[] signature = EnvelopeCodec.write(new Envelope(
                Envelope.Kind.PACKAGE, PAYLOAD, new byte[1], new SignerClaim.Certified(List.of(signer.certificate()))));
        assertRefused(
                        ErrorCode.SIGNATURE_UNSUPPORTED,
                        () -> SignatureVerifier.verify(signature, FILES, List.of(root.trusted()), NOW))
                .hasMessageContaining("RSA");
    }

    @Test
    void aChainWithoutEndIsRefused() {
        TestAuthority[] others = new TestAuthority[10];
        Arrays.fill(others, middle);
        assertRefused(ErrorCode.SIGNATURE_MALFORMED, () -> verify(leaf, others));
    }

    @Test
    void theSingleCertificateOfTheBundleFormatIsRead() {
        TestAuthority signer = root.issue("CN=single", Use.DIGITAL_SIGNATURE);
        String chain = new String(
                SignatureVerifierTest.signed(
                        signer.keys(), PAYLOAD, new SignerClaim.Certified(List.of(signer.certificate()))),
                StandardCharsets.UTF_8);
        String single = chain.replaceAll(
                "(?s)\"x509CertificateChain\" : \\{\\s*\"certificates\" : \\[ *(\\{.*?\\}) *\\]\\s*\\}",
                "\"certificate\" : $1");
        assertThat(single).isNotEqualTo(chain);
        byte[] signature = single.getBytes(StandardCharsets.UTF_8);
        assertThat(SignatureVerifier.verify(signature, FILES, List.of(root.trusted()), NOW)
                        .subject())
                .contains("CN=single");
    }
}
