package io.maas.internal.monitor;

import io.maas.internal.schedule.RunListener;
import io.maas.monitor.RunStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/** The runs of one bundle's model. Thread-safe. */
public final class RunFigures implements RunListener {
    private static final int EXACT = 64;
    private static final int SIZES = EXACT + 64 - 6;

    private final AtomicLongArray runs = new AtomicLongArray(SIZES);
    private final AtomicLongArray nanos = new AtomicLongArray(SIZES);

    RunFigures() {}

    @Override
    public void ran(long rows, long took) {
        int size = size(Math.max(1, rows));
        runs.incrementAndGet(size);
        nanos.addAndGet(size, took);
    }

    private static int size(long rows) {
        return rows <= EXACT ? (int) rows - 1 : EXACT + 57 - Long.numberOfLeadingZeros(rows - 1);
    }

    private static long rows(int size) {
        return size < EXACT ? size + 1 : 1L << (size - EXACT + 7);
    }

    List<RunStats> stats() {
        List<RunStats> stats = new ArrayList<>();
        for (int size = 0; size < SIZES; size++) {
            long count = runs.get(size);
            if (count > 0) {
                stats.add(new RunStats(rows(size), count, Duration.ofNanos(nanos.get(size))));
            }
        }
        return stats;
    }
}
