package io.maas.internal.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.internal.bundle.JsonPlace;
import io.maas.internal.bundle.SignatureJson;
import io.maas.repository.ModelDetails;
import java.io.IOException;
import java.util.Locale;

/** What an engine said, as the JSON that is attached to a version. */
final class ProbeCodec {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonPlace AT = JsonPlace.root(ErrorCode.CORRUPT_BLOB, "read what is known about a model");

    private ProbeCodec() {}

    static byte[] write(ModelDetails.Probe probe) {
        ObjectNode root = JSON.createObjectNode();
        root.put("engine", probe.engine());
        root.set("engineSignature", SignatureJson.write(probe.engineSignature()));
        root.set("signature", SignatureJson.write(probe.signature()));
        root.put("batchInvariance", probe.batchInvariance().name().toLowerCase(Locale.ROOT));
        try {
            return JSON.writeValueAsBytes(root);
        } catch (JsonProcessingException e) {
            throw new AssertionError("a tree of plain values is always JSON", e);
        }
    }

    static ModelDetails.Probe read(byte[] bytes) {
        try {
            JsonNode root = JSON.readTree(bytes);
            return new ModelDetails.Probe(
                    root.required("engine").asText(),
                    SignatureJson.read(root.required("engineSignature"), AT.field("engineSignature")),
                    SignatureJson.read(root.required("signature"), AT.field("signature")),
                    ModelDetails.BatchInvariance.valueOf(
                            root.required("batchInvariance").asText().toUpperCase(Locale.ROOT)));
        } catch (IOException | IllegalArgumentException e) {
            throw new UnavailableException(
                    ErrorCode.CORRUPT_BLOB,
                    "read what is known about a model",
                    "the attached document is not what this platform writes",
                    "register the model again",
                    e);
        }
    }
}
