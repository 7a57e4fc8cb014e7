package io.maas.internal.log;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.ModelName;
import io.maas.model.Names;
import io.maas.model.TrustKey;
import io.maas.repository.AliasMove;
import io.maas.repository.Lifecycle;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Operations as JSON: their kind, their subject for people, what they expect where a reader wants to see it, and a payload
 * with everything. A kind that is not known here was written by a newer platform.
 */
final class OpCodec {
    private OpCodec() {}

    static void write(Op op, ObjectNode node) {
        if (op instanceof Op.Register register) {
            writeRegister(register, payload(node, "register", op));
        } else if (op instanceof Op.Attach attach) {
            version(payload(node, "attach", op), attach.name(), attach.version())
                    .put("fact", attach.fact())
                    .put("blob", attach.blob().toString());
        } else if (op instanceof Op.MoveAlias move) {
            ObjectNode payload = payload(node, "alias", op);
            node.put("expect", move.from().orElse(null));
            payload.put("model", move.name().value()).put("alias", move.alias());
            payload.put("move", lower(move.kind()));
            move.to().ifPresent(to -> payload.put("version", to));
        } else if (op instanceof Op.SetTraffic set) {
            ObjectNode payload = payload(node, "traffic", op);
            node.put("expect", set.primary());
            payload.put("model", set.name().value()).put("alias", set.alias());
            TrafficJson.write(set.traffic(), payload);
        } else if (op instanceof Op.Hold hold) {
            payload(node, "hold", op).put("model", hold.name().value()).put("held", hold.held());
        } else if (op instanceof Op.SetLifecycle move) {
            ObjectNode payload = payload(node, "lifecycle", op);
            node.put("expect", lower(move.from()));
            version(payload, move.name(), move.version()).put("lifecycle", lower(move.to()));
        } else if (op instanceof Op.Approve approve) {
            ObjectNode payload = payload(node, "approve", op);
            version(payload, approve.name(), approve.version())
                    .put("digest", approve.digest().hex())
                    .put("approved", approve.approved());
            approve.by().ifPresent(by -> payload.put("by", by));
        } else if (op instanceof Op.SetPolicy set) {
            ObjectNode payload = payload(node, "policy", op);
            set.model().ifPresent(model -> payload.put("model", model.value()));
            set.policy().ifPresent(policy -> PolicyCodec.write(policy, payload.putObject("policy")));
        } else if (op instanceof Op.Trust trust) {
            writeKey(trust.key(), payload(node, "trust-key", op));
        } else if (op instanceof Op.Distrust distrust) {
            payload(node, "distrust-key", op).put("id", distrust.id());
        } else if (op instanceof Op.Grant grant) {
            AccessJson.write(grant.key(), payload(node, "grant-key", op));
        } else if (op instanceof Op.Revoke revoke) {
            payload(node, "revoke-key", op).put("id", revoke.id());
        } else if (op instanceof Op.Condemn condemn) {
            blobs(payload(node, "condemn", op), condemn.blobs());
        } else if (op instanceof Op.Collected collected) {
            payload(node, "collected", op).put("through", collected.through());
        } else {
            throw new IllegalArgumentException("an unknown operation is read, never written: " + op);
        }
    }

    private static ObjectNode payload(ObjectNode node, String kind, Op op) {
        return node.put("kind", kind).put("subject", op.subject()).putObject("payload");
    }

    private static ObjectNode version(ObjectNode payload, ModelName name, String version) {
        return payload.put("model", name.value()).put("version", version);
    }

    private static void blobs(ObjectNode payload, List<BlobKey> keys) {
        ArrayNode blobs = payload.putArray("blobs");
        keys.forEach(blob -> blobs.add(blob.toString()));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static void writeRegister(Op.Register register, ObjectNode payload) {
        version(payload, register.name(), register.version())
                .put("digest", register.digest().hex())
                .put("size", register.size())
                .put("manifest", register.manifest().toString());
        blobs(payload, register.blobs());
        if (!register.dependsOn().isEmpty()) {
            ArrayNode needs = payload.putArray("dependsOn");
            for (Manifest.Dependency need : register.dependsOn()) {
                needs.addObject()
                        .put("model", need.model().value())
                        .put("digest", need.digest().hex());
            }
        }
    }

    private static void writeKey(TrustKey key, ObjectNode payload) {
        payload.put("id", key.id()).put("name", key.name()).put("pem", key.pem());
        key.from().ifPresent(from -> payload.put("from", from.toString()));
        key.until().ifPresent(until -> payload.put("until", until.toString()));
    }

    static Op read(JsonNode node) {
        String kind = node.required("kind").asText();
        JsonNode payload = node.path("payload");
        return switch (kind) {
            case "register" -> readRegister(payload);
            case "attach" ->
                new Op.Attach(model(payload), label(payload), text(payload, "fact"), blob(payload, "blob"));
            case "alias" ->
                new Op.MoveAlias(
                        model(payload),
                        Names.alias(text(payload, "alias")),
                        one(AliasMove.Kind.class, text(payload, "move")),
                        optional(node, "expect"),
                        optional(payload, "version"));
            case "traffic" ->
                new Op.SetTraffic(
                        model(payload),
                        Names.alias(text(payload, "alias")),
                        Names.version(text(node, "expect")),
                        TrafficJson.read(payload));
            case "hold" -> new Op.Hold(model(payload), payload.required("held").asBoolean());
            case "lifecycle" ->
                new Op.SetLifecycle(
                        model(payload),
                        label(payload),
                        one(Lifecycle.class, text(node, "expect")),
                        one(Lifecycle.class, text(payload, "lifecycle")));
            case "approve" ->
                new Op.Approve(
                        model(payload),
                        label(payload),
                        Digest.parse(text(payload, "digest")),
                        payload.required("approved").asBoolean(),
                        optional(payload, "by"));
            case "policy" ->
                new Op.SetPolicy(
                        optional(payload, "model").map(ModelName::of),
                        Optional.ofNullable(payload.get("policy")).map(PolicyCodec::read));
            case "trust-key" -> new Op.Trust(readKey(payload));
            case "distrust-key" -> new Op.Distrust(text(payload, "id"));
            case "grant-key" -> new Op.Grant(AccessJson.read(payload));
            case "revoke-key" -> new Op.Revoke(text(payload, "id"));
            case "condemn" -> new Op.Condemn(list(payload.required("blobs"), OpCodec::blob));
            case "collected" -> new Op.Collected(payload.required("through").asLong());
            default -> new Op.Unknown(kind, node.path("subject").asText());
        };
    }

    private static Op readRegister(JsonNode payload) {
        return new Op.Register(
                model(payload),
                label(payload),
                Digest.parse(text(payload, "digest")),
                payload.required("size").asLong(),
                blob(payload, "manifest"),
                list(payload.required("blobs"), OpCodec::blob),
                list(
                        payload.path("dependsOn"),
                        need -> new Manifest.Dependency(model(need), Digest.parse(text(need, "digest")))));
    }

    private static TrustKey readKey(JsonNode payload) {
        return new TrustKey(
                text(payload, "name"),
                text(payload, "pem"),
                optional(payload, "from").map(Instant::parse),
                optional(payload, "until").map(Instant::parse));
    }

    private static ModelName model(JsonNode payload) {
        return ModelName.of(text(payload, "model"));
    }

    private static String label(JsonNode payload) {
        return Names.version(text(payload, "version"));
    }

    private static BlobKey blob(JsonNode payload, String field) {
        return blob(payload.required(field));
    }

    private static BlobKey blob(JsonNode text) {
        return BlobKey.parse(text.asText());
    }

    private static String text(JsonNode node, String field) {
        return node.required(field).asText();
    }

    private static Optional<String> optional(JsonNode node, String field) {
        return node.hasNonNull(field) ? Optional.of(node.get(field).asText()) : Optional.empty();
    }

    private static <E extends Enum<E>> E one(Class<E> type, String text) {
        return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
    }

    private static <T> List<T> list(JsonNode array, Function<JsonNode, T> each) {
        List<T> values = new ArrayList<>();
        array.forEach(item -> values.add(each.apply(item)));
        return values;
    }
}
