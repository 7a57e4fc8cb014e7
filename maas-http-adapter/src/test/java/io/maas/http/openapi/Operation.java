package io.maas.http.openapi;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * An operation of the document.
 *
 * @param method in upper case
 * @param template the path, with variables
 * @param place where it is described
 */
public record Operation(String method, String template, Place place) {
    /**
     * A parameter.
     *
     * @param in {@code path}, {@code query} or {@code header}
     */
    record Parameter(String name, String in, Place schema) {}

    /** Tells whether it is documented to be answered with this status. */
    public boolean has(int status) {
        return place.at("responses").has(Integer.toString(status));
    }

    /** Tells whether a body is documented. */
    public boolean takesBody() {
        return place.has("requestBody");
    }

    /** Tells whether everybody may, so that no credential is looked at. */
    public boolean isOpen() {
        return place.has("security");
    }

    /** Returns its path with values for its variables. */
    public String path(Map<String, String> values) {
        String path = template;
        for (Map.Entry<String, String> value : values.entrySet()) {
            path = path.replace("{" + value.getKey() + "}", value.getValue());
        }
        return path;
    }

    List<Parameter> parameters() {
        return place.at("parameters").elements().stream()
                .map(one -> new Parameter(one.text("name"), one.text("in"), one.at("schema")))
                .toList();
    }

    List<Parameter> parameters(String in) {
        return parameters().stream().filter(one -> one.in().equals(in)).toList();
    }

    /** Statuses, and {@code default}. */
    Set<String> statuses() {
        return place.at("responses").members().keySet();
    }

    Place answer(String status) {
        return place.at("responses", status);
    }

    Place body() {
        return place.at("requestBody");
    }

    static Operation of(String method, String template, Place place) {
        return new Operation(method.toUpperCase(Locale.ROOT), template, place);
    }

    @Override
    public String toString() {
        return method + " " + template;
    }
}
