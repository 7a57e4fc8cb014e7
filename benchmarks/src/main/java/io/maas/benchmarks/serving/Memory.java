package io.maas.benchmarks.serving;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process takes, as Linux tells. */
final class Memory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private Memory() {}

    /** Returns the resident memory after a collection, in bytes; 0 where Linux does not tell. */
    static long resident() {
        System.gc();
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

    static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }
}
