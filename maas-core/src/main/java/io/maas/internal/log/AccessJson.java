package io.maas.internal.log;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.repository.AccessKey;
import io.maas.repository.AccessRole;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Access keys as JSON. */
final class AccessJson {
    private AccessJson() {}

    static void write(AccessKey key, ObjectNode payload) {
        payload.put("id", key.id())
                .put("label", key.label())
                .put("secret", key.secret().hex());
        ArrayNode roles = payload.putArray("roles");
        key.roles().forEach(role -> roles.add(role.name().toLowerCase(Locale.ROOT)));
        if (key.models().isPresent()) {
            ArrayNode models = payload.putArray("models");
            key.models().get().forEach(model -> models.add(model.value()));
        }
        key.until().ifPresent(until -> payload.put("until", until.toString()));
    }

    static AccessKey read(JsonNode payload) {
        return new AccessKey(
                payload.required("id").asText(),
                payload.required("label").asText(),
                Digest.parse(payload.required("secret").asText()),
                set(
                        payload.required("roles"),
                        role -> AccessRole.valueOf(role.asText().toUpperCase(Locale.ROOT))),
                Optional.ofNullable(payload.get("models"))
                        .map(models -> set(models, model -> ModelName.of(model.asText()))),
                Optional.ofNullable(payload.get("until")).map(until -> Instant.parse(until.asText())));
    }

    private static <T> Set<T> set(JsonNode array, Function<JsonNode, T> each) {
        Set<T> values = new LinkedHashSet<>();
        array.forEach(item -> values.add(each.apply(item)));
        return values;
    }
}
