package io.maas.internal.signing;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.internal.signing.Envelope.SignerClaim;
import io.maas.model.Digest;
import io.maas.model.Names;
import io.maas.model.SigningCurve;
import io.maas.spi.Signer;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** Has documents signed, by a signer that is not taken at its word. */
final class EnvelopeSigner {
    private static final String DOING = "sign";

    private EnvelopeSigner() {}

    /**
     * Returns a signed document.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_KEY} if the signer's key or certificates do not fit
     * @throws UnavailableException {@link ErrorCode#SIGNING_FAILED} if the signer fails
     */
    static Envelope sign(Envelope.Kind kind, byte[] payload, Signer signer) {
        PublicKey key = signer.publicKey();
        SigningCurve.of(key);
        SignerClaim claim = claim(key, signer.certificates());
        return new Envelope(kind, payload, signature(kind, payload, signer, key), claim);
    }

    private static SignerClaim claim(PublicKey key, List<X509Certificate> certificates) {
        if (certificates.isEmpty()) {
            return new SignerClaim.Key(Optional.of(SignatureVerifier.hint(key)));
        }
        X509Certificate leaf = certificates.get(0);
        if (!leaf.getPublicKey().equals(key)) {
            throw new InvalidInputException(
                    ErrorCode.BAD_KEY,
                    DOING,
                    "the first certificate is not that of the signer's key, '"
                            + Names.shown(leaf.getSubjectX500Principal().getName()) + "'",
                    "put the certificate of the key first");
        }
        return new SignerClaim.Certified(List.copyOf(certificates));
    }

    private static byte[] signature(Envelope.Kind kind, byte[] payload, Signer signer, PublicKey key) {
        byte[] message = Envelope.signedBytes(kind, payload);
        byte[] signature = answer(signer, message.clone());
        if (!SignatureVerifier.holds(key, message, signature)) {
            throw new UnavailableException(
                    ErrorCode.SIGNING_FAILED,
                    DOING,
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
                    DOING,
                    "the signer failed, " + Names.shown(e.toString()),
                    "check that the signer can reach its key, and may use it",
                    e);
        }
    }
}
