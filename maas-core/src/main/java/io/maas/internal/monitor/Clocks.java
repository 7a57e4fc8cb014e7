package io.maas.internal.monitor;

import java.time.Clock;
import java.time.Instant;
import java.util.function.LongSupplier;

/** Calls are timed by a clock that never jumps; people read another. */
record Clocks(Clock clock, LongSupplier nanoTime) {
    Instant at(long nanos) {
        return clock.instant().minusNanos(nanoTime.getAsLong() - nanos);
    }
}
