package io.maas.internal.signing;

import static io.maas.Refusals.assertRefused;
import static io.maas.internal.signing.TestAuthority.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.signing.Envelope.SignerClaim;
import io.maas.model.Digest;
import io.maas.model.Pem;
import io.maas.model.SignedBy;
import io.maas.model.SigningCurve;
import io.maas.model.TrustKey;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureVerifierTest {
    private static final Map<String, Digest> FILES = files("maas.json", "m", "model.onnx", "w", "vocab/a.txt", "a");

    private final KeyPair keys = TestAuthority.keys(SigningCurve.P256);
    private final TrustKey trusted = TrustKey.of("release", keys.getPublic());

    private static Map<String, Digest> files(String... pathsAndContents) {
        Map<String, Digest> files = new LinkedHashMap<>();
        for (int i = 0; i < pathsAndContents.length; i += 2) {
            files.put(pathsAndContents[i], Digest.of(utf8(pathsAndContents[i + 1])));
        }
        return files;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] statement(Map<String, Digest> files, String... ignored) {
        return StatementCodec.write(new Statement("sample", files, List.of(ignored)));
    }

    private byte[] signed(byte[] payload) {
        return signed(keys, payload, new SignerClaim.Key(Optional.of(SignatureVerifier.hint(keys.getPublic()))));
    }

    static byte[] signed(KeyPair keys, byte[] payload, SignerClaim claim) {
        LocalSigner signer = new LocalSigner(keys.getPrivate(), keys.getPublic(), List.of());
        return EnvelopeCodec.write(new Envelope(
                Envelope.Kind.PACKAGE,
                payload,
                signer.sign(Envelope.signedBytes(Envelope.Kind.PACKAGE, payload)),
                claim));
    }

    private SignedBy verify(byte[] signature) {
        return verify(signature, FILES);
    }

    private SignedBy verify(byte[] signature, Map<String, Digest> files) {
        return SignatureVerifier.verify(signature, files, List.of(trusted), NOW);
    }

    private AbstractThrowableAssert<?, ? extends Throwable> refused(ErrorCode code, byte[] signature) {
        return assertRefused(code, () -> verify(signature));
    }

    // ---- keys

    @ParameterizedTest
    @EnumSource
    void whatATrustedKeySignedHolds(SigningCurve curve) {
        KeyPair pair = TestAuthority.keys(curve);
        TrustKey key = TrustKey.of("release", pair.getPublic());
        byte[] signature = signed(
                pair, statement(FILES), new SignerClaim.Key(Optional.of(SignatureVerifier.hint(pair.getPublic()))));
        SignedBy who = SignatureVerifier.verify(signature, FILES, List.of(trusted, key), NOW);
        assertThat(who).isEqualTo(new SignedBy(key, key.id(), Optional.empty()));
    }

    @Test
    void theSignatureItselfMayBeAmongTheFiles() {
        Map<String, Digest> all = new LinkedHashMap<>(FILES);
        all.put("model.sig", Digest.of(new byte[1]));
        assertThat(verify(signed(statement(FILES)), all).trusted()).isEqualTo(trusted);
    }

    @Test
    void aKeyThatNobodyTrustsIsToldFromAForgedSignature() {
        KeyPair other = TestAuthority.keys(SigningCurve.P256);
        String theirs = SignatureVerifier.hint(other.getPublic());
        byte[] payload = statement(FILES);
        refused(ErrorCode.SIGNER_UNTRUSTED, signed(other, payload, new SignerClaim.Key(Optional.of(theirs))))
                .hasMessageContaining(theirs);
        String ours = SignatureVerifier.hint(keys.getPublic());
        refused(ErrorCode.SIGNATURE_INVALID, signed(other, payload, new SignerClaim.Key(Optional.of(ours))))
                .hasMessageContaining("'release'");
        assertRefused(
                ErrorCode.SIGNER_UNTRUSTED, () -> SignatureVerifier.verify(signed(payload), FILES, List.of(), NOW));
    }

    /** Zeros satisfied the equation in some releases of Java 17 (CVE-2022-21449). */
    @ParameterizedTest
    @ValueSource(strings = {"", "00", "3006020100020100"})
    void bytesThatAreNoSignatureAreForged(String hex) {
        SignerClaim claim = new SignerClaim.Key(Optional.of(SignatureVerifier.hint(keys.getPublic())));
        byte[] bytes = HexFormat.of().parseHex(hex);
        refused(
                ErrorCode.SIGNATURE_INVALID,
                EnvelopeCodec.write(new Envelope(Envelope.Kind.PACKAGE, statement(FILES), bytes, claim)));
    }

    @Test
    void aSignatureWithoutAHintIsTriedWithEveryKey() {
        KeyPair other = TestAuthority.keys(SigningCurve.P384);
        List<TrustKey> both = List.of(TrustKey.of("other", other.getPublic()), trusted);
        byte[] signature = signed(keys, statement(FILES), new SignerClaim.Key(Optional.empty()));
        assertThat(SignatureVerifier.verify(signature, FILES, both, NOW).trusted())
                .isEqualTo(trusted);
        assertRefused(
                ErrorCode.SIGNER_UNTRUSTED, () -> SignatureVerifier.verify(signature, FILES, both.subList(0, 1), NOW));
    }

    @Test
    void trustCountsAtTheTimeAskedFor() {
        byte[] signature = signed(statement(FILES));
        Collection<TrustKey> ended = List.of(trusted.trustedUntil(NOW));
        assertRefused(ErrorCode.SIGNER_UNTRUSTED, () -> SignatureVerifier.verify(signature, FILES, ended, NOW))
                .hasMessageContaining("'release'")
                .hasMessageContaining(NOW.toString());
        assertThat(SignatureVerifier.verify(signature, FILES, ended, NOW.minusSeconds(1))
                        .keyId())
                .isEqualTo(trusted.id());
        Collection<TrustKey> renewed = List.of(trusted.trustedUntil(NOW), trusted.trustedFrom(NOW));
        assertThat(SignatureVerifier.verify(signature, FILES, renewed, NOW).trusted())
                .isEqualTo(trusted.trustedFrom(NOW));
    }

    // ---- files

    @ParameterizedTest
    @CsvSource({
        "model.onnx, other, has the digest",
        "maas.json, other, has the digest",
        "extra.txt, x, was not signed",
        "vocab/b.txt, x, was not signed",
        "model.sig.bak, x, was not signed"
    })
    void aFileThatWasChangedOrAddedIsNamed(String path, String content, String why) {
        Map<String, Digest> found = new LinkedHashMap<>(FILES);
        found.put(path, Digest.of(utf8(content)));
        assertRefused(ErrorCode.SIGNATURE_MISMATCH, () -> verify(signed(statement(FILES)), found))
                .hasMessageContaining("'" + path + "'")
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"maas.json", "model.onnx", "vocab/a.txt"})
    void aFileThatIsGoneIsNamed(String path) {
        Map<String, Digest> found = new LinkedHashMap<>(FILES);
        found.remove(path);
        assertRefused(ErrorCode.SIGNATURE_MISMATCH, () -> verify(signed(statement(FILES)), found))
                .hasMessageContaining("'" + path + "' was signed and is not there");
    }

    @Test
    void whatTheSignerLeftOutMayBeThere() {
        byte[] signature = signed(statement(FILES, "model.sig", ".gitattributes", "notes"));
        Map<String, Digest> found = new LinkedHashMap<>(FILES);
        found.putAll(files(".gitattributes", "x", "notes/today.txt", "x"));
        assertThat(verify(signature, found).trusted()).isEqualTo(trusted);
        found.putAll(files("notes.txt", "x"));
        assertRefused(ErrorCode.SIGNATURE_MISMATCH, () -> verify(signature, found))
                .hasMessageContaining("'notes.txt'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "/", "*"})
    void leavingOutEverythingLeavesOutNothing(String ignored) {
        Map<String, Digest> found = new LinkedHashMap<>(FILES);
        found.putAll(files("extra.txt", "x"));
        assertRefused(ErrorCode.SIGNATURE_MISMATCH, () -> verify(signed(statement(FILES, ignored)), found));
    }

    @Test
    void theManifestCannotBeLeftOut() {
        Map<String, Digest> signed = files("model.onnx", "w", "vocab/a.txt", "a");
        refused(ErrorCode.SIGNATURE_MISMATCH, signed(statement(signed, "maas.json")))
                .hasMessageContaining("maas.json");
        refused(ErrorCode.SIGNATURE_MISMATCH, signed(statement(Map.of())));
    }

    // ---- documents

    private byte[] withStatement(UnaryOperator<String> change) {
        String payload = new String(statement(FILES), StandardCharsets.UTF_8);
        String changed = change.apply(payload);
        assertThat(changed).as("the change").isNotEqualTo(payload);
        return signed(utf8(changed));
    }

    /** Puts what stands behind the bar in the place of what stands before it. */
    private static String changed(String json, String change) {
        int bar = change.indexOf('|');
        return json.replace(change.substring(0, bar), change.substring(bar + 1));
    }

    private byte[] with(UnaryOperator<String> change) {
        String document = new String(signed(statement(FILES)), StandardCharsets.UTF_8);
        String changed = change.apply(document);
        assertThat(changed).as("the change").isNotEqualTo(document);
        return utf8(changed);
    }

    @Test
    void anotherStatementUnderTheSameSignatureIsForged() {
        String payload = Base64.getEncoder().encodeToString(statement(FILES));
        String other = Base64.getEncoder().encodeToString(statement(files("maas.json", "m", "model.onnx", "evil")));
        refused(ErrorCode.SIGNATURE_INVALID, with(json -> json.replace(payload, other)));
    }

    @Test
    void aRootDigestThatDoesNotFollowFromTheFilesIsRefused() {
        String root = new Statement("sample", FILES, List.of()).rootDigest().hex();
        String other = Digest.of(new byte[0]).hex();
        refused(ErrorCode.SIGNATURE_MALFORMED, withStatement(json -> json.replace(root, other)))
                .hasMessageContaining(root)
                .hasMessageContaining(other);
    }

    @ParameterizedTest
    @CsvSource({
        "in-toto.io/Statement/v1, in-toto.io/Statement/v2",
        "model_signing/signature/v1.0, model_signing/Digests/v0.1",
        "\"files\", \"shards\"",
        "\"hash_type\" : \"sha256\", \"hash_type\" : \"blake2\"",
        "\"algorithm\" : \"sha256\", \"algorithm\" : \"blake3\"",
    })
    void statementsOfOtherKindsAreRefusedByName(String from, String to) {
        String name = to.replaceAll(".*[:/] ?|\"", "");
        refused(ErrorCode.SIGNATURE_UNSUPPORTED, withStatement(json -> json.replace(from, to)))
                .hasMessageContaining(name);
    }

    @ParameterizedTest
    @CsvSource({
        "bundle.v0.3+json, bundle.v0.4+json",
        "vnd.in-toto+json, vnd.other+json",
        "\"tlogEntries\" : [ ], \"tlogEntries\" : [ {} ]",
    })
    void documentsOfOtherKindsAreRefused(String from, String to) {
        refused(ErrorCode.SIGNATURE_UNSUPPORTED, with(json -> json.replace(from, to)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"subject\"|\"subjects\"",
                "\"subject\" : [|\"subject\" : [ {\"name\": \"b\", \"digest\": {}},",
                "\"predicate\"|\"predicates\"",
                "\"serialization\"|\"serialisation\"",
                "\"method\"|\"way\"",
                "\"ignore_paths\" : [ ]|\"ignore_paths\" : [ 1 ]",
                "\"ignore_paths\" : [ ]|\"ignore_paths\" : \"model.onnx\"",
                "\"resources\" : [|\"resources\" : [ [],",
                "\"resources\" : [|\"resources\" : [ null,",
                "\"model.onnx\"|\"maas.json\"",
                "\"model.onnx\"|7",
                "\"_type\"|\"_type\" : \"https://in-toto.io/Statement/v1\", \"_type\"",
                "\"_type\"|[",
            })
    void aTrustedSignerMayStillWriteNonsense(String change) {
        refused(ErrorCode.SIGNATURE_MALFORMED, withStatement(json -> changed(json, change)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"mediaType\"|\"media\"",
                "\"mediaType\"|\"mediaType\" : \"x\", \"mediaType\"",
                "\"verificationMaterial\"|\"material\"",
                "\"publicKey\"|\"other\"",
                "\"publicKey\"|\"certificate\" : {\"rawBytes\" : \"MFkw\"}, \"publicKey\"",
                "\"publicKey\"|\"x509CertificateChain\" : {\"certificates\" : []}, \"publicKey\"",
                "\"publicKey\"|\"x509CertificateChain\" : {\"certificates\" : 7}, \"publicKey\"",
                "\"publicKey\"|\"x509CertificateChain\" : {}, \"publicKey\"",
                "\"publicKey\"|\"certificate\" : {\"rawBytes\" : \"?\"}, \"publicKey\"",
                "\"hint\" : |\"hint\" : 7, \"was\" : ",
                "\"dsseEnvelope\"|\"messageSignature\"",
                "\"payload\"|\"load\"",
                "\"payload\" : \"|\"payload\" : \"%",
                "\"signatures\"|\"signature\"",
                "\"signatures\" : [|\"signatures\" : [ {\"sig\" : \"AA==\"},",
                "\"sig\"|\"gis\"",
                "\"sig\" : \"|\"sig\" : \"_",
            })
    void aDocumentThatIsNoSignatureIsRefused(String change) {
        refused(ErrorCode.SIGNATURE_MALFORMED, with(json -> changed(json, change)));
    }

    @Test
    void whatIsNoDocumentIsRefused() {
        for (String text : List.of("", " ", "null", "[]", "7", "{", "{}", "{} {}", "\u0000", "[".repeat(100_000))) {
            refused(ErrorCode.SIGNATURE_MALFORMED, utf8(text));
        }
        refused(ErrorCode.SIGNATURE_MALFORMED, new byte[] {(byte) 0xff, (byte) 0xfe, '{', 0});
        refused(ErrorCode.SIGNATURE_MALFORMED, with(json -> json + "{}"));
        refused(ErrorCode.SIGNATURE_MALFORMED, with(json -> json + " ".repeat(EnvelopeCodec.MAX_BYTES)));
    }

    @Test
    void fieldsOfLaterReleasesArePassedOver() {
        assertThat(verify(with(json -> json.replace("\"hint\"", "\"later\" : [ 1 ], \"hint\"")))
                        .trusted())
                .isEqualTo(trusted);
        assertThat(verify(withStatement(json -> json.replace("\"resources\"", "\"later\" : {}, \"resources\"")))
                        .trusted())
                .isEqualTo(trusted);
    }

    @Test
    void noBitCanBeChangedUnnoticed() {
        TestAuthority root = TestAuthority.root("CN=root");
        TestAuthority leaf = root.issue("CN=release", TestAuthority.Use.DIGITAL_SIGNATURE);
        byte[] original = signed(leaf.keys(), statement(FILES), new SignerClaim.Certified(List.of(leaf.certificate())));
        List<TrustKey> authorities = List.of(root.trusted());
        SignedBy who = SignatureVerifier.verify(original, FILES, authorities, NOW);
        long seed = 20300601;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 3000; i++) {
            byte[] changed = original.clone();
            int at = random.nextInt(changed.length);
            changed[at] ^= (byte) (1 << random.nextInt(8));
            Throwable thrown =
                    catchThrowable(() -> assertThat(SignatureVerifier.verify(changed, FILES, authorities, NOW))
                            .isEqualTo(who));
            // a change of what is passed over, such as the key id, is none
            if (thrown != null) {
                assertThat(thrown).as("seed %d, byte %d", seed, at).isInstanceOf(InvalidInputException.class);
            }
        }
    }

    @Test
    void theHintIsTheDigestOfTheText() {
        String text = Pem.of("PUBLIC KEY", keys.getPublic().getEncoded()).text();
        assertThat(SignatureVerifier.hint(keys.getPublic()))
                .isEqualTo(Digest.of(utf8(text)).hex());
    }
}
