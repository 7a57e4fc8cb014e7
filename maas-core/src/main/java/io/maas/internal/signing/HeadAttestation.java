package io.maas.internal.signing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.internal.bundle.Json;
import io.maas.internal.bundle.JsonFields;
import io.maas.internal.bundle.JsonPlace;
import io.maas.model.Digest;
import io.maas.model.Names;
import io.maas.model.SignedBy;
import io.maas.model.TrustKey;
import io.maas.repository.AttestedHead;
import io.maas.repository.LogHead;
import io.maas.spi.Signer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;

/** The newest commit of a log, signed: whoever keeps it can tell later that the log was not cut or rewritten. */
public final class HeadAttestation {
    private static final String SCHEMA = "maas-log-head/1";
    private static final JsonPlace ROOT = JsonPlace.root(ErrorCode.SIGNATURE_MALFORMED, "read the attestation");

    private HeadAttestation() {}

    /**
     * Returns a signed head.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_KEY} if the signer's key or certificates do not fit
     * @throws UnavailableException {@link ErrorCode#SIGNING_FAILED} if the signer fails
     */
    public static String sign(LogHead head, Signer signer) {
        ObjectNode payload = Json.NODES.objectNode();
        payload.put("schema", SCHEMA);
        payload.put("registry", head.registry().hex());
        payload.put("commits", head.commit() + 1); // of an empty log, none
        payload.put("digest", head.digest().hex());
        payload.put("time", head.time().toString());
        Envelope signed = EnvelopeSigner.sign(Envelope.Kind.LOG_HEAD, Json.write(payload), signer);
        return new String(EnvelopeCodec.write(signed), StandardCharsets.UTF_8);
    }

    /**
     * Returns what a signed head says, if somebody trusted signed it.
     *
     * @throws InvalidInputException {@link ErrorCode#SIGNATURE_MALFORMED}, {@link ErrorCode#SIGNATURE_UNSUPPORTED}, {@link
     *     ErrorCode#SIGNATURE_INVALID}, {@link ErrorCode#SIGNER_UNTRUSTED} or {@link ErrorCode#CERTIFICATE_EXPIRED}
     */
    public static AttestedHead verify(String attestation, Collection<TrustKey> trusted, Instant at) {
        Envelope envelope = EnvelopeCodec.read(attestation.getBytes(StandardCharsets.UTF_8), Envelope.Kind.LOG_HEAD);
        SignedBy who = SignatureVerifier.signer(envelope, trusted, at);
        return new AttestedHead(head(envelope.payload()), who);
    }

    private static LogHead head(byte[] payload) {
        JsonFields root = new JsonFields(Json.parse(payload, EnvelopeCodec.MAX_BYTES, ROOT), ROOT);
        String schema = root.text("schema");
        if (!schema.equals(SCHEMA)) {
            throw root.place("schema").refused("'" + SCHEMA + "' is expected, found '" + Names.shown(schema) + "'");
        }
        try {
            return new LogHead(
                    Digest.parse(root.text("registry")),
                    root.whole("commits") - 1,
                    Digest.parse(root.text("digest")),
                    Instant.parse(root.text("time")));
        } catch (DateTimeException e) {
            throw root.place("time").refused("it is no time", e);
        } catch (MaasException e) {
            throw e.code() == ROOT.code() ? e : ROOT.refused("a digest has another form", e);
        }
    }
}
