package io.maas.repository;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.time.Duration;

/**
 * How to remove what killed processes left behind. Immutable: each method returns a copy.
 *
 * @param mode whether to do it
 * @param age how long ago something was written last, or begun where that is not known, for it to count as left behind
 */
public record SweepOptions(Maintenance.Mode mode, Duration age) {
    /** A writer may stand still for some time, and be alive. */
    private static final Duration LEAST = Duration.ofHours(1);

    private static final Duration LONGEST = Duration.ofDays(36_500);

    /** Checks the age. */
    public SweepOptions {
        if (age.compareTo(LEAST) < 0 || age.compareTo(LONGEST) > 0) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING,
                    "remove what processes left behind",
                    "the age is " + age + (age.compareTo(LEAST) < 0 ? ", and such young files may be in use" : ""),
                    "use " + LEAST + " to " + LONGEST.toDays() + " days");
        }
    }

    /** Returns the defaults: what is older than 24 hours. */
    public static SweepOptions defaults() {
        return new SweepOptions(Maintenance.Mode.APPLY, Duration.ofHours(24));
    }

    /** Removes nothing. */
    public SweepOptions dryRun() {
        return new SweepOptions(Maintenance.Mode.DRY_RUN, age);
    }

    /**
     * Removes what is at least this old, an hour or more. In an S3 bucket this is the age of the whole upload, so it has to
     * be longer than any takes; one that is given up fails, and can be begun again.
     */
    public SweepOptions olderThan(Duration least) {
        return new SweepOptions(mode, least);
    }
}
