package io.maas.repository;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.ModelName;
import java.time.Duration;

/**
 * How to copy a registry. Immutable: each method returns a copy.
 *
 * @param namespace the prefix of the store under which the registry lies, there and here
 * @param timeout how long a write is repeated whose outcome the store does not tell
 */
public record CopyOptions(String namespace, Duration timeout) {
    private static final Duration LONGEST = Duration.ofDays(1);

    /**
     * Checks the settings.
     *
     * @throws InvalidInputException {@link ErrorCode#INVALID_NAME} if there can be no namespace of that name, {@link
     *     ErrorCode#BAD_SETTING} if the time is none
     */
    public CopyOptions {
        ModelName.of(namespace);
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST) > 0) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING,
                    "copy a registry",
                    "the timeout is " + timeout,
                    "use more than nothing and at most " + LONGEST.toDays() + " day");
        }
    }

    /** Returns the namespace {@code default}, and 30 seconds. */
    public static CopyOptions defaults() {
        return new CopyOptions("default", Duration.ofSeconds(30));
    }

    /** Copies the registry under this prefix. */
    public CopyOptions namespace(String name) {
        return new CopyOptions(name, timeout);
    }

    /** Repeats a write for so long before it is given up. */
    public CopyOptions timeout(Duration most) {
        return new CopyOptions(namespace, most);
    }
}
