package io.maas.http.internal.jetty;

import java.util.concurrent.TimeUnit;

/** How fast a body comes, over the time that the server waits for it; what the server does meanwhile is not the client's fault. */
@SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time writes, another reads
final class Pace {
    private final long bytesPerSecond;
    private final long graceNanos;
    private volatile long bytes;
    private volatile long waitedNanos;
    private volatile long waitingSince;

    Pace(long bytesPerSecond, long graceNanos) {
        this.bytesPerSecond = bytesPerSecond;
        this.graceNanos = graceNanos;
    }

    // these three are called by the one thread that reads

    void waits(long now) {
        waitingSince = now | 1; // zero says that nobody waits
    }

    void goesOn(long now) {
        long since = waitingSince;
        if (since != 0) {
            waitedNanos += now - since;
            waitingSince = 0;
        }
    }

    void came(int more) {
        bytes += more;
    }

    boolean isTooSlow(long now) {
        long since = waitingSince;
        if (since == 0) {
            return false;
        }
        long waited = waitedNanos + (now - since);
        return waited > graceNanos && bytes < bytesPerSecond * (waited / (double) TimeUnit.SECONDS.toNanos(1));
    }
}
