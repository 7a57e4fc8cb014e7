package io.maas;

import static io.maas.Refusals.assertRefused;
import static io.maas.internal.signing.TestAuthority.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.maas.error.ErrorCode;
import io.maas.internal.signing.TestAuthority;
import io.maas.internal.signing.TestAuthority.Use;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.model.Pem;
import io.maas.model.SignedBy;
import io.maas.model.SigningCurve;
import io.maas.model.TrustKey;
import io.maas.repository.PackageSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What we sign, upstream verifies; what upstream signs, we verify; and both notice the same changes. */
class ModelSigningInteropTest {
    private static ModelSigning upstream;

    @TempDir
    Path temp;

    private Path folder = Path.of("");
    private Path signature = Path.of("");

    @BeforeAll
    static void install() throws IOException {
        upstream = ModelSigning.installed();
    }

    /** Paths that other orders than the right one would put elsewhere. */
    @BeforeEach
    void makeAPackage() {
        folder = write("package", "d0/f0", "d0/F", "d0.txt", "d0-1/f", "d0/sub/f", "Z", "notes");
        signature = folder.resolve("model.sig");
    }

    private Path write(String name, String... documents) {
        PackageSource.Builder builder = PackageSource.builder(
                        Manifest.builder("sample", "scripted").build())
                .file("model.bin", Role.WEIGHTS, "these are the weights".getBytes(UTF_8));
        for (String path : documents) {
            builder.file(path, Role.DOC, path.getBytes(UTF_8));
        }
        Packages.writeDirectory(builder.build(), temp.resolve(name));
        return temp.resolve(name);
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(temp.resolve(name), text);
    }

    private Path publicPem(KeyPair keys) throws IOException {
        return file("public.pem", TrustKey.of("public", keys.getPublic()).pem());
    }

    private Path privatePem(KeyPair keys) throws IOException {
        return file(
                "private.pem",
                Pem.of("PRIVATE KEY", keys.getPrivate().getEncoded()).text());
    }

    private Digest digest() {
        return Packages.verify(PackageSource.directory(folder)).digest();
    }

    /** The root digest that {@code model.sig} states. */
    private Digest signedDigest() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        String payload =
                mapper.readTree(signature.toFile()).at("/dsseEnvelope/payload").asText();
        JsonNode statement = mapper.readTree(Base64.getDecoder().decode(payload));
        return Digest.parse(statement.at("/subject/0/digest/sha256").asText());
    }

    private static SignedBy verify(Path folder, Instant at, TrustKey... trusted) {
        return Packages.verifySignature(PackageSource.directory(folder), List.of(trusted), at);
    }

    /** Another package of the same paths, with their signature: nothing but the signature can tell. */
    private Path swapped() throws IOException {
        Path other = write("other", "d0/f0", "d0/F", "d0.txt", "d0-1/f", "d0/sub/f", "Z");
        Files.copy(signature, other.resolve("model.sig"));
        return other;
    }

    // ---- keys

    @ParameterizedTest
    @EnumSource
    void upstreamVerifiesOurKeys(SigningCurve curve) throws IOException {
        KeyPair keys = TestAuthority.keys(curve);
        Packages.sign(folder, Signers.of(keys));
        Object[] verify = {"verify", "key", folder, "--signature", signature, "--public_key", publicPem(keys)};
        upstream.succeeds(verify);
        assertThat(signedDigest()).isEqualTo(digest());

        Path extra = Files.createFile(folder.resolve("extra"));
        assertThat(upstream.fails(verify)).contains("extra");
        Files.delete(extra);
        Files.writeString(folder.resolve("d0/f0"), "!", StandardOpenOption.APPEND);
        assertThat(upstream.fails(verify)).contains("d0/f0");
    }

    @ParameterizedTest
    @EnumSource
    void weVerifyUpstreamsKeys(SigningCurve curve) throws IOException {
        KeyPair keys = TestAuthority.keys(curve);
        TrustKey key = TrustKey.of("release", keys.getPublic());
        upstream.succeeds("sign", "key", folder, "--signature", signature, "--private_key", privatePem(keys));
        assertThat(verify(folder, NOW, key).keyId()).isEqualTo(key.id());
        assertThat(signedDigest()).as("their root digest is our identity").isEqualTo(digest());

        Path other = swapped();
        assertRefused(ErrorCode.SIGNATURE_MISMATCH, () -> verify(other, NOW, key));
        TrustKey stranger = TrustKey.of("stranger", TestAuthority.keys(curve).getPublic());
        assertRefused(ErrorCode.SIGNER_UNTRUSTED, () -> verify(folder, NOW, stranger));
    }

    @Test
    void upstreamRefusesAnotherKeyToo() throws IOException {
        Packages.sign(folder, Signers.of(TestAuthority.keys(SigningCurve.P256)));
        Path other = publicPem(TestAuthority.keys(SigningCurve.P256));
        assertThat(upstream.fails("verify", "key", folder, "--signature", signature, "--public_key", other))
                .contains("Key mismatch");
    }

    @Test
    void filesOfGitAreOursToSignAndTheirsToLeaveOut() throws IOException {
        KeyPair keys = TestAuthority.keys(SigningCurve.P256);
        TrustKey key = TrustKey.of("release", keys.getPublic());
        folder = write("git", ".gitattributes");
        signature = folder.resolve("model.sig");
        upstream.succeeds("sign", "key", folder, "--signature", signature, "--private_key", privatePem(keys));
        assertThat(verify(folder, NOW, key).trusted()).isEqualTo(key);
        Packages.sign(folder, Signers.of(keys));
        assertThat(signedDigest()).isEqualTo(digest());
        Path publicKey = publicPem(keys);
        upstream.succeeds(
                "verify", "key", folder, "--no-ignore-git-paths", "--signature", signature, "--public_key", publicKey);
    }

    // ---- certificates

    private final TestAuthority root = TestAuthority.root("CN=root,O=Example");
    private final TestAuthority middle = root.issue("CN=middle,O=Example", Use.AUTHORITY);

    @ParameterizedTest
    @EnumSource
    void upstreamVerifiesOurCertificates(SigningCurve curve) throws IOException {
        TestAuthority leaf = leaf(curve);
        Packages.sign(folder, leaf.signer(middle));
        Object[] verify = {
            "verify", "certificate", folder, "--signature", signature, "--certificate_chain", file("ca.pem", root.pem())
        };
        upstream.succeeds(verify);

        Files.writeString(folder.resolve("d0/f0"), "!", StandardOpenOption.APPEND);
        assertThat(upstream.fails(verify)).contains("d0/f0");
        file("ca.pem", TestAuthority.root("CN=other").pem());
        assertThat(upstream.fails(verify)).contains("certificate");
    }

    @ParameterizedTest
    @EnumSource
    void weVerifyUpstreamsCertificates(SigningCurve curve) throws IOException {
        TestAuthority leaf = leaf(curve);
        upstream.succeeds(
                "sign",
                "certificate",
                folder,
                "--signature",
                signature,
                "--private_key",
                privatePem(leaf.keys()),
                "--signing_certificate",
                file("leaf.pem", leaf.pem()),
                "--certificate_chain",
                file("chain.pem", middle.pem() + root.pem()));
        SignedBy who = verify(folder, NOW, root.trusted());
        assertThat(who.trusted()).isEqualTo(root.trusted());
        assertThat(who.subject()).contains("CN=release,O=Example");

        Path other = swapped();
        assertRefused(ErrorCode.SIGNATURE_MISMATCH, () -> verify(other, NOW, root.trusted()));
        TrustKey stranger = TestAuthority.root("CN=stranger").trusted();
        assertRefused(ErrorCode.SIGNER_UNTRUSTED, () -> verify(folder, NOW, stranger));
        Instant late = TestAuthority.UNTIL.plusSeconds(1);
        assertRefused(ErrorCode.CERTIFICATE_EXPIRED, () -> verify(folder, late, root.trusted()));
    }

    private TestAuthority leaf(SigningCurve curve) {
        return middle.issue(
                "CN=release,O=Example",
                TestAuthority.keys(curve),
                Use.DIGITAL_SIGNATURE,
                TestAuthority.FROM,
                TestAuthority.UNTIL);
    }
}
