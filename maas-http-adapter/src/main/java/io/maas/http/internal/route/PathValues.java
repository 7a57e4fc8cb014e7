package io.maas.http.internal.route;

import java.util.List;

/**
 * What stands in a path for the variables of its route, decoded, in their order.
 *
 * @param values one for each variable
 */
public record PathValues(List<String> values) {
    /** Copies the list. */
    public PathValues {
        values = List.copyOf(values);
    }

    /** Returns the value of a variable, by its place. */
    public String get(int variable) {
        return values.get(variable);
    }
}
