package io.maas.benchmarks.serving;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What this process takes, as Linux tells. */
final class Memory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private Memory() {}

    /** Returns the resident memory after a collection, in bytes; 0 where Linux does not tell. */
    static long resident() {
        System.gc();
        return now();
    }

    private static long now() {
        try {
            return Files.exists(STATUS)
                    ? Files.readAllLines(STATUS).stream()
                            .filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")) << 10)
                            .findFirst()
                            .orElse(0)
                    : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    /** The most resident memory while it is open, looked at ten times a second. */
    static final class Most implements AutoCloseable {
        private final AtomicLong most = new AtomicLong(now());
        private final ScheduledThreadPoolExecutor looking = new ScheduledThreadPoolExecutor(1);

        Most() {
            ScheduledFuture<?> unused = looking.scheduleAtFixedRate(
                    () -> most.accumulateAndGet(now(), Math::max), 0, 100, TimeUnit.MILLISECONDS);
        }

        /** Returns it, in bytes. */
        long bytes() {
            return most.get();
        }

        @Override
        public void close() {
            looking.shutdownNow();
        }
    }

    static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }
}
