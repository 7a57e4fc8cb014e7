package io.maas.internal.serving;

import java.util.concurrent.atomic.LongAdder;

/** Counts what became of the copies that the shadows of a route were to get. Thread-safe. */
public final class ShadowTally {
    final LongAdder answered = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder dropped = new LongAdder();

    ShadowTally() {}

    Counts counts() {
        return new Counts(answered.sum(), failed.sum(), dropped.sum());
    }

    /**
     * What became of them.
     *
     * @param answered how many shadows answered
     * @param failed how many they failed on
     * @param dropped how many no shadow got, because it was busy, gone, or the platform was closed
     */
    public record Counts(long answered, long failed, long dropped) {}
}
