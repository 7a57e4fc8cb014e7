package io.maas.repository;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Names;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who answers the calls of an alias, beside the version that it points at. Immutable: each method returns a copy.
 *
 * <p>With shares, each call is answered by one of them: at random, in proportion to the weights, or, for calls with a key, always
 * by the same one as long as the shares do not change, on every host. Keys are spread over the shares in their order: where the
 * last share grows at the cost of the one before it, and the sum of the weights stays, keys move to it and none away from it.
 * Without shares the version that the alias points at answers everything. A shadow gets copies of calls that were answered;
 * it never delays a call or makes one fail.
 *
 * <pre>{@code
 * repository.setTraffic(digits, Traffic.none().share("3", 95).share("4", 5), TrafficOptions.ofProduction());
 * }</pre>
 *
 * @param shares who answers, and how much of it; empty if only the version that the alias points at does
 * @param shadow who gets copies of calls
 */
public record Traffic(List<Share> shares, Optional<Shadow> shadow) {
    /** The most versions that may share an alias. */
    public static final int MOST_SHARES = 16;

    private static final Traffic NONE = new Traffic(List.of(), Optional.empty());

    /**
     * What a version answers.
     *
     * @param version the label
     * @param weight its part of the sum of all weights, 1 or more
     */
    public record Share(String version, int weight) {
        /** Checks both. */
        public Share {
            Names.version(version);
            if (weight < 1) {
                throw refused("the weight of version " + version + " is " + weight, "give each 1 or more, or no share");
            }
        }
    }

    /**
     * What a version gets copies of.
     *
     * @param version the label
     * @param fraction how many of the calls, above 0 and up to 1, which is all of them
     */
    public record Shadow(String version, double fraction) {
        /** Checks both. */
        public Shadow {
            Names.version(version);
            if (!(fraction > 0 && fraction <= 1)) {
                throw refused(
                        "the shadow " + version + " is to get " + fraction + " of the calls",
                        "give a fraction above 0, and at most 1");
            }
        }
    }

    /**
     * Checks that they fit together.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_SETTING} if a version is named twice, there are more than {@value
     *     #MOST_SHARES} shares, or the sum of their weights is above 2,147,483,647
     */
    public Traffic {
        shares = List.copyOf(shares);
        if (shares.size() > MOST_SHARES) {
            throw refused(shares.size() + " versions have a share", "share an alias among at most " + MOST_SHARES);
        }
        Set<String> named = new HashSet<>();
        shadow.ifPresent(copy -> named.add(copy.version()));
        long total = 0;
        for (Share share : shares) {
            total += share.weight();
            if (!named.add(share.version())) {
                throw refused("it names version " + share.version() + " twice", "name each version once");
            }
        }
        if (total > Integer.MAX_VALUE) {
            throw refused("the weights add up to " + total, "use smaller ones, at most " + Integer.MAX_VALUE);
        }
    }

    /** Returns what an alias has unless something else is set: the version that it points at answers everything. */
    public static Traffic none() {
        return NONE;
    }

    /** Adds a version that answers; see {@link Share}. */
    public Traffic share(String version, int weight) {
        List<Share> more = new ArrayList<>(shares);
        more.add(new Share(version, weight));
        return new Traffic(more, shadow);
    }

    /** Sends copies of calls to a version; see {@link Shadow}. */
    public Traffic shadow(String version, double fraction) {
        return new Traffic(shares, Optional.of(new Shadow(version, fraction)));
    }

    /** Tells whether the version that the alias points at answers everything, and nobody gets copies. */
    public boolean isNone() {
        return shares.isEmpty() && shadow.isEmpty();
    }

    /** Tells whether a version has a share, or is the shadow. */
    public boolean names(String version) {
        return weight(version) > 0
                || shadow.filter(copy -> copy.version().equals(version)).isPresent();
    }

    /** Returns the weight of a version; 0 if it has no share. */
    public int weight(String version) {
        return shares.stream()
                .filter(share -> share.version().equals(version))
                .mapToInt(Share::weight)
                .sum();
    }

    /** Returns the sum of all weights. */
    public int totalWeight() {
        return shares.stream().mapToInt(Share::weight).sum();
    }

    private static InvalidInputException refused(String why, String remedy) {
        return new InvalidInputException(ErrorCode.BAD_SETTING, "share an alias", why, remedy);
    }
}
