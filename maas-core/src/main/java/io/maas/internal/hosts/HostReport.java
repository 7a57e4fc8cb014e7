package io.maas.internal.hosts;

import io.maas.model.Digest;
import io.maas.model.ModelRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a host says about itself.
 *
 * @param id identifies the running platform
 * @param name what its owner calls it
 * @param platform the version of the platform
 * @param head the newest commit that it knows, or -1
 * @param stale why it may not know the newest commits, if it may not
 * @param time when it said so, by its own clock
 * @param routes what its predictors follow
 */
public record HostReport(
        String id, String name, String platform, long head, Optional<String> stale, Instant time, List<Route> routes) {
    /** Copies the list. */
    public HostReport {
        routes = List.copyOf(routes);
    }

    /**
     * A reference that its predictors follow.
     *
     * @param ref the reference
     * @param desired the version that it points at, if it points at one
     * @param actual the version that answers
     * @param digest the bundle that answers
     * @param reason why the desired version does not answer, if it could not be loaded
     */
    public record Route(
            ModelRef ref,
            Optional<String> desired,
            Optional<String> actual,
            Optional<Digest> digest,
            Optional<String> reason) {
        /** Tells whether what should answer does. */
        public boolean isCurrent() {
            return reason.isEmpty() && desired.equals(actual);
        }
    }

    /** Tells whether another report says the same, but for the time. */
    public boolean saysTheSameAs(HostReport other) {
        return new HostReport(id, name, platform, head, stale, other.time, routes).equals(other);
    }
}
