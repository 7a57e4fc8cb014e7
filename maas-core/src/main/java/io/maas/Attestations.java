package io.maas;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.internal.signing.HeadAttestation;
import io.maas.model.TrustKey;
import io.maas.repository.AttestedHead;
import io.maas.repository.LogHead;
import io.maas.spi.Signer;
import java.time.Instant;
import java.util.Collection;

/**
 * Signed statements of what the newest commit of a registry was. Kept where those who can write the store cannot, one proves
 * later that the log was neither cut nor rewritten.
 *
 * <pre>{@code
 * String attestation = Attestations.attest(maas.repository().audit().head(), signer);
 * // later, and wherever the store can be read
 * maas.repository().audit().verify(attestation, trustedKeys, Instant.now());
 * }</pre>
 *
 * <p>An attestation is JSON: a sigstore bundle v0.3 with a DSSE envelope, whose payload is of the type {@code
 * application/vnd.maas.log-head+json}.
 */
public final class Attestations {
    private Attestations() {}

    /**
     * Signs a head.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_KEY} if the signer's key or certificates do not fit
     * @throws UnavailableException {@link ErrorCode#SIGNING_FAILED} if the signer fails
     */
    public static String attest(LogHead head, Signer signer) {
        return HeadAttestation.sign(head, signer);
    }

    /**
     * Returns what an attestation says, without looking at any log.
     *
     * @param trusted whose signatures count
     * @param at the time at which their keys must be trusted, and certificates valid
     * @throws InvalidInputException {@link ErrorCode#SIGNATURE_MALFORMED} or {@link ErrorCode#SIGNATURE_UNSUPPORTED} if it
     *     is no attestation, or one of another kind; {@link ErrorCode#SIGNER_UNTRUSTED} or {@link
     *     ErrorCode#CERTIFICATE_EXPIRED} if the signer does not count; {@link ErrorCode#SIGNATURE_INVALID} if it is forged
     */
    public static AttestedHead read(String attestation, Collection<TrustKey> trusted, Instant at) {
        return HeadAttestation.verify(attestation, trusted, at);
    }
}
