package io.maas.internal.signing;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.internal.bundle.Bundle;
import io.maas.internal.bundle.BundleFile;
import io.maas.internal.signing.Envelope.SignerClaim;
import io.maas.model.Digest;
import io.maas.model.Names;
import io.maas.model.SigningCurve;
import io.maas.spi.Signer;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Signs packages. */
public final class PackageSigner {
    private PackageSigner() {}

    /**
     * Returns the {@code model.sig} of a package. It covers every other file, so that the digest it signs is the package's
     * own.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_KEY} if the signer's key or certificates do not fit
     * @throws UnavailableException {@link ErrorCode#SIGNING_FAILED} if the signer fails
     */
    public static byte[] sign(Bundle bundle, Signer signer) {
        PublicKey key = signer.publicKey();
        SigningCurve.of(key);
        SignerClaim claim = claim(key, signer.certificates());
        Map<String, Digest> files = new LinkedHashMap<>();
        for (BundleFile file : bundle.files()) {
            if (!file.path().equals(Bundle.SIGNATURE)) {
                files.put(file.path(), file.digest());
            }
        }
        byte[] payload =
                StatementCodec.write(new Statement(bundle.manifest().name().value(), files, List.of(Bundle.SIGNATURE)));
        return EnvelopeCodec.write(new Envelope(payload, signature(signer, key, payload), claim));
    }

    private static SignerClaim claim(PublicKey key, List<X509Certificate> certificates) {
        if (certificates.isEmpty()) {
            return new SignerClaim.Key(Optional.of(SignatureVerifier.hint(key)));
        }
        X509Certificate leaf = certificates.get(0);
        if (!leaf.getPublicKey().equals(key)) {
            throw new InvalidInputException(
                    ErrorCode.BAD_KEY,
                    "sign the package",
                    "the first certificate is not that of the signer's key, '"
                            + Names.shown(leaf.getSubjectX500Principal().getName()) + "'",
                    "put the certificate of the key first");
        }
        return new SignerClaim.Certified(List.copyOf(certificates));
    }

    private static byte[] signature(Signer signer, PublicKey key, byte[] payload) {
        byte[] message = Envelope.signedBytes(payload);
        byte[] signature = answer(signer, message.clone());
        if (!SignatureVerifier.holds(key, message, signature)) {
            throw new UnavailableException(
                    ErrorCode.SIGNING_FAILED,
                    "sign the package",
                    "what the signer made is no signature of its key " + Digest.of(key.getEncoded()),
                    "check that the signer uses this key, and the algorithm that goes with its curve");
        }
        return signature;
    }

    /** A signer is the host's own code and may throw anything. */
    private static byte[] answer(Signer signer, byte[] message) {
        try {
            return signer.sign(message);
        } catch (MaasException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new UnavailableException(
                    ErrorCode.SIGNING_FAILED,
                    "sign the package",
                    "the signer failed, " + Names.shown(e.toString()),
                    "check that the signer can reach its key, and may use it",
                    e);
        }
    }
}
