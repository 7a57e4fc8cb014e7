package io.maas.internal.schedule;

import org.jspecify.annotations.Nullable;

/** First in, first out; and out of the middle, for those whose calls have ended. Guarded by the device's lock. */
final class Line {
    private @Nullable Work first;
    private @Nullable Work last;

    @Nullable
    Work first() {
        return first;
    }

    void add(Work work) {
        work.line = this;
        work.previous = last;
        work.next = null;
        if (last == null) {
            first = work;
        } else {
            last.next = work;
        }
        last = work;
    }

    /** Takes one out; false if it is not in here any more. */
    boolean remove(Work work) {
        if (work.line != this) {
            return false;
        }
        if (work.previous == null) {
            first = work.next;
        } else {
            work.previous.next = work.next;
        }
        if (work.next == null) {
            last = work.previous;
        } else {
            work.next.previous = work.previous;
        }
        work.line = null;
        work.next = null;
        work.previous = null;
        return true;
    }
}
