package io.maas.internal.registry;

import io.maas.internal.log.CommitLog;

/**
 * Lets other processes commit. Whoever has just committed is the first to know the new state, and would win the next number
 * too, again and again; so while others commit as well, this process stands back after each commit of its own for about as
 * long as one of them needs. Who loses a race waits for nobody. Changes that come meanwhile ride together in the next
 * commit. Where nobody else commits, nothing is waited for.
 *
 * <p>To stand back in proportion to how many commits of others were in the way was tried and was worse: those who lose most
 * wait longest then. Used under the registry's lock, but for the waiting.
 */
final class Courtesy {
    /** For so many commits after the last one of others these are taken to be there. */
    private static final int REMEMBERED = 32;

    private static final long LONGEST_NANOS = 2_000_000_000;
    private static final long PART_NANOS = 10_000_000;

    private final CommitLog.Pauses pauses;
    private long roundTrip;
    private long lastOwn = -1;
    private long lastOfOthers = -1;
    private volatile long until;
    private volatile boolean waiting;

    Courtesy(CommitLog.Pauses pauses) {
        this.pauses = pauses;
    }

    /**
     * Notes a commit of this process.
     *
     * @param number its number
     * @param tries how many numbers were tried until one was free
     * @param nanos how long the store took for it
     */
    void committed(long number, int tries, long nanos) {
        roundTrip = roundTrip == 0 ? nanos : (3 * roundTrip + nanos) / 4;
        if (tries > 1 || (lastOwn >= 0 && number > lastOwn + 1)) {
            lastOfOthers = number - 1;
        }
        lastOwn = number;
        waiting = lastOfOthers >= 0 && number - lastOfOthers <= REMEMBERED;
        // one who lost has to read what won, and to try again
        until = pauses.nanoTime() + Math.min(LONGEST_NANOS, 2 * roundTrip);
    }

    /** Returns for how long it is still others' turn. */
    long nanosLeft() {
        return waiting ? until - pauses.nanoTime() : 0;
    }

    /** Waits for a part of that. Returns false if it was interrupted; the thread stays interrupted. */
    boolean pause() {
        try {
            pauses.pause(Math.max(1, Math.min(PART_NANOS, nanosLeft())));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
