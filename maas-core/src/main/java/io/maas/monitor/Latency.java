package io.maas.monitor;

import java.time.Duration;

/**
 * How long something took. Percentiles come from an HdrHistogram with two significant digits, so they are within 1 % of what
 * was measured, from 1 microsecond to 10 minutes; longer times count as 10 minutes.
 *
 * @param count how often it was measured
 * @param mean the mean
 * @param p50 what half of them did not exceed
 * @param p90 what 90 % did not exceed
 * @param p99 what 99 % did not exceed
 * @param p999 what 99.9 % did not exceed
 * @param max the longest
 */
public record Latency(
        long count, Duration mean, Duration p50, Duration p90, Duration p99, Duration p999, Duration max) {
    /** Returns the sum over all measurements. */
    public Duration sum() {
        return mean.multipliedBy(count);
    }
}
