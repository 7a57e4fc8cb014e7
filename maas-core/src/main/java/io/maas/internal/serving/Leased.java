package io.maas.internal.serving;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something that must not be closed while it is used: closing an engine's session under a running call kills the JVM.
 * Whoever made it holds it, others may hold it too, and each use leases it; it is closed by whoever lets go last.
 *
 * <p>The count never rises again from 0, so a lease is either refused or safe. Thread-safe.
 */
final class Leased<T> {
    private final T value;
    private final Runnable close;
    private final AtomicInteger holders = new AtomicInteger(1);
    /** Those of them who hold it to serve it, not for one use. Only to tell, never to decide. */
    private final AtomicInteger keepers = new AtomicInteger(1);

    private final LeaseTrace trace;

    /** Creates it with one holder, the caller. */
    Leased(T value, Runnable close) {
        this(value, close, LeaseTrace.off());
    }

    /**
     * Creates it with one holder, the caller.
     *
     * @param trace remembers who leases it, but not who holds it, since that is meant to last
     */
    Leased(T value, Runnable close, LeaseTrace trace) {
        this.value = value;
        this.close = close;
        this.trace = trace;
    }

    T value() {
        return value;
    }

    /** Takes a lease for a use, or returns false if it was closed. */
    boolean lease() {
        boolean taken = take();
        if (taken) {
            trace.taken();
        }
        return taken;
    }

    /** Holds it as its maker does, or returns false if it was closed. */
    boolean hold() {
        boolean taken = take();
        if (taken) {
            keepers.incrementAndGet();
        }
        return taken;
    }

    private boolean take() {
        int count = holders.get();
        while (count > 0) {
            if (holders.compareAndSet(count, count + 1)) {
                return true;
            }
            count = holders.get();
        }
        return false;
    }

    /** Tells whether nobody but the maker holds it, at this moment. */
    boolean isIdle() {
        return holders.get() == 1;
    }

    /** Tells whether somebody holds it to serve it. */
    boolean isServed() {
        return keepers.get() > 0;
    }

    /** Tells whether all who held it to serve it have let go, and uses of it have not ended. */
    boolean isOnlyUsed() {
        return keepers.get() == 0 && holders.get() > 0;
    }

    LeaseTrace trace() {
        return trace;
    }

    /** Ends a use. Called once for each lease. */
    void release() {
        trace.returned();
        give();
    }

    /** Lets go of it. Called once by the maker, and once by everybody else who holds it. */
    void letGo() {
        keepers.decrementAndGet();
        give();
    }

    private void give() {
        int left = holders.decrementAndGet();
        if (left == 0) {
            close.run();
        } else if (left < 0) {
            throw new IllegalStateException("released more often than leased");
        }
    }
}
