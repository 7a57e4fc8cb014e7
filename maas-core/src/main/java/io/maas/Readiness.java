package io.maas;

import io.maas.model.ModelRef;
import java.util.List;

/**
 * Whether a set of models can be called.
 *
 * @param isOpen whether the platform is open; nothing can be called otherwise
 * @param missing those that cannot, and why; empty if all can
 */
public record Readiness(boolean isOpen, List<Missing> missing) {
    /** Copies the list. */
    public Readiness {
        missing = List.copyOf(missing);
    }

    /** Tells whether all can be called. */
    public boolean isReady() {
        return isOpen && missing.isEmpty();
    }

    /**
     * A model that cannot be called.
     *
     * @param ref the reference
     * @param why why not
     */
    public record Missing(ModelRef ref, String why) {}
}
