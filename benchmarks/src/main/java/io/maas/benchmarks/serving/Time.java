package io.maas.benchmarks.serving;

import io.maas.benchmarks.Figures.Effort;

/**
 * How long to measure: pairs of one against the other, each for so long, after a warm-up. The figures are medians over pairs.
 *
 * @param pairs how many
 * @param seconds how long each half of a pair takes
 * @param warmUp how long each is run before
 */
record Time(int pairs, double seconds, double warmUp) {
    static Time of(Effort effort) {
        return effort == Effort.FULL ? new Time(7, 4, 5) : new Time(1, 0.4, 0.4);
    }

    /** For what takes many measurements, such as a curve. */
    Time shorter() {
        return new Time(Math.max(1, pairs / 2), seconds / 2, warmUp / 2);
    }
}
