package io.maas.internal.imports;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.maas.internal.bundle.JsonPlace;
import io.maas.model.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A place in a document of the source: what stands there, and where to say what became of it. Nothing that is asked for
 * has to be there.
 *
 * @param findings where it is said
 * @param at the place, for errors
 * @param file the document, for the report
 * @param path where this is in the document, for the report; empty for the document itself
 * @param value what stands there; a missing node if nothing does
 */
record Doc(Findings findings, JsonPlace at, String file, String path, JsonNode value) {
    /** Returns the root of a document. */
    static Doc root(Findings findings, JsonPlace at, String file, JsonNode value) {
        JsonNode tree = value.isObject() || value.isArray() ? value : JsonNodeFactory.instance.missingNode();
        if (!value.isMissingNode() && !value.isNull() && tree.isMissingNode()) {
            throw at.refused("an object is expected, found '" + Names.shown(value.asText()) + "'");
        }
        return new Doc(findings, at, file, "", tree);
    }

    boolean isPresent() {
        return !value.isMissingNode() && !value.isNull();
    }

    /** Returns the place, for the report. */
    String place() {
        return file + ": " + path;
    }

    Doc field(String name) {
        String shown = shown(name);
        return new Doc(findings, at.field(name), file, path.isEmpty() ? shown : path + "." + shown, value.path(name));
    }

    /** Keys that could be mistaken for paths are quoted; properties have no paths. */
    private String shown(String name) {
        String plain = name.replaceAll("\\p{Cntrl}", "?");
        boolean isPlain = !name.isEmpty() && (file.endsWith(".properties") || !name.matches("(?s).*[.\\[\"].*"));
        return isPlain ? plain : '"' + plain + '"';
    }

    /** Follows several fields. */
    Doc fields(String... names) {
        Doc doc = this;
        for (String name : names) {
            doc = doc.field(name);
        }
        return doc;
    }

    /** Returns the names of all fields of an object. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        value.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** Returns all fields of an object. */
    List<Doc> fields() {
        return names().stream().map(this::field).toList();
    }

    /** Returns the items of an array, or this alone: what may be repeated often stands once. */
    List<Doc> items() {
        if (!value.isArray()) {
            return isPresent() ? List.of(this) : List.of();
        }
        List<Doc> items = new ArrayList<>();
        for (int i = 0; i < value.size(); i++) {
            items.add(new Doc(findings, at.item(i), file, path + "[" + i + "]", value.path(i)));
        }
        return items;
    }

    /** Returns the same place with another value, for a document inside a text. */
    Doc holding(JsonNode inner) {
        return new Doc(findings, at, file, path, inner);
    }

    // ---- values

    /** A text, a number or a boolean, as text; refused where an object or a list stands. */
    Optional<String> text() {
        if (!isPresent()) {
            return Optional.empty();
        } else if (value.isContainerNode()) {
            throw at.refused("one value is expected, found " + (value.isArray() ? "several" : "an object"));
        }
        return Optional.of(value.asText());
    }

    Optional<String> text(String field) {
        return field(field).text();
    }

    /** A whole number, whether it is written as a number or as a text. */
    OptionalLong whole() {
        Optional<String> text = text();
        if (text.isEmpty()) {
            return OptionalLong.empty();
        } else if (!text.get().strip().matches("[-+]?[0-9]{1,18}")) {
            throw at.refused("a whole number is expected, found '" + Names.shown(text.get()) + "'");
        }
        return OptionalLong.of(Long.parseLong(text.get().strip()));
    }

    /** A whole number from {@code lowest} up that fits an int; anything else that is a number counts as not there. */
    OptionalInt wholeFrom(int lowest) {
        OptionalLong whole = whole();
        return whole.isPresent() && whole.getAsLong() >= lowest && whole.getAsLong() <= Integer.MAX_VALUE
                ? OptionalInt.of((int) whole.getAsLong())
                : OptionalInt.empty();
    }

    /** The items of a list, or a single value, as texts. */
    List<String> texts() {
        return items().stream().flatMap(item -> item.text().stream()).toList();
    }

    // ---- what became of it

    void carried(String reason) {
        if (!value.isMissingNode()) {
            findings.carried(place(), reason);
        }
    }

    void adapted(String reason) {
        if (!value.isMissingNode()) {
            findings.adapted(place(), reason);
        }
    }

    void dropped(String reason) {
        if (!value.isMissingNode()) {
            findings.dropped(place(), reason);
        }
    }

    /** Says of everything below that nothing was said about yet, value by value, that it is dropped. */
    void rest(String reason) {
        if (findings.has(place())) {
            return;
        }
        boolean isValue = !value.isContainerNode() || value.isEmpty() || isPlainList();
        if (isValue) {
            if (!path.isEmpty()) {
                dropped(reason);
            }
        } else if (value.isArray()) {
            items().forEach(item -> item.rest(reason));
        } else {
            fields().forEach(field -> field.rest(reason));
        }
    }

    private boolean isPlainList() {
        if (!value.isArray()) {
            return false;
        }
        for (int i = 0; i < value.size(); i++) {
            if (value.path(i).isContainerNode() || findings.has(place() + "[" + i + "]")) {
                return false;
            }
        }
        return true;
    }
}
