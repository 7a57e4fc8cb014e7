package io.maas.error;

import java.time.Duration;

/**
 * More work waits than can be done in time. The call was not started; a later one may succeed. It has no stack trace: under
 * overload most calls end with it, and must cost little.
 */
public final class OverloadedException extends UnavailableException {
    private final Duration retryAfter;

    /**
     * Creates one, with the code {@link ErrorCode#OVERLOADED}.
     *
     * @param doing what could not be done, continuing "Cannot "
     * @param why the reason, with the offending value
     * @param retryAfter after which time as much work as is too much now will have been done, as far as can be foretold
     */
    public OverloadedException(String doing, String why, Duration retryAfter) {
        super(
                doing,
                why,
                "call again after " + Math.max(1, retryAfter.toMillis()) + " ms, call less, or serve on more hosts",
                ErrorCode.OVERLOADED);
        this.retryAfter = retryAfter;
    }

    /** Returns how long to wait before it makes sense to call again. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
