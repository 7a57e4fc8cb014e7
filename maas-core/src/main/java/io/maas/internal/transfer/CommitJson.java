package io.maas.internal.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.model.ModelName;
import io.maas.model.Names;
import io.maas.repository.AliasMove;
import io.maas.repository.Commit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Commits and moves of aliases as documents of other registries tell of them. */
final class CommitJson {
    private CommitJson() {}

    static void write(Commit commit, ObjectNode node) {
        node.put("number", commit.number())
                .put("index", commit.index())
                .put("time", commit.time().toString())
                .put("actor", commit.actor());
        commit.reason().ifPresent(reason -> node.put("reason", reason));
    }

    static Commit read(JsonNode node) {
        return new Commit(
                number(node, "number"),
                (int) number(node, "index"),
                Instant.parse(text(node, "time")),
                text(node, "actor"),
                optional(node, "reason"));
    }

    static void write(AliasMove move, ObjectNode node) {
        node.put("alias", move.alias()).put("kind", lower(move.kind()));
        move.from().ifPresent(from -> node.put("from", from));
        move.to().ifPresent(to -> node.put("to", to));
        write(move.commit(), node.putObject("commit"));
    }

    static AliasMove readMove(JsonNode node, ModelName name) {
        return new AliasMove(
                read(node.required("commit")),
                name,
                Names.alias(text(node, "alias")),
                one(AliasMove.Kind.class, text(node, "kind")),
                optional(node, "from").map(Names::version),
                optional(node, "to").map(Names::version));
    }

    static long number(JsonNode node, String field) {
        JsonNode value = node.required(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException(field + " is no whole number");
        }
        return value.longValue();
    }

    static String text(JsonNode node, String field) {
        JsonNode value = node.required(field);
        if (!value.isTextual()) {
            throw new IllegalArgumentException(field + " is no text");
        }
        return value.textValue();
    }

    static Optional<String> optional(JsonNode node, String field) {
        return node.has(field) ? Optional.of(text(node, field)) : Optional.empty();
    }

    static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    static <E extends Enum<E>> E one(Class<E> type, String text) {
        return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
    }

    static <T> List<T> list(JsonNode array, Function<JsonNode, T> each) {
        if (!array.isArray()) {
            throw new IllegalArgumentException("an array is expected");
        }
        List<T> values = new ArrayList<>();
        array.forEach(item -> values.add(each.apply(item)));
        return values;
    }
}
