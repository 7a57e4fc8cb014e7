package io.maas.http.internal.jetty;

import java.util.concurrent.TimeUnit;

/**
 * How fast the client of a stream of HTTP/2 takes its answer. The connection does not show it: it goes on for other streams while the
 * client leaves the window of this one closed. Each write has as long as its bytes take at the least pace.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // one write at a time
final class StreamPace {
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    /** Bytes of the write that is under way and one more; zero says that there is none. */
    private volatile long under;

    private volatile int writes;

    // of the one thread that looks
    private int seen;
    private long since;

    void begins(long bytes) {
        writes++;
        under = bytes + 1;
    }

    void ends() {
        under = 0;
    }

    boolean isTooSlow(long now, long graceNanos, long bytesPerSecond) {
        long bytes = under;
        int write = writes;
        if (bytes == 0 || write != seen) {
            seen = write;
            since = now;
            return false;
        }
        return now - since > graceNanos + bytes * NANOS_PER_SECOND / bytesPerSecond;
    }
}
