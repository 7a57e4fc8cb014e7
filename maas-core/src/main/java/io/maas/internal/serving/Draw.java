package io.maas.internal.serving;

import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** Where chance comes from. Thread-safe. */
@FunctionalInterface
public interface Draw {
    /** What a fraction is compared with. */
    int WHOLE = 1 << 30;

    /** Returns a number from 0 to less than {@code bound}, each as likely as the others. */
    int below(int bound);

    /** Tells whether what happens in a fraction of cases happens in this one. */
    default boolean happens(double fraction) {
        return fraction >= 1 || below(WHOLE) < fraction * WHOLE;
    }

    /** Returns one that costs its callers nothing to share. */
    static Draw ofThreads() {
        return bound -> ThreadLocalRandom.current().nextInt(bound);
    }

    /** Returns one that draws from a source, which need not be thread-safe. */
    static Draw from(RandomGenerator source) {
        return bound -> {
            synchronized (source) {
                return source.nextInt(bound);
            }
        };
    }
}
