package io.maas.store.s3;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;

/**
 * Memory for parts that are under way. However many uploads a store has, together they never hold more than {@link #MOST}
 * parts; when none is left, they hold nothing. Thread-safe.
 */
final class PartBuffers {
    /** The parts that are sent at a time. */
    static final int MOST = 4;

    private final Semaphore permits = new Semaphore(MOST, true);
    private final Deque<byte[]> spare = new ArrayDeque<>();
    private int uploads;

    synchronized void begin() {
        uploads++;
    }

    synchronized void end() {
        uploads--;
        if (uploads == 0) {
            spare.clear();
        }
    }

    /** Waits for one that is free. */
    byte[] take(int bytes) throws InterruptedException {
        permits.acquire();
        synchronized (this) {
            byte[] buffer = spare.poll();
            return buffer != null && buffer.length >= bytes ? buffer : new byte[bytes];
        }
    }

    /** Gives one back. */
    void give(byte[] buffer) {
        synchronized (this) {
            if (uploads > 0) {
                spare.push(buffer);
            }
        }
        permits.release();
    }
}
