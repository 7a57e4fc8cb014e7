package io.maas.internal.log;

import java.util.List;
import java.util.Optional;

/**
 * What one caller asked for. A commit carries the changes of all callers that waited at the time, each with its own
 * token, so that one round trip to the store serves them all.
 *
 * @param token identifies the change; the same token never takes effect twice
 * @param intent a short digest of what was asked for, to tell a repeated call from a reused token
 * @param actor who asked
 * @param reason why
 * @param ops what to do, all or nothing
 */
public record Change(String token, String intent, String actor, Optional<String> reason, List<Op> ops) {
    /** Copies the list. */
    public Change {
        ops = List.copyOf(ops);
    }
}
