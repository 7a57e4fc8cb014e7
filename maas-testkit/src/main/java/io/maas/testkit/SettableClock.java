package io.maas.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until a test moves it. Thread-safe. */
public final class SettableClock extends Clock {
    private final AtomicReference<Instant> now;

    /** Creates a clock that shows a time. */
    public SettableClock(Instant start) {
        now = new AtomicReference<>(start);
    }

    /** Moves it on, or back if the duration is negative. Returns the new time. */
    public Instant advance(Duration by) {
        return now.updateAndGet(time -> time.plus(by));
    }

    /** Sets it to a time. */
    public void set(Instant time) {
        now.set(time);
    }

    @Override
    public Instant instant() {
        return now.get();
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    /** Not supported: the clock is for instants. */
    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("the clock shows instants only, no zone " + zone);
    }
}
