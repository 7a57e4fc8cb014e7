package io.maas.internal.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.internal.bundle.Json;
import io.maas.internal.bundle.JsonPlace;
import io.maas.internal.gate.GateReportCodec;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.model.Names;
import io.maas.repository.GateReport;
import io.maas.repository.Lifecycle;
import io.maas.repository.ModelVersion;
import io.maas.repository.Origin;
import io.maas.repository.Standing;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Origins as JSON, as they are attached to versions. They come from other registries, so they are read as anything else
 * from a stranger: bounded in size and in depth. What is too large to be read again is never written.
 */
public final class OriginCodec {
    /** The most origins behind an origin. */
    private static final int EARLIER = 8;

    private static final int MAX_BYTES = 16 << 20;
    private static final String SCHEMA = "maas-origin/1";

    private OriginCodec() {}

    /** Writes an origin, without the earliest ones where there are too many. */
    public static byte[] write(Origin origin) {
        for (int earlier = EARLIER; earlier >= 0; earlier--) {
            ObjectNode root = Json.NODES.objectNode().put("schema", SCHEMA);
            write(origin, root, earlier);
            byte[] bytes = Json.write(root);
            if (bytes.length <= MAX_BYTES) {
                return bytes;
            }
        }
        throw new InvalidInputException(
                ErrorCode.BAD_DOCUMENT,
                "tell where " + origin.version() + " comes from",
                "it would take more than " + MAX_BYTES + " bytes",
                "copy the whole registry instead");
    }

    private static void write(Origin origin, ObjectNode node, int earlier) {
        node.put("registry", origin.registry().hex())
                .put("head", origin.head())
                .put("headDigest", origin.headDigest().hex());
        ModelVersion version = origin.version();
        ObjectNode registered = node.putObject("version")
                .put("model", version.name().value())
                .put("version", version.version())
                .put("digest", version.digest().hex())
                .put("size", version.size())
                .put("commit", version.commit())
                .put("registeredAt", version.registeredAt().toString())
                .put("registeredBy", version.registeredBy());
        origin.reason().ifPresent(reason -> registered.put("reason", reason));
        ObjectNode standing = node.putObject("standing")
                .put("lifecycle", CommitJson.lower(origin.standing().lifecycle()));
        origin.standing().since().ifPresent(since -> CommitJson.write(since, standing.putObject("since")));
        ArrayNode approvals = node.putArray("approvals");
        origin.approvals().forEach(approval -> CommitJson.write(approval, approvals.addObject()));
        ArrayNode moves = node.putArray("moves");
        origin.moves().forEach(move -> CommitJson.write(move, moves.addObject()));
        ObjectNode reports = node.putObject("reports");
        origin.reports().forEach((alias, report) -> reports.set(alias, GateReportCodec.toJson(report)));
        if (earlier > 0) {
            origin.earlier().ifPresent(before -> write(before, node.putObject("earlier"), earlier - 1));
        }
    }

    /**
     * Reads an origin.
     *
     * @param code the code of what is refused
     * @throws InvalidInputException if it is none
     */
    public static Origin read(byte[] bytes, ErrorCode code) {
        JsonPlace at = JsonPlace.root(code, "read where a version comes from");
        JsonNode root = Json.parse(bytes, MAX_BYTES, at);
        String schema = root.path("schema").asText();
        if (!schema.equals(SCHEMA)) {
            throw at.refused("its schema is unknown, '" + Names.shown(schema) + "'");
        }
        try {
            return read(root, EARLIER);
        } catch (MaasException | IllegalArgumentException | DateTimeException e) {
            throw at.refused("the document is not one that a registry writes, " + Names.shown(e.toString()), e);
        }
    }

    private static Origin read(JsonNode node, int earlier) {
        ModelVersion version = version(node.required("version"));
        if (node.has("earlier") && earlier == 0) {
            throw new IllegalArgumentException("more than " + EARLIER + " earlier origins");
        }
        return new Origin(
                Digest.parse(CommitJson.text(node, "registry")),
                CommitJson.number(node, "head"),
                Digest.parse(CommitJson.text(node, "headDigest")),
                version,
                CommitJson.optional(node.required("version"), "reason"),
                standing(node.required("standing")),
                CommitJson.list(node.required("approvals"), CommitJson::read),
                CommitJson.list(node.required("moves"), move -> CommitJson.readMove(move, version.name())),
                reports(node.required("reports")),
                Optional.ofNullable(node.get("earlier")).map(before -> read(before, earlier - 1)));
    }

    private static ModelVersion version(JsonNode node) {
        return new ModelVersion(
                ModelName.of(CommitJson.text(node, "model")),
                Names.version(CommitJson.text(node, "version")),
                Digest.parse(CommitJson.text(node, "digest")),
                CommitJson.number(node, "size"),
                CommitJson.number(node, "commit"),
                Instant.parse(CommitJson.text(node, "registeredAt")),
                CommitJson.text(node, "registeredBy"));
    }

    private static Standing standing(JsonNode node) {
        return new Standing(
                CommitJson.one(Lifecycle.class, CommitJson.text(node, "lifecycle")),
                Optional.ofNullable(node.get("since")).map(CommitJson::read));
    }

    private static Map<String, GateReport> reports(JsonNode node) {
        Map<String, GateReport> reports = new TreeMap<>();
        node.fieldNames().forEachRemaining(alias -> {
            byte[] json = node.path(alias).toString().getBytes(StandardCharsets.UTF_8);
            reports.put(Names.alias(alias), GateReportCodec.read(json));
        });
        return reports;
    }
}
