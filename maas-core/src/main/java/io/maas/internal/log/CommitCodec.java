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
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
            change.ops().forEach(op -> OpCodec.write(op, ops.addObject()));
        }
        try {
            return JSON.writeValueAsBytes(root);
        } catch (JsonProcessingException e) {
            throw new AssertionError("a tree of plain values is always JSON", e);
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
            ops.add(OpCodec.read(op));
        }
        return new Change(
                node.required("token").asText(),
                node.required("intent").asText(),
                node.required("actor").asText(),
                Optional.ofNullable(node.get("reason")).map(JsonNode::asText),
                ops);
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
