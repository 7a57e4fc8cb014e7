package io.maas.internal.signing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * What a {@code model.sig} holds. Nothing in it is trusted.
 *
 * @param payload the statement that was signed, as it was written
 * @param signature the signature, in DER
 * @param signer who says to have made it
 */
record Envelope(byte[] payload, byte[] signature, SignerClaim signer) {
    /** The type of every payload. */
    static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";

    /** Who says to have signed. */
    sealed interface SignerClaim {
        /**
         * The holder of a key that verifiers know.
         *
         * @param hint the SHA-256 of the public key's PEM text; the first releases of upstream wrote none
         */
        record Key(Optional<String> hint) implements SignerClaim {}

        /**
         * The subject of a certificate.
         *
         * @param chain the certificate of the signing key, and others that lead to an authority, in any order
         */
        record Certified(List<X509Certificate> chain) implements SignerClaim {}
    }

    /** Returns the bytes that are signed: the pre-authentication encoding of DSSE v1. */
    static byte[] signedBytes(byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String head = "DSSEv1 " + PAYLOAD_TYPE.length() + " " + PAYLOAD_TYPE + " " + payload.length + " ";
        out.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(payload);
        return out.toByteArray();
    }
}
