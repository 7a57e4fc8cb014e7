package io.maas.internal.schedule;

/**
 * What a model's runs cost, learned from the runs themselves, and how large a batch is worth its wait.
 *
 * <p>Runs are told apart by their positions (rows times length, say), in powers of two: how much a batch saves depends on how
 * full the engine's matrices are, not on how many requests filled them. Measured on two cores, a small text encoder gains 1.5
 * to 2 times from batching texts of 17 tokens and nothing from batching those of 128.
 *
 * <p>Guarded by the device's lock; what admission reads without it may be a little old.
 */
final class Costs {
    /** A size that improves the time of a position by less than this is not worth the longer run. */
    private static final double WORTH = 0.95;
    /** Runs of a size before it is judged. */
    private static final int ENOUGH = 3;
    /** One batch in so many is allowed to be larger than what pays, since what was measured may have been a bad moment. */
    private static final int RETRY = 128;

    /** Whatever takes longer is refused anyway, and sums of it do not overflow. */
    private static final long DAY_NANOS = 86_400_000_000_000L;

    private static final int SIZES = 32;
    /** The first run of a model pays for what the engine puts off until then. */
    private boolean warm;

    private final double[] nanosPerPosition = new double[SIZES];
    private final int[] runs = new int[SIZES];
    private int taken;
    /** Over all runs, as they come: what a position of the usual traffic costs. */
    private double usual;

    /** Takes note of a run. */
    void ran(long positions, long nanos) {
        if (!warm) {
            warm = true;
            return;
        }
        int size = size(positions);
        double sample = Math.max(1, nanos) / (double) positions;
        if (runs[size] == 0) {
            nanosPerPosition[size] = sample;
        } else {
            // what disturbs a run makes it longer, never shorter: believe the fast ones, and the slow ones not at once
            double known = nanosPerPosition[size];
            nanosPerPosition[size] =
                    sample < known ? (known + sample) / 2 : known + 0.05 * (Math.min(sample, 2 * known) - known);
        }
        runs[size] = Math.min(runs[size] + 1, Integer.MAX_VALUE - 1);
        usual = usual == 0 ? sample : usual + 0.1 * (sample - usual);
    }

    private static int size(long positions) {
        return Math.min(SIZES - 1, 63 - Long.numberOfLeadingZeros(positions));
    }

    /** How long a run took, by what one of its size takes at best; 1 while nothing is known. */
    double ratio(long positions, long nanos) {
        double best = nanosPerPosition[size(positions)] * positions;
        return best == 0 ? 1 : Math.max(1, nanos) / best;
    }

    /** What so many positions of the usual traffic take, in nanoseconds, a day at most; 0 while nothing is known. */
    long predicted(long positions) {
        return Math.min(DAY_NANOS, (long) (usual * positions));
    }

    /**
     * Returns the most positions that should run together: the sizes that were tried often enough are climbed for as long as
     * each improves on the one before, and one step further where the next was not.
     */
    long worthwhile() {
        long most = mostWorthwhile();
        taken++;
        return taken % RETRY == 0 ? 2 * most + 1 : most;
    }

    /** As {@link #worthwhile}, for somebody who does not take a batch. */
    long mostWorthwhile() {
        int size = known(0);
        if (size == SIZES) {
            return (2L << seen()) - 1;
        }
        int next = known(size + 1);
        while (next < SIZES && nanosPerPosition[next] < WORTH * nanosPerPosition[size]) {
            size = next;
            next = known(size + 1);
        }
        boolean untried = size < SIZES - 2 && next > size + 1;
        return (2L << Math.min(SIZES - 2, untried ? size + 1 : size)) - 1;
    }

    /**
     * The first size from one on that was run often enough to be judged. Sizes between may never come: a model may be tried out on
     * a short text, and be sent long ones.
     */
    private int known(int from) {
        int size = from;
        while (size < SIZES && runs[size] < ENOUGH) {
            size++;
        }
        return size;
    }

    /** The first size that was run at all. */
    private int seen() {
        for (int size = 0; size < SIZES - 1; size++) {
            if (runs[size] > 0) {
                return size;
            }
        }
        return 0;
    }
}
