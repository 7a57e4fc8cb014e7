package io.maas.store.s3;

import java.time.Duration;

/**
 * How long to wait for a server.
 *
 * @param connect for a connection
 * @param answer for the next bytes of an answer
 * @param call for a call with all its tries, if it sends next to nothing
 */
record Timeouts(Duration connect, Duration answer, Duration call) {
    static final Timeouts DEFAULT = new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(60));

    /** A line that is slower than this counts as broken. */
    private static final long BYTES_PER_SECOND = 128 * 1024;

    /** Returns how long a call may take that sends so many bytes. */
    Duration toSend(long bytes) {
        return call.plusSeconds(bytes / BYTES_PER_SECOND);
    }
}
