package io.maas.internal.hosts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.internal.bundle.Json;
import io.maas.internal.bundle.JsonPlace;
import io.maas.model.Digest;
import io.maas.model.ModelRef;
import io.maas.model.Names;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Reports as JSON. What other hosts wrote may be anything: nothing is believed but what has the right form, and nothing is
 * longer than it may be. Fields that are not known here are passed over, for those of later platforms.
 */
final class HostReportCodec {
    /** The most bytes of a report that is read. */
    static final int MOST_BYTES = 4 << 20;

    private static final int MOST_ROUTES = 5_000;
    private static final int TEXT = 500;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonPlace AT = JsonPlace.root(ErrorCode.CORRUPT_BLOB, "read the report of a host");

    private HostReportCodec() {}

    static byte[] write(HostReport report) {
        ObjectNode root = JSON.createObjectNode();
        root.put("host", report.id());
        root.put("name", report.name());
        root.put("platform", report.platform());
        root.put("head", report.head());
        report.stale().ifPresent(why -> root.put("stale", cut(why)));
        root.put("time", report.time().toString());
        ArrayNode routes = root.putArray("routes");
        report.routes().stream()
                .sorted(Comparator.comparing(
                        HostReport.Route::isCurrent)) // if some are left out, then those that are well
                .limit(MOST_ROUTES)
                .forEach(route -> write(route, routes.addObject()));
        try {
            return JSON.writeValueAsBytes(root);
        } catch (JsonProcessingException e) {
            throw new AssertionError("a tree of plain values is always JSON", e);
        }
    }

    private static void write(HostReport.Route route, ObjectNode node) {
        node.put("ref", route.ref().toString());
        route.desired().ifPresent(version -> node.put("desired", version));
        route.actual().ifPresent(version -> node.put("actual", version));
        route.digest().ifPresent(digest -> node.put("digest", digest.hex()));
        route.reason().ifPresent(reason -> node.put("reason", cut(reason)));
    }

    private static String cut(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", " ");
        return plain.length() > TEXT ? plain.substring(0, TEXT) : plain;
    }

    /**
     * Reads a report.
     *
     * @throws InvalidInputException if it is not one
     */
    static HostReport read(String id, byte[] bytes) {
        JsonNode root = Json.parse(bytes, MOST_BYTES, AT);
        try {
            require(id.equals(text(root, "host")), "it is that of host " + Names.shown(text(root, "host")));
            JsonNode head = root.path("head");
            require(head.isIntegralNumber() && head.canConvertToLong() && head.longValue() >= -1, "it has no head");
            List<HostReport.Route> routes = new ArrayList<>();
            require(root.path("routes").isArray(), "it has no routes");
            require(root.path("routes").size() <= MOST_ROUTES, "it has more than " + MOST_ROUTES + " routes");
            root.path("routes").forEach(node -> routes.add(route(node)));
            return new HostReport(
                    id,
                    text(root, "name"),
                    text(root, "platform"),
                    head.longValue(),
                    optional(root, "stale"),
                    Instant.parse(text(root, "time")),
                    routes);
        } catch (DateTimeException e) {
            throw AT.refused("its time is none", e);
        } catch (MaasException e) {
            throw e.code() == ErrorCode.CORRUPT_BLOB ? e : AT.refused("a field has an impossible value", e);
        }
    }

    private static HostReport.Route route(JsonNode node) {
        return new HostReport.Route(
                ModelRef.parse(text(node, "ref")),
                optional(node, "desired").map(Names::version),
                optional(node, "actual").map(Names::version),
                optional(node, "digest").map(Digest::parse),
                optional(node, "reason"));
    }

    private static String text(JsonNode node, String field) {
        return optional(node, field).orElseThrow(() -> AT.refused("the field '" + field + "' is missing"));
    }

    private static Optional<String> optional(JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        require(value.isTextual(), "the field '" + field + "' is no text");
        String text = value.textValue();
        require(text.length() <= TEXT, "the field '" + field + "' has " + text.length() + " characters");
        require(text.chars().noneMatch(Character::isISOControl), "the field '" + field + "' has control characters");
        return Optional.of(text);
    }

    private static void require(boolean holds, String why) {
        if (!holds) {
            throw AT.refused(why);
        }
    }
}
