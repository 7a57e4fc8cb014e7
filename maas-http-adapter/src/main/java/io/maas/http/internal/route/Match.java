package io.maas.http.internal.route;

import java.util.List;

/**
 * How a request came to its route.
 *
 * @param values what stands in the path for the variables of the route, decoded, in their order
 * @param caller who made it
 */
public record Match(List<String> values, Caller caller) {
    /** Copies the list. */
    public Match {
        values = List.copyOf(values);
    }

    /** Returns the value of a variable, by its place. */
    public String path(int variable) {
        return values.get(variable);
    }
}
