package io.maas.internal.signing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.bundle.Bundle;
import io.maas.internal.bundle.Json;
import io.maas.internal.bundle.JsonFields;
import io.maas.internal.bundle.JsonPlace;
import io.maas.internal.signing.Envelope.SignerClaim;
import io.maas.model.Names;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads and writes {@code model.sig} and attestations: a sigstore bundle v0.3 as JSON. Fields that it does not know are passed over, as the
 * formats ask for; what they say is not signed.
 */
final class EnvelopeCodec {
    static final int MAX_BYTES = Bundle.MAX_SIGNATURE;

    private static final String MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";
    private static final int MAX_CERTIFICATES = 10;

    private EnvelopeCodec() {}

    static Envelope read(byte[] json, Envelope.Kind kind) {
        JsonPlace at = JsonPlace.root(ErrorCode.SIGNATURE_MALFORMED, "read " + kind.document());
        JsonFields root = new JsonFields(Json.parse(json, MAX_BYTES, at), at);
        String mediaType = root.text("mediaType");
        if (!mediaType.equals(MEDIA_TYPE)) {
            throw unsupported("its media type is '" + Names.shown(mediaType) + "', not '" + MEDIA_TYPE + "'");
        }
        SignerClaim signer = signer(object(root, "verificationMaterial"), at.field("verificationMaterial"));
        JsonFields envelope = object(root, "dsseEnvelope");
        String payloadType = envelope.text("payloadType");
        if (!payloadType.equals(kind.payloadType())) {
            throw unsupported("it signs '" + Names.shown(payloadType) + "', not '" + kind.payloadType() + "'");
        }
        List<byte[]> signatures = envelope.list(
                "signatures", (node, place) -> base64(new JsonFields(node, place).text("sig"), place.field("sig")));
        if (signatures.size() != 1) {
            throw envelope.place("signatures").refused("one signature is expected, found " + signatures.size());
        }
        byte[] payload = base64(envelope.text("payload"), envelope.place("payload"));
        return new Envelope(kind, payload, signatures.get(0), signer);
    }

    private static SignerClaim signer(JsonFields material, JsonPlace place) {
        if (!material.list("tlogEntries", (node, at) -> node).isEmpty()) {
            throw unsupported("it was made with sigstore's transparency log");
        }
        List<SignerClaim> claims = Stream.of(
                        material.optional("publicKey", EnvelopeCodec::key),
                        material.optional("x509CertificateChain", EnvelopeCodec::chain),
                        material.optional("certificate", EnvelopeCodec::single))
                .flatMap(Optional::stream)
                .toList();
        if (claims.size() != 1) {
            throw place.refused("a public key or certificates are expected, found " + claims.size() + " of them");
        }
        return claims.get(0);
    }

    private static SignerClaim key(JsonNode node, JsonPlace at) {
        return new SignerClaim.Key(new JsonFields(node, at).optionalText("hint").filter(hint -> !hint.isEmpty()));
    }

    private static SignerClaim chain(JsonNode node, JsonPlace at) {
        JsonFields fields = new JsonFields(node, at);
        JsonPlace place = fields.place("certificates");
        int count = fields.node("certificates").size();
        if (count == 0 || count > MAX_CERTIFICATES) {
            throw place.refused("1 to " + MAX_CERTIFICATES + " certificates are expected, found " + count);
        }
        return new SignerClaim.Certified(fields.list("certificates", EnvelopeCodec::certificate));
    }

    private static SignerClaim single(JsonNode node, JsonPlace at) {
        return new SignerClaim.Certified(List.of(certificate(node, at)));
    }

    private static X509Certificate certificate(JsonNode node, JsonPlace at) {
        JsonFields fields = new JsonFields(node, at);
        JsonPlace place = fields.place("rawBytes");
        byte[] der = base64(fields.text("rawBytes"), place);
        try {
            X509Certificate certificate = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
            if (Arrays.equals(certificate.getEncoded(), der)) {
                return certificate;
            }
        } catch (CertificateException e) {
            throw place.refused("it is not a certificate", e);
        }
        throw place.refused("something stands around the certificate");
    }

    private static byte[] base64(String text, JsonPlace at) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw at.refused("it is not base64", e);
        }
    }

    private static JsonFields object(JsonFields fields, String name) {
        return new JsonFields(fields.node(name), fields.place(name));
    }

    static InvalidInputException unsupported(String why) {
        return new InvalidInputException(
                ErrorCode.SIGNATURE_UNSUPPORTED,
                "verify the signature",
                why,
                "sign the package with a key or a certificate, each file by its SHA-256, as OpenSSF Model Signing v1.0 says");
    }

    static byte[] write(Envelope envelope) {
        ObjectNode root = Json.NODES.objectNode();
        root.put("mediaType", MEDIA_TYPE);
        ObjectNode material = root.putObject("verificationMaterial");
        if (envelope.signer() instanceof SignerClaim.Certified certified) {
            writeChain(certified, material.putObject("x509CertificateChain").putArray("certificates"));
        } else if (envelope.signer() instanceof SignerClaim.Key key) {
            ObjectNode named = material.putObject("publicKey");
            key.hint().ifPresent(hint -> named.put("hint", hint));
        }
        material.putArray("tlogEntries");
        ObjectNode dsse = root.putObject("dsseEnvelope");
        dsse.put("payload", text(envelope.payload()));
        dsse.put("payloadType", envelope.kind().payloadType());
        dsse.putArray("signatures")
                .addObject()
                .put("sig", text(envelope.signature()))
                .put("keyid", "");
        return Json.write(root);
    }

    private static void writeChain(SignerClaim.Certified certified, ArrayNode certificates) {
        for (X509Certificate certificate : certified.chain()) {
            try {
                certificates.addObject().put("rawBytes", text(certificate.getEncoded()));
            } catch (CertificateException e) {
                throw new InvalidInputException(
                        ErrorCode.BAD_KEY,
                        "sign the package",
                        "a certificate of the signer cannot be encoded",
                        "give the signer other certificates",
                        e);
            }
        }
    }

    private static String text(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
