package io.maas.internal.registry;

import io.maas.repository.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a reference is to be answered by, as of one commit.
 *
 * @param primary the version that it points at
 * @param arms who answers, in the order of the shares; the primary alone if nothing is shared
 * @param shadow who gets copies of calls
 */
public record RouteTarget(VersionState primary, List<Arm> arms, Optional<Shadow> shadow) {
    /** Copies the list. */
    public RouteTarget {
        arms = List.copyOf(arms);
    }

    /**
     * A version that answers.
     *
     * @param version the version
     * @param weight its part of the sum of all weights
     */
    public record Arm(VersionState version, int weight) {}

    /**
     * A version that gets copies.
     *
     * @param version the version
     * @param fraction of how many calls
     */
    public record Shadow(VersionState version, double fraction) {}

    static RouteTarget of(ModelState model, VersionState primary, Traffic traffic) {
        List<Arm> arms = new ArrayList<>();
        traffic.shares().forEach(share -> arms.add(new Arm(found(model, share.version()), share.weight())));
        if (arms.isEmpty()) {
            arms.add(new Arm(primary, 1));
        }
        return new RouteTarget(
                primary,
                arms,
                traffic.shadow().map(shadow -> new Shadow(found(model, shadow.version()), shadow.fraction())));
    }

    private static VersionState found(ModelState model, String label) {
        return model.version(label).orElseThrow(() -> Unknown.version(model, label));
    }

    /** Tells whether another target asks for the same bundles, under the same labels, in the same parts. */
    public boolean isSameAs(RouteTarget other) {
        return identity().equals(other.identity());
    }

    private List<Object> identity() {
        List<Object> parts = new ArrayList<>(List.of(primary.version()));
        arms.forEach(arm ->
                parts.addAll(List.of(arm.version().version(), arm.version().digest(), arm.weight())));
        shadow.ifPresent(copy -> parts.addAll(
                List.of("shadow", copy.version().version(), copy.version().digest(), copy.fraction())));
        return parts;
    }

    /** Tells whether several versions answer. */
    public boolean isShared() {
        return arms.size() > 1;
    }
}
