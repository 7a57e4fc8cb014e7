package io.maas.internal.signing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * A signed document: a sigstore bundle with a DSSE envelope. Nothing in it is trusted.
 *
 * @param kind what was signed
 * @param payload the statement that was signed, as it was written
 * @param signature the signature, in DER
 * @param signer who says to have made it
 */
record Envelope(Kind kind, byte[] payload, byte[] signature, SignerClaim signer) {
    /** What may be signed. The type is part of what is signed, so that one never passes for the other. */
    enum Kind {
        /** The files of a package: {@code model.sig}. */
        PACKAGE("application/vnd.in-toto+json", "model.sig"),
        /** The newest commit of a log. */
        LOG_HEAD("application/vnd.maas.log-head+json", "the attestation");

        private final String payloadType;
        private final String document;

        Kind(String payloadType, String document) {
            this.payloadType = payloadType;
            this.document = document;
        }

        /** Returns the type of the payload. */
        String payloadType() {
            return payloadType;
        }

        /** Returns what the document is called in messages. */
        String document() {
            return document;
        }
    }

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
    static byte[] signedBytes(Kind kind, byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String type = kind.payloadType();
        String head = "DSSEv1 " + type.length() + " " + type + " " + payload.length + " ";
        out.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(payload);
        return out.toByteArray();
    }
}
