package io.maas.spi;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.model.SigningCurve;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Signs with a key that the platform never sees, such as one in an HSM or a key management service. Thread-safe.
 *
 * <p>The key's curve decides the algorithm, and there is no other choice:
 *
 * <table>
 * <caption>Algorithms</caption>
 * <tr><th>curve</th><th>algorithm</th></tr>
 * <tr><td>P-256 (secp256r1)</td><td>ECDSA with SHA-256</td></tr>
 * <tr><td>P-384 (secp384r1)</td><td>ECDSA with SHA-384</td></tr>
 * <tr><td>P-521 (secp521r1)</td><td>ECDSA with SHA-512</td></tr>
 * </table>
 *
 * <p>{@link SigningCurve} has the same as code. Whatever a signer returns is verified with its public key before it is
 * used.
 */
public interface Signer {
    /**
     * Signs a message of up to some megabytes. The signer computes the hash of it.
     *
     * @param message what to sign, borrowed for the call
     * @return the ECDSA signature in DER, a sequence of the integers r and s
     * @throws UnavailableException {@link ErrorCode#SIGNING_FAILED} if the key cannot be reached or may not be used; the
     *     message names no secret
     */
    byte[] sign(byte[] message);

    /** Returns the key that verifies what this signs, always the same: an EC key on one of the curves. */
    PublicKey publicKey();

    /**
     * Returns the certificates that go with each signature: that of {@link #publicKey}, and those of the authorities up to
     * one that verifiers trust. None if verifiers trust the key itself.
     */
    default List<X509Certificate> certificates() {
        return List.of();
    }
}
