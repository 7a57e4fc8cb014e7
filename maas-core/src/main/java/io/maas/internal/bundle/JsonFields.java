package io.maas.internal.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import io.maas.model.Names;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The fields of a JSON object, read by name. What nobody asked for is refused by {@link #end}. Not thread-safe. */
public final class JsonFields {
    private final JsonNode object;
    private final JsonPlace at;
    private final Set<String> asked = new HashSet<>();

    /** Reads an object, and refuses anything else. */
    public JsonFields(JsonNode node, JsonPlace at) {
        if (!node.isObject()) {
            throw at.refused("an object is expected, found " + kind(node));
        }
        this.object = node;
        this.at = at;
    }

    /** Returns the place of a field. */
    public JsonPlace place(String name) {
        return at.field(name);
    }

    private @Nullable JsonNode find(String name) {
        asked.add(name);
        JsonNode node = object.get(name);
        if (node != null && node.isNull()) {
            throw place(name).refused("null is no value", "leave the field out");
        }
        return node;
    }

    /** Returns the value of a field that must be there. */
    public JsonNode node(String name) {
        JsonNode node = find(name);
        if (node == null) {
            throw at.refused("the field '" + name + "' is missing", "add it");
        }
        return node;
    }

    /** Returns a text that must be there. */
    public String text(String name) {
        return textOf(node(name), place(name));
    }

    /** Returns a text, if the field is there. */
    public Optional<String> optionalText(String name) {
        return optional(name, JsonFields::textOf);
    }

    /** A whole number from 0 up. */
    public long whole(String name) {
        JsonNode node = node(name);
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
            throw place(name).refused("a number from 0 up is expected, found " + kind(node));
        }
        return node.longValue();
    }

    /** A whole number that fits an int, if the field is there. */
    OptionalInt optionalInt(String name, int lowest) {
        JsonNode node = find(name);
        if (node == null) {
            return OptionalInt.empty();
        }
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < lowest) {
            throw place(name).refused("a whole number from " + lowest + " up is expected, found " + kind(node));
        }
        return OptionalInt.of(node.intValue());
    }

    double number(String name) {
        JsonNode node = node(name);
        double value = node.doubleValue();
        if (!node.isNumber() || !Double.isFinite(value)) {
            throw place(name).refused("a finite number is expected, found " + kind(node));
        }
        return value;
    }

    /** A finite number that is not negative, if the field is there. */
    OptionalDouble optionalMeasure(String name) {
        if (find(name) == null) {
            return OptionalDouble.empty();
        }
        double value = number(name);
        if (value < 0) {
            throw place(name).refused("a number from 0 up is expected, found " + value);
        }
        return OptionalDouble.of(value);
    }

    /** Reads a field, if it is there. */
    public <T> Optional<T> optional(String name, BiFunction<JsonNode, JsonPlace, T> read) {
        JsonNode node = find(name);
        return node == null ? Optional.empty() : Optional.of(read.apply(node, place(name)));
    }

    <T> Optional<T> object(String name, Function<JsonFields, T> read) {
        return optional(name, (node, place) -> {
            JsonFields fields = new JsonFields(node, place);
            T value = read.apply(fields);
            fields.end();
            return value;
        });
    }

    /** The items of an array; a missing field is an empty one. */
    public <T> List<T> list(String name, BiFunction<JsonNode, JsonPlace, T> read) {
        return optional(name, (node, place) -> items(node, place, read)).orElse(List.of());
    }

    <T> List<T> objects(String name, Function<JsonFields, T> read) {
        return list(name, (node, place) -> {
            JsonFields fields = new JsonFields(node, place);
            T value = read.apply(fields);
            fields.end();
            return value;
        });
    }

    /** The texts of an array; a missing field is an empty one. */
    public List<String> texts(String name) {
        return list(name, JsonFields::textOf);
    }

    Map<String, Object> free(String name) {
        return optional(name, FreeJson::readObject).orElse(Map.of());
    }

    /** Refuses every field that was not asked for. */
    void end() {
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!asked.contains(name)) {
                throw place(name).refused("no such field is known", "remove it, or put it under 'extensions'");
            }
        }
    }

    static <T> List<T> items(JsonNode node, JsonPlace at, BiFunction<JsonNode, JsonPlace, T> read) {
        if (!node.isArray()) {
            throw at.refused("an array is expected, found " + kind(node));
        }
        List<T> items = new ArrayList<>(node.size());
        for (JsonNode item : node) {
            items.add(read.apply(item, at.item(items.size())));
        }
        return items;
    }

    static String textOf(JsonNode node, JsonPlace at) {
        if (!node.isTextual()) {
            throw at.refused("a string is expected, found " + kind(node));
        }
        return node.textValue();
    }

    /** What a node is, with its value where that is short. */
    static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case NUMBER, BOOLEAN -> Names.shown(node.asText());
            case STRING -> "'" + Names.shown(node.textValue()) + "'";
            case NULL -> "null";
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            case BINARY, MISSING, POJO -> "nothing that JSON has";
        };
    }
}
