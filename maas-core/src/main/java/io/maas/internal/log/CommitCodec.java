package io.maas.internal.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.repository.AliasMove;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Commits as JSON. What it writes is read back by other processes and by later versions, forever. */
public final class CommitCodec {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, Object>> DETAILS = new TypeReference<>() {};

    private CommitCodec() {}

    /** Returns the bytes that are stored, and whose digest the next commit names. */
    public static byte[] write(CommitRecord record) {
        ObjectNode root = JSON.createObjectNode();
        root.put("n", record.number());
        root.put("previous", record.previous().hex());
        root.put("time", record.time().toString());
        if (record.minReader() > 1) {
            root.put("minReader", record.minReader());
        }
        ArrayNode changes = root.putArray("changes");
        for (Change change : record.changes()) {
            ObjectNode node = changes.addObject();
            node.put("token", change.token());
            node.put("intent", change.intent());
            node.put("actor", change.actor());
            change.reason().ifPresent(reason -> node.put("reason", reason));
            ArrayNode ops = node.putArray("ops");
            change.ops().forEach(op -> writeOp(op, ops.addObject()));
        }
        try {
            return JSON.writeValueAsBytes(root);
        } catch (JsonProcessingException e) {
            throw new AssertionError("a tree of plain values is always JSON", e);
        }
    }

    private static void writeOp(Op op, ObjectNode node) {
        if (op instanceof Op.Register register) {
            node.put("kind", "register").put("subject", op.subject());
            ObjectNode payload = node.putObject("payload");
            payload.put("model", register.name().value()).put("version", register.version());
            payload.put("digest", register.digest().hex()).put("size", register.size());
            payload.put("manifest", register.manifest().toString());
            ArrayNode blobs = payload.putArray("blobs");
            register.blobs().forEach(blob -> blobs.add(blob.toString()));
        } else if (op instanceof Op.Attach attach) {
            node.put("kind", "attach").put("subject", op.subject());
            ObjectNode payload = node.putObject("payload");
            payload.put("model", attach.name().value()).put("version", attach.version());
            payload.put("fact", attach.fact()).put("blob", attach.blob().toString());
        } else if (op instanceof Op.MoveAlias move) {
            node.put("kind", "alias").put("subject", op.subject());
            node.put("expect", move.from().orElse(null));
            ObjectNode payload = node.putObject("payload");
            payload.put("model", move.name().value()).put("alias", move.alias());
            payload.put("move", move.kind().name().toLowerCase(Locale.ROOT)).put("version", move.to());
        } else {
            throw new IllegalArgumentException("an unknown operation is read, never written: " + op);
        }
    }

    /**
     * Reads a commit.
     *
     * @throws InvalidInputException {@link ErrorCode#BROKEN_CHAIN} if it is not one
     */
    public static CommitRecord read(long number, byte[] bytes) {
        try {
            JsonNode root = JSON.readTree(bytes);
            int minReader = root.path("minReader").asInt(1);
            if (root.required("n").asLong(-1) != number) {
                throw broken(number, "it says it is commit " + root.path("n"), null);
            }
            // Commits of a layout that is not known here may have any content; the rest of the fields is stable.
            List<Change> changes = new ArrayList<>();
            if (minReader <= CommitLog.LAYOUT) {
                for (JsonNode node : root.required("changes")) {
                    changes.add(readChange(node));
                }
            }
            Digest previous = Digest.parse(root.required("previous").asText());
            return new CommitRecord(
                    number, previous, Instant.parse(root.required("time").asText()), minReader, changes);
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            throw broken(number, "it is not a commit", e);
        } catch (MaasException e) {
            throw e.code() == ErrorCode.BROKEN_CHAIN ? e : broken(number, "a field has an impossible value", e);
        }
    }

    private static Change readChange(JsonNode node) {
        List<Op> ops = new ArrayList<>();
        for (JsonNode op : node.required("ops")) {
            ops.add(readOp(op));
        }
        return new Change(
                node.required("token").asText(),
                node.required("intent").asText(),
                node.required("actor").asText(),
                Optional.ofNullable(node.get("reason")).map(JsonNode::asText),
                ops);
    }

    private static Op readOp(JsonNode node) {
        String kind = node.required("kind").asText();
        JsonNode payload = node.path("payload");
        switch (kind) {
            case "register" -> {
                List<BlobKey> blobs = new ArrayList<>();
                payload.required("blobs").forEach(blob -> blobs.add(BlobKey.parse(blob.asText())));
                return new Op.Register(
                        ModelName.of(payload.required("model").asText()),
                        payload.required("version").asText(),
                        Digest.parse(payload.required("digest").asText()),
                        payload.required("size").asLong(),
                        BlobKey.parse(payload.required("manifest").asText()),
                        blobs);
            }
            case "attach" -> {
                return new Op.Attach(
                        ModelName.of(payload.required("model").asText()),
                        payload.required("version").asText(),
                        payload.required("fact").asText(),
                        BlobKey.parse(payload.required("blob").asText()));
            }
            case "alias" -> {
                JsonNode expect = node.get("expect");
                return new Op.MoveAlias(
                        ModelName.of(payload.required("model").asText()),
                        payload.required("alias").asText(),
                        AliasMove.Kind.valueOf(payload.required("move").asText().toUpperCase(Locale.ROOT)),
                        expect == null || expect.isNull() ? Optional.empty() : Optional.of(expect.asText()),
                        payload.required("version").asText());
            }
            default -> {
                return new Op.Unknown(kind, node.path("subject").asText());
            }
        }
    }

    /** Returns the operations of each change as they stand in the log, for audit: kind, subject and all the rest. */
    public static List<List<AuditedOp>> audit(long number, byte[] bytes) {
        try {
            List<List<AuditedOp>> changes = new ArrayList<>();
            for (JsonNode change : JSON.readTree(bytes).path("changes")) {
                List<AuditedOp> ops = new ArrayList<>();
                for (JsonNode op : change.path("ops")) {
                    Map<String, Object> details =
                            new LinkedHashMap<>(JSON.convertValue(op.required("payload"), DETAILS));
                    if (op.hasNonNull("expect")) {
                        details.put("expect", op.get("expect").asText());
                    }
                    ops.add(new AuditedOp(
                            op.path("kind").asText(), op.path("subject").asText(), details));
                }
                changes.add(ops);
            }
            return changes;
        } catch (IOException e) {
            throw broken(number, "it is not a commit", e);
        }
    }

    /**
     * An operation for audit.
     *
     * @param kind what was done
     * @param subject to what
     * @param details the rest
     */
    public record AuditedOp(String kind, String subject, Map<String, Object> details) {}

    static InvalidInputException broken(long number, String why, @Nullable Throwable cause) {
        String doing = "read commit " + number;
        String remedy = "restore the log from a copy of the store";
        return cause == null
                ? new InvalidInputException(ErrorCode.BROKEN_CHAIN, doing, why, remedy)
                : new InvalidInputException(ErrorCode.BROKEN_CHAIN, doing, why, remedy, cause);
    }
}
