package io.maas.internal.registry;

import io.maas.internal.log.CommitLog;

/**
 * Lets other processes commit. Whoever has just committed is the first to know the new state, and would win the next number
 * too, again and again; so after a commit that others were in the way of, this process lets as many go first, for about as
 * long as they need. Changes of its own that come meanwhile ride together in the next commit. Where nobody else commits,
 * nothing is waited for.
 *
 * <p>Only one thread at a time {@linkplain #committed tells} of commits; any may wait.
 */
final class Courtesy {
    /** Others to let go first, at most; more are not known to have been waiting. */
    private static final int MOST_OTHERS = 32;

    private static final long LONGEST_NANOS = 2_000_000_000;
    private static final long PART_NANOS = 10_000_000;

    private final CommitLog.Pauses pauses;
    private long roundTrip;
    private int others;
    private volatile long until;
    private volatile boolean waiting;

    Courtesy(CommitLog.Pauses pauses) {
        this.pauses = pauses;
    }

    /**
     * Notes a commit of this process.
     *
     * @param overtakers how many commits of others were made while this one was tried
     * @param nanos how long the store took for it
     */
    void committed(long overtakers, long nanos) {
        roundTrip = roundTrip == 0 ? nanos : (3 * roundTrip + nanos) / 4;
        // who was let go first does not overtake: what was seen before is forgotten slowly
        others = (int) Math.max(Math.min(overtakers, MOST_OTHERS), 3L * others / 4);
        until = pauses.nanoTime() + Math.min(LONGEST_NANOS, others * roundTrip);
        waiting = others > 0;
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
