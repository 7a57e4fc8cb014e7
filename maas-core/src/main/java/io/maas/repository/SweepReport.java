package io.maas.repository;

import java.util.List;

/**
 * What was removed, or would be, in names that are for people.
 *
 * @param mode whether it was done
 * @param removed what is gone
 * @param left what was found and is still there, because another process removes it at the same time or it cannot be
 *     removed; the log of this process says which
 */
public record SweepReport(Maintenance.Mode mode, List<String> removed, List<String> left) {
    /** Copies the lists. */
    public SweepReport {
        removed = List.copyOf(removed);
        left = List.copyOf(left);
    }
}
