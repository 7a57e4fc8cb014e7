package io.maas.http.internal.platform;

import com.fasterxml.jackson.databind.JsonNode;
import io.maas.http.internal.wire.Json;
import io.maas.repository.Traffic;
import java.util.Optional;

/** Reads who is to answer the calls of an alias: {@code shares} and {@code shadow}. */
final class TrafficFields {
    private TrafficFields() {}

    /**
     * Reads them; what is not said is nothing.
     *
     * @throws io.maas.error.InvalidInputException {@link io.maas.error.ErrorCode#BAD_INPUT} if they have other values than these
     *     may have
     */
    static Traffic read(Fields fields) {
        Traffic traffic = Traffic.none();
        for (JsonNode share : fields.list("shares")) {
            JsonNode weight = share.path("weight");
            if (!weight.isIntegralNumber() || !weight.canConvertToInt()) {
                throw Json.unexpected(
                        "read shares",
                        "one has no whole number below 2^31 as its weight",
                        "send {\"version\", \"weight\"}");
            }
            traffic = traffic.share(version("shares", share), weight.intValue());
        }
        Optional<JsonNode> shadow = fields.nested("shadow");
        return shadow.isPresent() ? traffic.shadow(version("shadow", shadow.get()), fraction(shadow.get())) : traffic;
    }

    private static String version(String field, JsonNode of) {
        JsonNode version = of.path("version");
        if (!version.isTextual() && !version.isIntegralNumber()) {
            throw Json.unexpected("read " + field, "no version is named", "name one, as \"version\"");
        }
        return version.asText();
    }

    /** All calls, unless it says less. */
    private static double fraction(JsonNode shadow) {
        JsonNode fraction = shadow.path("fraction");
        if (fraction.isMissingNode()) {
            return 1;
        }
        if (!fraction.isNumber()) {
            throw Json.unexpected("read shadow", "its fraction is no number", "send one above 0, and at most 1");
        }
        return fraction.doubleValue();
    }
}
