package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The time, from this host's clock, if that can be right. A clock that is a day ahead would delete at once what others
 * are to have a day to finish reading, and one that is behind would date what it condemns back, for others to delete. So a
 * host whose clock is not that of the store's server does neither: two clocks that are each within the tolerance differ by
 * twice that at most, whichever of the two hosts condemns and whichever deletes.
 *
 * <p>A store without a server belongs to the processes of one machine, which share its clock. There the newest commit tells
 * only that the clock was set back.
 */
final class TrueTime {
    /** That of Amazon S3, whose server refuses requests that are farther off. */
    private static final Duration TOLERANCE = Duration.ofMinutes(15);

    private final RegistrySettings settings;
    private final Ledger ledger;

    TrueTime(RegistrySettings settings, Ledger ledger) {
        this.settings = settings;
        this.ledger = ledger;
    }

    /**
     * Returns the time: of this host's clock and the store's, the earlier.
     *
     * @throws UnavailableException {@link ErrorCode#CLOCK_WRONG} if this host's clock cannot be right
     */
    Instant now(String doing) {
        Instant own = settings.clock().instant();
        Optional<Instant> server = settings.store().time();
        Instant newest = ledger.state().head().time();
        if (server.isPresent()) {
            Instant theirs = server.get();
            if (Duration.between(own, theirs).abs().compareTo(TOLERANCE) > 0) {
                throw wrong(doing, "the clock of this host says " + own + " and that of the store's server " + theirs);
            }
            return own.isBefore(theirs) ? own : theirs;
        }
        if (own.isBefore(newest.minus(TOLERANCE))) {
            throw wrong(doing, "the clock of this host says " + own + " and the newest commit was made at " + newest);
        }
        return own;
    }

    private static UnavailableException wrong(String doing, String why) {
        return new UnavailableException(
                ErrorCode.CLOCK_WRONG, doing, why, "set the clock right, within " + TOLERANCE + ", and try again");
    }
}
