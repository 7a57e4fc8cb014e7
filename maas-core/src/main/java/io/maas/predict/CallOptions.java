package io.maas.predict;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How to call. Immutable: each method returns a copy.
 *
 * @param timeout how long the call may take, from when it is made; if empty, as long as it takes
 * @param id what the caller calls this call; if empty, the receipt has none
 * @param key what the call belongs to, such as a user; where versions share an alias, calls with equal keys are answered by
 *     the same one as long as the shares do not change, on every host. If empty, by any
 * @param priority which of several waiting calls is run first
 * @param cancellation ends the call from elsewhere; if empty, only the deadline and an interrupt of the caller do
 */
public record CallOptions(
        Optional<Duration> timeout,
        Optional<String> id,
        Optional<String> key,
        Priority priority,
        Optional<Cancellation> cancellation) {
    private static final CallOptions DEFAULTS =
            new CallOptions(Optional.empty(), Optional.empty(), Optional.empty(), Priority.NORMAL, Optional.empty());

    /** Checks the timeout. */
    public CallOptions {
        Objects.requireNonNull(priority, "priority");
        if (timeout.isPresent() && (timeout.get().isNegative() || timeout.get().isZero())) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING,
                    "call the model",
                    "the deadline is not in the future, " + timeout.get(),
                    "give a duration above zero");
        }
    }

    /** Returns the defaults: no deadline, no id, no key, {@link Priority#NORMAL}. */
    public static CallOptions defaults() {
        return DEFAULTS;
    }

    /** Ends the call with {@link io.maas.error.DeadlineExceededException} if it takes longer. */
    public static CallOptions deadline(Duration timeout) {
        return DEFAULTS.timeout(Optional.of(timeout));
    }

    /** Names the call; the receipt repeats it. */
    public CallOptions id(String value) {
        return new CallOptions(timeout, Optional.of(value), key, priority, cancellation);
    }

    /**
     * Says what the call belongs to, such as a user or a session, who is then always answered by the same version. The version
     * follows from the key and the shares of the alias alone; what other models do for the same key has nothing to do with it
     * unless their shares are the same.
     */
    public CallOptions key(String value) {
        return new CallOptions(timeout, id, Optional.of(value), priority, cancellation);
    }

    /** Says how urgent the call is. */
    public CallOptions priority(Priority value) {
        return new CallOptions(timeout, id, key, value, cancellation);
    }

    /** Lets somebody else end the call, also while an engine runs for it. One cancellation may serve several calls. */
    public CallOptions cancelledBy(Cancellation value) {
        return new CallOptions(timeout, id, key, priority, Optional.of(value));
    }

    private CallOptions timeout(Optional<Duration> value) {
        return new CallOptions(value, id, key, priority, cancellation);
    }
}
