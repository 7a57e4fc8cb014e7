package io.maas.repository;

import java.util.Optional;

/**
 * Where a version is in its life.
 *
 * @param lifecycle how far it is from its end
 * @param since who brought it there, when and why; empty if it was never anywhere else
 */
public record Standing(Lifecycle lifecycle, Optional<Commit> since) {
    private static final Standing NEW = new Standing(Lifecycle.ACTIVE, Optional.empty());

    /** Returns the standing of a version just registered. */
    public static Standing active() {
        return NEW;
    }
}
