package io.maas.http.internal.jetty;

import java.util.concurrent.TimeUnit;

/** How fast a connection's client sends heads and takes answers. */
@SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time writes, another reads
final class ConnectionPace {
    // zero says that there is no such time
    private volatile long headSince;
    private volatile long stalledSince;
    private volatile long flushedWhileStalled;
    private volatile boolean answering;

    void exchangeBegins() {
        answering = true;
        headSince = 0;
    }

    void exchangeEnds() {
        answering = false;
        headSince = 0;
    }

    /** Outside of an exchange these are of a head. */
    void bytesCome() {
        if (headSince == 0) {
            headSince = System.nanoTime() | 1;
        }
    }

    void headIsAnswered() {
        headSince = 0;
    }

    boolean isSlowWithHead(long now, long allowedNanos) {
        long since = headSince;
        return since != 0 && !answering && now - since > allowedNanos;
    }

    void stalls() {
        flushedWhileStalled = 0;
        stalledSince = System.nanoTime() | 1;
    }

    boolean isStalled() {
        return stalledSince != 0;
    }

    void flushed(long bytes) {
        flushedWhileStalled += bytes;
    }

    void goesOn() {
        if (stalledSince != 0) {
            stalledSince = 0;
        }
    }

    boolean isSlowToRead(long now, long graceNanos, long bytesPerSecond) {
        long since = stalledSince;
        double seconds = (now - since) / (double) TimeUnit.SECONDS.toNanos(1);
        return since != 0 && now - since > graceNanos && flushedWhileStalled < bytesPerSecond * seconds;
    }
}
