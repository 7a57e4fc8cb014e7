package io.maas.internal.schedule;

/**
 * How many runs of a model are worth having at the same time, between what the package asks for and what it and the device allow. Each run
 * more makes the others slower, by what they share of the device; it is worth having as long as more gets done altogether.
 * Learned from the runs: how long each took against what it takes alone, by how many there were.
 *
 * <p>Guarded by the device's lock, but for {@link #most}, which may be a little old.
 */
final class Concurrency {
    /** A run more that improves throughput by less than this only makes every run longer. */
    private static final double WORTH = 1.05;

    private static final int ENOUGH = 8;
    /** What was measured may have been a bad moment: one run in so many may be one more than pays. */
    private static final int RETRY = 256;

    private final int least;
    private final int limit;
    /** By the number of runs at the same time: how much longer each takes than one alone. */
    private final double[] slowdown;

    private final int[] runs;
    private int ended;
    private volatile int most;

    /**
     * Creates it.
     *
     * @param least how many there may be in any case, 1 or more
     * @param limit the most that there may be, 1 or more
     */
    Concurrency(int least, int limit) {
        this.least = Math.min(least, limit);
        this.limit = limit;
        this.slowdown = new double[limit + 2];
        this.runs = new int[limit + 2];
        this.most = limit;
    }

    /** Returns how many runs there should be at the most. Not guarded. */
    int most() {
        return most;
    }

    /**
     * Takes note of a run.
     *
     * @param together the runs that there were when it started, itself included
     * @param ratio how long it took, by what a run of its size takes at best
     */
    void ran(int together, double ratio) {
        if (limit == 1 || together < 1 || together > limit) {
            return;
        }
        double known = slowdown[together];
        slowdown[together] = known == 0
                ? ratio
                : ratio < known ? (known + ratio) / 2 : known + 0.05 * (Math.min(ratio, 2 * known) - known);
        runs[together] = Math.min(runs[together] + 1, ENOUGH);
        ended++;
        int best = best();
        most = ended % RETRY == 0 ? Math.min(limit, best + 1) : best;
    }

    /** All that are allowed, unless it is known that one of them is not worth having. */
    private int best() {
        for (int count = least; count < limit; count++) {
            boolean known = runs[count] >= ENOUGH && runs[count + 1] >= ENOUGH;
            if (known && throughput(count + 1) < WORTH * throughput(count)) {
                return count;
            }
        }
        return limit;
    }

    private double throughput(int count) {
        return count / slowdown[count];
    }
}
