package io.maas.internal.schedule;

import java.time.Duration;

/**
 * What may wait for a device. Beyond it, calls are refused at once.
 *
 * @param longest the longest that a call may have to wait, as far as can be foretold
 * @param requests the most calls
 * @param bytes the most memory of their inputs
 */
public record Limits(Duration longest, int requests, long bytes) {
    /** Half a minute, ten thousand calls, a quarter of a gibibyte. */
    public static Limits standard() {
        return new Limits(Duration.ofSeconds(30), 10_000, 256L << 20);
    }
}
