package io.maas.internal.registry;

import java.time.Instant;
import java.util.function.Predicate;

/** Finds commits by their time, which a search can since time never goes back. */
final class Times {
    private final Ledger ledger;

    Times(Ledger ledger) {
        this.ledger = ledger;
    }

    /** Returns the last commit that was made at a time or before; -1 if none was. */
    long lastCommitUntil(Instant time) {
        return last(made -> !made.isAfter(time));
    }

    /** Returns the last commit that was made before a time; -1 if none was. */
    long lastCommitBefore(Instant time) {
        return last(made -> made.isBefore(time));
    }

    private long last(Predicate<Instant> early) {
        long low = -1;
        long high = ledger.state().head().number();
        while (low < high) {
            long middle = low + (high - low + 1) / 2;
            if (early.test(ledger.commit(middle).time())) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
