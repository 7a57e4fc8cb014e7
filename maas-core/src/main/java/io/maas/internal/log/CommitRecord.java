package io.maas.internal.log;

import io.maas.model.Digest;
import io.maas.repository.Commit;
import java.time.Instant;
import java.util.List;

/**
 * One commit.
 *
 * @param number its place in the log, from 0
 * @param previous the digest of the commit before; of {@code format.json} for the first
 * @param time when it was made
 * @param minReader the lowest layout a reader must understand to go on
 * @param changes what it changes, in order
 */
public record CommitRecord(long number, Digest previous, Instant time, int minReader, List<Change> changes) {
    /** Copies the list. */
    public CommitRecord {
        changes = List.copyOf(changes);
    }

    /** Returns what callers see of one of its changes. */
    public Commit commit(int index) {
        Change change = changes.get(index);
        return new Commit(number, index, time, change.actor(), change.reason());
    }
}
