package io.maas.internal.gate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.model.SchemaDiff;
import io.maas.repository.GateReport;
import io.maas.repository.GateReport.Check;
import io.maas.repository.GateReport.Gate;
import io.maas.repository.GateReport.Outcome;
import io.maas.repository.ModelVersion;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Gate reports as JSON, as they are kept with versions. */
public final class GateReportCodec {
    private static final ObjectMapper JSON = new ObjectMapper();

    private GateReportCodec() {}

    /** Writes a report. */
    public static byte[] write(GateReport report) {
        try {
            return JSON.writeValueAsBytes(toJson(report));
        } catch (JsonProcessingException e) {
            throw new AssertionError("a tree of plain values is always JSON", e);
        }
    }

    /** Returns a report as part of another document. */
    public static ObjectNode toJson(GateReport report) {
        ObjectNode root = JSON.createObjectNode();
        ModelVersion version = report.version();
        root.putObject("version")
                .put("model", version.name().value())
                .put("version", version.version())
                .put("digest", version.digest().hex())
                .put("size", version.size())
                .put("commit", version.commit())
                .put("registeredAt", version.registeredAt().toString())
                .put("registeredBy", version.registeredBy());
        root.put("alias", report.alias());
        report.replaces().ifPresent(label -> root.put("replaces", label));
        root.put("at", report.at().toString());
        ArrayNode checks = root.putArray("checks");
        for (Check check : report.checks()) {
            ObjectNode node =
                    checks.addObject().put("gate", lower(check.gate())).put("outcome", lower(check.outcome()));
            check.code().ifPresent(code -> node.put("code", lower(code)));
            node.put("finding", check.finding());
        }
        report.compatibility().ifPresent(diff -> {
            ArrayNode changes = root.putArray("compatibility");
            diff.changes()
                    .forEach(change -> changes.addObject()
                            .put("effect", lower(change.effect()))
                            .put("tensor", change.tensor())
                            .put("what", change.what()));
        });
        ArrayNode dependents = root.putArray("dependents");
        report.dependents().forEach(dependents::add);
        report.forced().ifPresent(why -> root.put("forced", why));
        return root;
    }

    /**
     * Reads a report.
     *
     * @throws UnavailableException {@link ErrorCode#CORRUPT_BLOB} if it is not one
     */
    public static GateReport read(byte[] bytes) {
        try {
            JsonNode root = JSON.readTree(bytes);
            return new GateReport(
                    version(root.required("version")),
                    text(root, "alias"),
                    optional(root, "replaces"),
                    Instant.parse(text(root, "at")),
                    list(root.required("checks"), GateReportCodec::check),
                    Optional.ofNullable(root.get("compatibility"))
                            .map(changes -> new SchemaDiff(list(changes, GateReportCodec::change))),
                    list(root.required("dependents"), JsonNode::asText),
                    optional(root, "forced"));
        } catch (IOException | IllegalArgumentException | DateTimeException | MaasException e) {
            throw new UnavailableException(
                    ErrorCode.CORRUPT_BLOB,
                    "read what the gate found",
                    "the report is not one",
                    "restore it from a copy of the store",
                    e);
        }
    }

    private static ModelVersion version(JsonNode node) {
        return new ModelVersion(
                ModelName.of(text(node, "model")),
                text(node, "version"),
                Digest.parse(text(node, "digest")),
                node.required("size").asLong(),
                node.required("commit").asLong(),
                Instant.parse(text(node, "registeredAt")),
                text(node, "registeredBy"));
    }

    private static Check check(JsonNode node) {
        return new Check(
                one(Gate.class, text(node, "gate")),
                one(Outcome.class, text(node, "outcome")),
                optional(node, "code").map(code -> one(ErrorCode.class, code)),
                text(node, "finding"));
    }

    private static SchemaDiff.Change change(JsonNode node) {
        return new SchemaDiff.Change(
                one(SchemaDiff.Effect.class, text(node, "effect")), text(node, "tensor"), text(node, "what"));
    }

    private static String text(JsonNode node, String field) {
        return node.required(field).asText();
    }

    private static Optional<String> optional(JsonNode node, String field) {
        return node.hasNonNull(field) ? Optional.of(node.get(field).asText()) : Optional.empty();
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
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
