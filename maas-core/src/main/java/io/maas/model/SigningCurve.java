package io.maas.model;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.util.Optional;

/** The elliptic curves of the keys that packages are signed with. Each goes with one hash, as OpenSSF Model Signing has it. */
public enum SigningCurve {
    /** NIST P-256 with SHA-256. */
    P256("secp256r1", "SHA256withECDSA"),
    /** NIST P-384 with SHA-384. */
    P384("secp384r1", "SHA384withECDSA"),
    /** NIST P-521 with SHA-512. */
    P521("secp521r1", "SHA512withECDSA");

    private final String standardName;
    private final String signatureAlgorithm;

    SigningCurve(String standardName, String signatureAlgorithm) {
        this.standardName = standardName;
        this.signatureAlgorithm = signatureAlgorithm;
    }

    /**
     * Returns the curve of a key.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_KEY} if it is a key of another kind
     */
    public static SigningCurve of(PublicKey key) {
        return find(key)
                .orElseThrow(() -> new InvalidInputException(
                        ErrorCode.BAD_KEY,
                        "use a key for signatures",
                        key instanceof ECKey
                                ? "its curve is none of P-256, P-384 and P-521"
                                : "it is a key for " + Names.shown(key.getAlgorithm()),
                        "use an EC key on one of these curves"));
    }

    /** Returns the curve of a key, if it is one of these. */
    public static Optional<SigningCurve> find(PublicKey key) {
        if (key instanceof ECKey ec) {
            for (SigningCurve curve : values()) {
                if (curve.isOf(ec.getParams())) {
                    return Optional.of(curve);
                }
            }
        }
        return Optional.empty();
    }

    /** Other curves have fields of the same size, so every parameter is looked at. */
    private boolean isOf(ECParameterSpec other) {
        ECParameterSpec own = parameters();
        return own.getCurve().equals(other.getCurve())
                && own.getGenerator().equals(other.getGenerator())
                && own.getOrder().equals(other.getOrder())
                && own.getCofactor() == other.getCofactor();
    }

    private ECParameterSpec parameters() {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec(standardName));
            return parameters.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw new InvalidInputException(
                    ErrorCode.BAD_KEY,
                    "use a key for signatures",
                    "this Java has no elliptic curve " + standardName,
                    "run with the module jdk.crypto.ec",
                    e);
        }
    }

    /** Returns the name of the algorithm, as {@link java.security.Signature#getInstance(String)} takes it. */
    public String signatureAlgorithm() {
        return signatureAlgorithm;
    }

    /** Returns the name of the curve, as {@link ECGenParameterSpec} takes it. */
    public String standardName() {
        return standardName;
    }
}
