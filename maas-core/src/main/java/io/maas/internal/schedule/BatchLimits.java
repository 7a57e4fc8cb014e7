package io.maas.internal.schedule;

/**
 * How much of a model may run at once.
 *
 * @param rows the most rows of a batch
 * @param positions the most positions of a batch, such as rows times length, padding included
 * @param delayNanos how long a request may be kept waiting for others to join it
 * @param leastRuns how many runs at the same time are allowed in any case, 1 or more
 * @param runs the most runs at the same time
 */
public record BatchLimits(long rows, long positions, long delayNanos, int leastRuns, int runs) {
    /** As many runs at the same time as get the most done. */
    public BatchLimits(long rows, long positions, long delayNanos, int runs) {
        this(rows, positions, delayNanos, 1, runs);
    }
}
