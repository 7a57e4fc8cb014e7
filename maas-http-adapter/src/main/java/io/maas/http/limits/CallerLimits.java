package io.maas.http.limits;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.util.Optional;

/**
 * How much one caller may ask of a server: everybody who shows the same access key, or whose tokens name the same subject, is one
 * caller, and so are all those who need not say who they are. Beyond that he is answered with 429 and {@code Retry-After}, and others
 * notice nothing. What is open to everybody, such as {@code /healthz}, does not count. Immutable.
 *
 * @param concurrent requests whose answers are not complete, streams of events among them
 * @param rate of requests; empty for any
 */
public record CallerLimits(int concurrent, Optional<Rate> rate) {
    private static final CallerLimits DEFAULTS = new CallerLimits(1024, Optional.empty());

    /**
     * A bound on how often requests come.
     *
     * @param perSecond on average, from 0.001 to 1,000,000
     * @param burst how many may come at once after a silence, from 1 to 1,000,000
     */
    public record Rate(double perSecond, int burst) {
        private static final double LOWEST = 0.001;
        private static final int HIGHEST = 1_000_000;

        /**
         * Checks the values.
         *
         * @throws InvalidInputException {@link ErrorCode#BAD_SETTING} if one is out of its range
         */
        public Rate {
            if (!(perSecond >= LOWEST && perSecond <= HIGHEST)) {
                throw wrong("the rate is " + perSecond + " a second", "give one from 0.001 to 1000000");
            }
            if (burst < 1 || burst > HIGHEST) {
                throw wrong("the burst is " + burst, "give one from 1 to 1000000");
            }
        }
    }

    /**
     * Checks the values.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_SETTING} if one is out of its range
     */
    public CallerLimits {
        if (concurrent < 1) {
            throw wrong(concurrent + " requests may be concurrent", "give at least 1");
        }
    }

    private static InvalidInputException wrong(String why, String remedy) {
        return new InvalidInputException(ErrorCode.BAD_SETTING, "set the limits of a caller", why, remedy);
    }

    /** Returns the defaults: 1024 requests at the same time, at any rate. */
    public static CallerLimits defaults() {
        return DEFAULTS;
    }

    /** Returns these limits with another number of requests at the same time. */
    public CallerLimits withConcurrent(int concurrent) {
        return new CallerLimits(concurrent, rate);
    }

    /** Returns these limits with a bound on how often requests come. */
    public CallerLimits withRate(double perSecond, int burst) {
        return new CallerLimits(concurrent, Optional.of(new Rate(perSecond, burst)));
    }
}
