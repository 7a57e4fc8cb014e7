package io.maas.repository;

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
    /**
     * Checks the namespace.
     *
     * @throws InvalidInputException {@link io.maas.error.ErrorCode#INVALID_NAME} if there can be none of that name
     */
    public CopyOptions {
        ModelName.of(namespace);
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
