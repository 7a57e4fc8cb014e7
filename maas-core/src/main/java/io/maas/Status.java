package io.maas;

import io.maas.model.ModelRef;
import java.util.List;
import java.util.Optional;

/**
 * What a platform is doing.
 *
 * @param head the newest commit that it knows, or -1
 * @param routes what its predictors follow
 */
public record Status(long head, List<Route> routes) {
    /** Copies the list. */
    public Status {
        routes = List.copyOf(routes);
    }

    /**
     * A reference that predictors follow.
     *
     * @param ref the reference
     * @param desired the version that it points at, if it points at one
     * @param actual the version that answers
     * @param reason why the desired version does not answer, if it could not be loaded
     */
    public record Route(ModelRef ref, Optional<String> desired, Optional<String> actual, Optional<String> reason) {}
}
