package io.maas.internal.log;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.repository.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The traffic of an alias as JSON. */
final class TrafficJson {
    private TrafficJson() {}

    static void write(Traffic traffic, ObjectNode node) {
        ArrayNode shares = node.putArray("shares");
        traffic.shares()
                .forEach(share ->
                        shares.addObject().put("version", share.version()).put("weight", share.weight()));
        traffic.shadow()
                .ifPresent(shadow -> node.putObject("shadow")
                        .put("version", shadow.version())
                        .put("fraction", shadow.fraction()));
    }

    static Traffic read(JsonNode node) {
        List<Traffic.Share> shares = new ArrayList<>();
        for (JsonNode share : node.required("shares")) {
            JsonNode weight = share.required("weight");
            if (!weight.isIntegralNumber() || !weight.canConvertToInt()) {
                throw new IllegalArgumentException("a weight is " + weight);
            }
            shares.add(new Traffic.Share(share.required("version").asText(), weight.intValue()));
        }
        return new Traffic(
                shares,
                Optional.ofNullable(node.get("shadow"))
                        .map(shadow -> new Traffic.Shadow(
                                shadow.required("version").asText(),
                                shadow.required("fraction").asDouble())));
    }
}
