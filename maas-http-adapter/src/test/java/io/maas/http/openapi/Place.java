package io.maas.http.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A place in the document, whether something is there or not. References are followed.
 *
 * @param document all of it
 * @param pointer a JSON pointer
 */
record Place(JsonNode document, String pointer) {
    private static final String REFERENCE = "$ref";

    /** Goes down one name after the other. */
    Place at(String... names) {
        Place place = this;
        for (String name : names) {
            place = new Place(
                            document,
                            place.pointer + "/" + name.replace("~", "~0").replace("/", "~1"))
                    .followed();
        }
        return place;
    }

    private Place followed() {
        JsonNode reference = node().path(REFERENCE);
        return reference.isTextual() ? new Place(document, reference.asText().substring(1)).followed() : this;
    }

    JsonNode node() {
        return document.at(pointer);
    }

    boolean exists() {
        return !node().isMissingNode();
    }

    /** Tells whether it is an object that has something of this name. */
    boolean has(String name) {
        return node().has(name);
    }

    String text(String name) {
        return node().path(name).asText();
    }

    /** What an object has, by name. */
    Map<String, Place> members() {
        Map<String, Place> members = new TreeMap<>();
        node().fieldNames().forEachRemaining(name -> members.put(name, at(name)));
        return members;
    }

    /** What an array has. */
    List<Place> elements() {
        List<Place> elements = new ArrayList<>();
        for (int i = 0; i < node().size(); i++) {
            elements.add(at(Integer.toString(i)));
        }
        return elements;
    }
}
