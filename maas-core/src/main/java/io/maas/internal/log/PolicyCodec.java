package io.maas.internal.log;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.repository.Policy;
import io.maas.repository.Policy.Author;
import io.maas.repository.Policy.Compatibility;
import java.util.LinkedHashSet;
import java.util.OptionalInt;
import java.util.Set;

/** Policies as JSON. What is left out asks for nothing. */
public final class PolicyCodec {
    private PolicyCodec() {}

    /** Writes a policy into an object. */
    public static void write(Policy policy, ObjectNode node) {
        strings(node, "aliases", policy.aliases());
        node.put("approvals", policy.approvals());
        node.put("authorMayApprove", policy.author() == Author.MAY_APPROVE);
        strings(node, "signers", policy.signers());
        strings(node, "licenses", policy.licenses());
        strings(node, "cardSections", policy.cardSections());
        node.put("compatibleOnly", policy.compatibility() == Compatibility.COMPATIBLE);
        strings(node, "holders", policy.holders());
        policy.keepUnpublished().ifPresent(kept -> node.put("keepUnpublished", kept));
    }

    static Policy read(JsonNode node) {
        return new Policy(
                strings(node, "aliases"),
                node.path("approvals").asInt(0),
                node.path("authorMayApprove").asBoolean(false) ? Author.MAY_APPROVE : Author.MAY_NOT_APPROVE,
                strings(node, "signers"),
                strings(node, "licenses"),
                strings(node, "cardSections"),
                node.path("compatibleOnly").asBoolean(false) ? Compatibility.COMPATIBLE : Compatibility.ANY,
                strings(node, "holders"),
                node.has("keepUnpublished")
                        ? OptionalInt.of(node.get("keepUnpublished").asInt())
                        : OptionalInt.empty());
    }

    private static void strings(ObjectNode node, String field, Set<String> values) {
        ArrayNode array = node.putArray(field);
        values.forEach(array::add);
    }

    private static Set<String> strings(JsonNode node, String field) {
        Set<String> values = new LinkedHashSet<>();
        node.path(field).forEach(value -> values.add(value.asText()));
        return values;
    }
}
