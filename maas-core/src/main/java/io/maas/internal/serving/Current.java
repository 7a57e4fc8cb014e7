package io.maas.internal.serving;

import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What answers now, and is replaced as a whole while it is used. Whoever reads it at the moment in which it is replaced may find
 * its parts closed; he is refused the lease, and reads again. Thread-safe.
 *
 * @param <T> what answers
 */
final class Current<T> {
    private volatile @Nullable T value;
    private boolean closed;

    /** Returns what answers, if anything does. */
    @Nullable
    T get() {
        return value;
    }

    /**
     * Leases a part of what answers.
     *
     * @param choose chooses the part
     * @param lease takes the lease, or returns false if the part was closed
     * @return the part, leased; null if nothing answers any more
     */
    <A> @Nullable A lease(Function<? super T, ? extends A> choose, Predicate<? super A> lease) {
        T current = value;
        while (current != null) {
            A part = choose.apply(current);
            if (lease.test(part)) {
                return part;
            }
            current = value;
        }
        return null;
    }

    /** Has something else answer from now on; false if this was closed meanwhile, and nothing answers. */
    synchronized boolean set(T next) {
        if (!closed) {
            value = next;
        }
        return !closed;
    }

    /** Has nothing answer any more, and returns what did. */
    synchronized @Nullable T close() {
        T last = value;
        closed = true;
        value = null;
        return last;
    }
}
