package io.maas.http.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Which properties of schemas there are, and which of them a value has or, where it need not, leaves out. A property goes by its
 * place in the document.
 */
final class Properties {
    /** How the name of a property ends where it stands for its absence. */
    static final String LEFT_OUT = " left out";

    private static final String[] SEVERAL = {"allOf", "anyOf", "oneOf"};

    private Properties() {}

    /** Names every property that a value of a schema may have. */
    static Set<String> of(Place schema) {
        Set<String> all = new HashSet<>();
        collect(schema, all, new HashSet<>());
        return all;
    }

    private static void collect(Place schema, Set<String> all, Set<String> visited) {
        if (!schema.exists() || !visited.add(schema.pointer())) {
            return;
        }
        schema.at("properties").members().forEach((name, property) -> {
            all.add(name(schema, name));
            if (!isRequired(schema, name)) {
                all.add(without(schema, name));
            }
            collect(property, all, visited);
        });
        collect(schema.at("items"), all, visited);
        collect(schema.at("additionalProperties"), all, visited);
        for (String several : SEVERAL) {
            schema.at(several).elements().forEach(one -> collect(one, all, visited));
        }
    }

    private static boolean isRequired(Place schema, String property) {
        return schema.at("required").elements().stream()
                .anyMatch(one -> one.node().asText().equals(property));
    }

    private static String without(Place schema, String property) {
        return name(schema, property) + LEFT_OUT;
    }

    private static String name(Place schema, String property) {
        return schema.pointer() + "/properties/" + property;
    }

    /**
     * Goes through a value that its schema allows.
     *
     * @param met is told each property that it has, and each that it leaves out
     * @param unknown is told each that no schema has
     */
    static void visit(Place schema, JsonNode value, Consumer<String> met, Consumer<String> unknown) {
        if (value.isArray()) {
            value.forEach(element -> visit(schema.at("items"), element, met, unknown));
        }
        Set<String> left = new HashSet<>();
        value.fieldNames().forEachRemaining(left::add);
        visit(schema, value, met, unknown, left);
        left.forEach(name -> unknown.accept(schema.pointer() + " has no " + name));
    }

    private static void visit(
            Place schema, JsonNode value, Consumer<String> met, Consumer<String> unknown, Set<String> left) {
        if (!schema.exists()) {
            left.clear(); // anything goes
            return;
        }
        schema.at("properties").members().forEach((name, property) -> {
            if (value.has(name)) {
                left.remove(name);
                met.accept(name(schema, name));
                visit(property, value.get(name), met, unknown);
            } else if (value.isObject()) {
                met.accept(without(schema, name));
            }
        });
        for (String several : SEVERAL) {
            for (Place one : schema.at(several).elements()) {
                visit(one, value, met, unknown, left);
                if (value.isArray()) {
                    value.forEach(element -> visit(one.at("items"), element, met, unknown));
                }
            }
        }
        visitOthers(schema, value, met, unknown, left);
    }

    /** Names that the schema leaves free, or says nothing of because it allows anything. */
    private static void visitOthers(
            Place schema, JsonNode value, Consumer<String> met, Consumer<String> unknown, Set<String> left) {
        Place others = schema.at("additionalProperties");
        boolean anything = !schema.has("properties") && !schema.has("allOf") && !schema.has("anyOf");
        if (others.node().isObject() || others.node().asBoolean() || anything) {
            left.forEach(name -> visit(others, value.get(name), met, unknown));
            left.clear();
        }
    }
}
