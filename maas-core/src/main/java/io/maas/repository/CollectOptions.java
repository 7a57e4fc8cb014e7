package io.maas.repository;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.time.Duration;
import java.util.Optional;

/**
 * How to collect garbage. Immutable: each method returns a copy.
 *
 * @param mode whether to do it
 * @param waiting the least time from condemning a file to deleting it
 * @param grace the least age of an upload that was not committed
 * @param actor who does it; if empty, the platform's actor
 * @param reason why
 */
public record CollectOptions(
        Maintenance.Mode mode, Duration waiting, Duration grace, Optional<String> actor, Optional<String> reason) {
    private static final Duration DAY = Duration.ofHours(24);
    private static final Duration LONGEST = Duration.ofDays(36_500);

    /** Checks the times. */
    public CollectOptions {
        notNegative("waiting", waiting);
        notNegative("grace", grace);
    }

    private static void notNegative(String what, Duration time) {
        if (time.isNegative() || time.compareTo(LONGEST) > 0) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING,
                    "collect garbage",
                    "the time of " + what + " is " + time,
                    "use zero to " + LONGEST.toDays() + " days");
        }
    }

    /** Returns the defaults: 24 hours for both times. */
    public static CollectOptions defaults() {
        return new CollectOptions(Maintenance.Mode.APPLY, DAY, DAY, Optional.empty(), Optional.empty());
    }

    /** Writes nothing. */
    public CollectOptions dryRun() {
        return new CollectOptions(Maintenance.Mode.DRY_RUN, waiting, grace, actor, reason);
    }

    /**
     * Waits this long from condemning a file to deleting it. Has to be longer than any host takes to download a model, and
     * longer than any upload takes; no file that a version needs is ever deleted, whatever this is.
     */
    public CollectOptions waiting(Duration least) {
        return new CollectOptions(mode, least, grace, actor, reason);
    }

    /** Takes uploads for abandoned that were not committed for this long. Those that were not have to begin again. */
    public CollectOptions grace(Duration least) {
        return new CollectOptions(mode, waiting, least, actor, reason);
    }

    /** Says who does it. */
    public CollectOptions actor(String who) {
        return new CollectOptions(mode, waiting, grace, Optional.of(who), reason);
    }

    /** Says why. */
    public CollectOptions reason(String why) {
        return new CollectOptions(mode, waiting, grace, actor, Optional.of(why));
    }
}
