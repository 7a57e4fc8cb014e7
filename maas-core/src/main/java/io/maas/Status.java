package io.maas;

import io.maas.model.Digest;
import io.maas.model.ModelRef;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a platform is doing, and what the others on its store say about themselves.
 *
 * @param head the newest commit that it knows, or -1
 * @param stale why it may not know the newest commits: the store cannot be reached, the log is damaged, or a newer platform
 *     has written to it. Empty if it follows the store
 * @param routes what its predictors follow
 * @param hosts this host, and every other that reports to the store. Hosts that only read do not, nor do those that do not
 *     poll. Where the store does not answer, what it said last
 */
public record Status(long head, Optional<String> stale, List<Route> routes, List<Host> hosts) {
    /** Copies the lists. */
    public Status {
        routes = List.copyOf(routes);
        hosts = List.copyOf(hosts);
    }

    /**
     * A reference that predictors follow.
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
            Optional<String> reason) {}

    /** A platform on the same store. */
    public sealed interface Host {
        /** Returns what identifies the running platform; a restart makes another. */
        String id();

        /**
         * A host and what it said last.
         *
         * @param id what identifies the running platform
         * @param name what its owner calls it; see {@link MaasBuilder#host(String)}
         * @param platform the version of the platform that it runs
         * @param head the newest commit that it knew, or -1
         * @param stale why it might not know the newest commits, if it might not
         * @param age how long ago it said so, by this host's clock and its own; zero if its clock is ahead
         * @param routes what its predictors followed
         */
        record Reporting(
                String id,
                String name,
                String platform,
                long head,
                Optional<String> stale,
                Duration age,
                List<Route> routes)
                implements Host {
            /** Copies the list. */
            public Reporting {
                routes = List.copyOf(routes);
            }
        }

        /**
         * A host whose report cannot be read.
         *
         * @param id what identifies the running platform
         * @param why what is wrong with it
         */
        record Illegible(String id, String why) implements Host {}
    }
}
