package io.maas.internal.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.model.Names;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * JSON that the platform keeps without knowing it, as maps, lists, texts, numbers and booleans. Keys are written in
 * order, since maps that a program builds come in any.
 */
public final class FreeJson {
    private FreeJson() {}

    /** Reads an object. Null as a direct value is refused, since the maps of a manifest hold none. */
    public static Map<String, Object> readObject(JsonNode node, JsonPlace at) {
        if (!node.isObject()) {
            throw at.refused("an object is expected, found " + JsonFields.kind(node));
        }
        Map<String, Object> values = new LinkedHashMap<>();
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            Object value = read(node.path(name), at.field(name));
            if (value == null) {
                throw at.field(name).refused("null is no value", "leave the field out");
            }
            values.put(name, value);
        }
        return values;
    }

    private static @Nullable Object read(JsonNode node, JsonPlace at) {
        return switch (node.getNodeType()) {
            case STRING -> node.textValue();
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> number(node, at);
            case ARRAY -> {
                List<@Nullable Object> items = new ArrayList<>(node.size());
                for (JsonNode item : node) {
                    items.add(read(item, at.item(items.size())));
                }
                yield Collections.unmodifiableList(items);
            }
            case OBJECT -> {
                Map<String, @Nullable Object> values = new LinkedHashMap<>();
                node.fieldNames().forEachRemaining(name -> values.put(name, read(node.path(name), at.field(name))));
                yield Collections.unmodifiableMap(values);
            }
            case NULL, MISSING, BINARY, POJO -> null;
        };
    }

    private static Number number(JsonNode node, JsonPlace at) {
        if (node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue())) {
            throw at.refused("the number is too large, " + JsonFields.kind(node));
        }
        return node.numberValue();
    }

    static JsonNode write(Map<String, ?> values, JsonPlace at) {
        return write(values, at, 2);
    }

    private static JsonNode write(@Nullable Object value, JsonPlace at, int depth) {
        if (depth > Json.MAX_DEPTH) {
            throw at.refused("it is nested deeper than " + Json.MAX_DEPTH);
        }
        if (value == null) {
            return Json.NODES.nullNode();
        } else if (value instanceof Map<?, ?> map) {
            ObjectNode object = Json.NODES.objectNode();
            Map<String, Object> sorted = new TreeMap<>();
            map.forEach((key, item) -> sorted.put(String.valueOf(key), item));
            sorted.forEach((key, item) -> object.set(key, write(item, at.field(key), depth + 1)));
            return object;
        } else if (value instanceof Collection<?> items) {
            ArrayNode array = Json.NODES.arrayNode();
            items.forEach(item -> array.add(write(item, at.item(array.size()), depth + 1)));
            return array;
        } else if (value instanceof String text) {
            return Json.NODES.textNode(text);
        } else if (value instanceof Boolean flag) {
            return Json.NODES.booleanNode(flag);
        }
        return number(value, at);
    }

    private static JsonNode number(Object value, JsonPlace at) {
        if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) {
            return Json.NODES.numberNode(((Number) value).longValue());
        } else if (value instanceof Double || value instanceof Float) {
            return finite((Number) value, at);
        } else if (value instanceof BigInteger big) {
            return Json.NODES.numberNode(big);
        } else if (value instanceof BigDecimal big) {
            return Json.NODES.numberNode(big);
        }
        throw at.refused(
                "JSON has nothing for a " + value.getClass().getSimpleName() + ", " + Names.shown(value.toString()),
                "use maps, lists, texts, numbers and booleans");
    }

    /** Returns the node of a number that JSON has: not NaN, not infinite. */
    static JsonNode finite(Number value, JsonPlace at) {
        if (!Double.isFinite(value.doubleValue())) {
            throw at.refused("JSON has no number " + value, "leave it out");
        }
        return value instanceof Float f
                ? Json.NODES.numberNode(f.floatValue())
                : Json.NODES.numberNode(value.doubleValue());
    }
}
