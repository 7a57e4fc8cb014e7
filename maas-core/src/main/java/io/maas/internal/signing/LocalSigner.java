package io.maas.internal.signing;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.model.Names;
import io.maas.model.SigningCurve;
import io.maas.spi.Signer;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/** Signs with a key that this JVM holds, or that one of its providers reaches. */
public final class LocalSigner implements Signer {
    private final PrivateKey privateKey;
    private final PublicKey publicKey;
    private final List<X509Certificate> certificates;
    private final SigningCurve curve;

    /**
     * Creates one.
     *
     * @throws io.maas.error.InvalidInputException {@link ErrorCode#BAD_KEY} if the key is on another curve
     */
    public LocalSigner(PrivateKey privateKey, PublicKey publicKey, List<X509Certificate> certificates) {
        this.privateKey = privateKey;
        this.publicKey = publicKey;
        this.certificates = List.copyOf(certificates);
        this.curve = SigningCurve.of(publicKey);
    }

    @Override
    public byte[] sign(byte[] message) {
        try {
            Signature signing = Signature.getInstance(curve.signatureAlgorithm());
            signing.initSign(privateKey);
            signing.update(message);
            return signing.sign();
        } catch (GeneralSecurityException e) {
            throw new UnavailableException(
                    ErrorCode.SIGNING_FAILED,
                    "sign",
                    "the private key cannot be used, " + Names.shown(e.toString()),
                    "check that it is the key of this signer, and that its provider can be reached",
                    e);
        }
    }

    @Override
    public PublicKey publicKey() {
        return publicKey;
    }

    @Override
    public List<X509Certificate> certificates() {
        return certificates;
    }
}
