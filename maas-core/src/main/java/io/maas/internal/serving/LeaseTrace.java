package io.maas.internal.serving;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Where the leases of one model were taken that are not returned. A stack trace for each call costs more than a small model, so it
 * is kept only where somebody looks for a leak. Thread-safe.
 */
final class LeaseTrace {
    private final boolean on;
    private final Deque<Taken> open = new ArrayDeque<>();

    /** Where a lease was taken, and by which thread. */
    private record Taken(Thread thread, Throwable where) {}

    LeaseTrace(boolean on) {
        this.on = on;
    }

    /** Keeps nothing. */
    static LeaseTrace off() {
        return new LeaseTrace(false);
    }

    void taken() {
        if (on) {
            Thread thread = Thread.currentThread();
            Taken taken = new Taken(thread, new Throwable("a lease was taken by " + thread.getName()));
            synchronized (open) {
                open.addLast(taken);
            }
        }
    }

    /** A thread mostly returns what it took last; what another thread returns is taken to be the oldest. */
    void returned() {
        if (on) {
            Thread thread = Thread.currentThread();
            synchronized (open) {
                Taken own = null;
                for (Taken taken : open) {
                    own = taken.thread() == thread ? taken : own;
                }
                open.removeFirstOccurrence(own == null ? open.peekFirst() : own);
            }
        }
    }

    /** Returns where those were taken that are open. */
    List<Throwable> open() {
        synchronized (open) {
            return open.stream().map(Taken::where).toList();
        }
    }
}
