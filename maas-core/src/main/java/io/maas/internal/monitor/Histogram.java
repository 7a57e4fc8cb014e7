package io.maas.internal.monitor;

import io.maas.monitor.Latency;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.AtomicHistogram;

/** Times, counted by size. Recording is one atomic addition, and allocates nothing. Thread-safe. */
final class Histogram {
    private static final long SMALLEST = TimeUnit.MICROSECONDS.toNanos(1);
    private static final long LARGEST = TimeUnit.MINUTES.toNanos(10);
    private static final int DIGITS = 2;

    /** About 23 KB. */
    private final AtomicHistogram counts = new AtomicHistogram(SMALLEST, LARGEST, DIGITS);

    void record(long nanos) {
        counts.recordValue(Math.max(0, Math.min(LARGEST, nanos)));
    }

    Latency latency() {
        AbstractHistogram now = counts.copy();
        return new Latency(
                now.getTotalCount(),
                Duration.ofNanos(Math.round(now.getMean())),
                at(now, 50),
                at(now, 90),
                at(now, 99),
                at(now, 99.9),
                Duration.ofNanos(now.getMaxValue()));
    }

    private static Duration at(AbstractHistogram counts, double percentile) {
        return Duration.ofNanos(Math.min(counts.getMaxValue(), counts.getValueAtPercentile(percentile)));
    }
}
