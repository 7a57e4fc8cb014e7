package io.maas;

import static io.maas.Refusals.assertRefused;
import static io.maas.internal.signing.TestAuthority.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.internal.signing.TestAuthority;
import io.maas.internal.signing.TestAuthority.Use;
import io.maas.model.SignedBy;
import io.maas.model.SigningCurve;
import io.maas.model.TrustKey;
import io.maas.repository.PackageSource;
import io.maas.spi.Signer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SignedPackagesTest {
    static final PackageSource DIGITS = PackageSource.directory(Path.of("../examples/models/digits/v1"));

    private final KeyPair keys = TestAuthority.keys(SigningCurve.P256);
    private final Signer signer = Signers.of(keys);
    private final List<TrustKey> trusted = List.of(TrustKey.of("release", keys.getPublic()));

    @TempDir
    Path temp;

    private Path folder = Path.of("");
    private Packages.Summary unsigned = Packages.verify(DIGITS);

    @BeforeEach
    void copyThePackage() {
        folder = temp.resolve("digits");
        unsigned = Packages.writeDirectory(DIGITS, folder);
    }

    private SignedBy verify() {
        return Packages.verifySignature(PackageSource.directory(folder), trusted);
    }

    @ParameterizedTest
    @EnumSource
    void signingChangesNothingButTheSignature(SigningCurve curve) throws IOException {
        KeyPair pair = TestAuthority.keys(curve);
        TrustKey key = TrustKey.of("release", pair.getPublic());
        Packages.Summary signed = Packages.sign(folder, Signers.of(pair));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("README.md", "maas.json", "model.onnx", "model.sig");
        }
        assertThat(Packages.verify(PackageSource.directory(folder))).isEqualTo(signed);
        assertThat(signed.digest()).isEqualTo(unsigned.digest());
        assertThat(signed.manifest()).isEqualTo(unsigned.manifest());
        assertThat(Packages.verifySignature(PackageSource.directory(folder), List.of(key)))
                .isEqualTo(new SignedBy(key, key.id(), Optional.empty()));
    }

    @Test
    void anArchiveIsSignedAsACopy() {
        PackageSource source = PackageSource.directory(folder);
        Path zip = temp.resolve("digits.zip");
        Packages.Summary signed = Packages.signZip(source, zip, signer);
        assertThat(Packages.verify(PackageSource.zip(zip))).isEqualTo(signed);
        assertThat(signed.digest()).isEqualTo(unsigned.digest());
        assertThat(Packages.verifySignature(PackageSource.zip(zip), trusted).trusted())
                .isEqualTo(trusted.get(0));
        assertRefused(ErrorCode.SIGNATURE_MISSING, this::verify);
        // an archive can be signed in its own place, and the signature travels
        Packages.signZip(PackageSource.zip(zip), zip, signer);
        Packages.writeDirectory(PackageSource.zip(zip), temp.resolve("unpacked"));
        assertThat(Packages.verifySignature(PackageSource.directory(temp.resolve("unpacked")), trusted)
                        .keyId())
                .isEqualTo(trusted.get(0).id());
    }

    @Test
    void signingAgainReplacesTheSignature() {
        KeyPair former = TestAuthority.keys(SigningCurve.P521);
        Packages.sign(folder, Signers.of(former));
        assertRefused(ErrorCode.SIGNER_UNTRUSTED, this::verify);
        Packages.sign(folder, signer);
        assertThat(verify().trusted()).isEqualTo(trusted.get(0));
    }

    @Test
    void aCertificateTellsWhoSigned() {
        TestAuthority root = TestAuthority.root("CN=root");
        TestAuthority leaf = root.issue("CN=release,O=Example", Use.DIGITAL_SIGNATURE);
        Packages.sign(folder, leaf.signer(root));
        SignedBy who = Packages.verifySignature(PackageSource.directory(folder), List.of(root.trusted()), NOW);
        assertThat(who.trusted()).isEqualTo(root.trusted());
        assertThat(who.subject()).contains("CN=release,O=Example");
        assertRefused(
                ErrorCode.CERTIFICATE_EXPIRED,
                () -> Packages.verifySignature(
                        PackageSource.directory(folder), List.of(root.trusted()), TestAuthority.UNTIL.plusSeconds(1)));
    }

    @Test
    void aChangedModelIsNoticedEvenIfItsListIsChangedToo() throws IOException {
        Packages.sign(folder, signer);
        byte[] signature = Files.readAllBytes(folder.resolve("model.sig"));
        // another package, consistent in itself, under the same signature
        Path other = temp.resolve("other");
        Packages.writeDirectory(PackageSource.directory(Path.of("../examples/models/digits/v2")), other);
        Files.write(other.resolve("model.sig"), signature);
        assertRefused(
                        ErrorCode.SIGNATURE_MISMATCH,
                        () -> Packages.verifySignature(PackageSource.directory(other), trusted))
                .hasMessageContaining("has the digest");
    }

    @Test
    void aPackageWithoutASignatureSaysSo() {
        assertRefused(ErrorCode.SIGNATURE_MISSING, this::verify).hasMessageContaining("model.sig");
    }

    @Test
    void whatIsNoSignatureIsRefused() throws IOException {
        Files.writeString(folder.resolve("model.sig"), "signed, the management");
        assertRefused(ErrorCode.SIGNATURE_MALFORMED, this::verify);
        Files.write(folder.resolve("model.sig"), new byte[(16 << 20) + 1]);
        assertRefused(ErrorCode.SIGNATURE_MALFORMED, this::verify);
    }

    @Test
    void aFolderThatIsNoPackageIsNotSigned() throws IOException {
        Files.writeString(folder.resolve("extra.txt"), "x");
        assertRefused(ErrorCode.PACKAGE_UNLISTED, () -> Packages.sign(folder, signer));
        assertThat(folder.resolve("model.sig")).doesNotExist();
    }

    /** A signer with a key kept elsewhere, which has its own mind. */
    private record Remote(PublicKey publicKey, List<X509Certificate> certificates, UnaryOperator<byte[]> signing)
            implements Signer {
        @Override
        public byte[] sign(byte[] message) {
            return signing.apply(message);
        }
    }

    @Test
    void aKeyKeptElsewhereSigns() {
        Packages.sign(folder, new Remote(keys.getPublic(), List.of(), signer::sign));
        assertThat(verify().trusted()).isEqualTo(trusted.get(0));
    }

    @Test
    void aSignerThatFailsLeavesNothingBehind() {
        UnaryOperator<byte[]> unreachable = message -> {
            throw new UnavailableException(ErrorCode.SIGNING_FAILED, "sign", "the HSM is asleep", "wake it");
        };
        UnaryOperator<byte[]> careless = message -> {
            throw new IllegalStateException("session closed");
        };
        Signer other = Signers.of(TestAuthority.keys(SigningCurve.P256));
        List<UnaryOperator<byte[]>> failing =
                List.of(unreachable, careless, other::sign, message -> new byte[0], message -> message);
        for (UnaryOperator<byte[]> signing : failing) {
            assertRefused(
                    ErrorCode.SIGNING_FAILED,
                    () -> Packages.sign(folder, new Remote(keys.getPublic(), List.of(), signing)));
        }
        TestAuthority stranger = TestAuthority.root("CN=stranger");
        assertRefused(
                        ErrorCode.BAD_KEY,
                        () -> Packages.sign(
                                folder, new Remote(keys.getPublic(), List.of(stranger.certificate()), signer::sign)))
                .hasMessageContaining("CN=stranger");
        assertThat(folder.resolve("model.sig")).doesNotExist();
        assertRefused(ErrorCode.SIGNATURE_MISSING, this::verify);
    }
}
