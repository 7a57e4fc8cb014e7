package io.maas.internal.log;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * The newest commits, so that those who listen need not read them again. Bounded by the bytes that they have in the log.
 * Thread-safe.
 */
public final class Recent {
    private static final long MOST_BYTES = 8 << 20;

    private final Deque<StoredCommit> entries = new ArrayDeque<>();
    private long total;

    /** Starts with none. */
    public Recent() {}

    /** Adds the newest commit. */
    public synchronized void add(CommitRecord record, byte[] bytes) {
        StoredCommit last = entries.peekLast();
        if (last != null && last.record().number() + 1 != record.number()) {
            entries.clear();
            total = 0;
        }
        entries.add(new StoredCommit(record, bytes));
        total += bytes.length;
        while (total > MOST_BYTES) {
            total -= entries.remove().bytes().length;
        }
    }

    synchronized Optional<StoredCommit> find(long number) {
        StoredCommit first = entries.peekFirst();
        StoredCommit last = entries.peekLast();
        if (first == null
                || last == null
                || number < first.record().number()
                || number > last.record().number()) {
            return Optional.empty();
        }
        // those who keep up ask for the last ones
        var newestFirst = entries.descendingIterator();
        while (newestFirst.hasNext()) {
            StoredCommit entry = newestFirst.next();
            if (entry.record().number() == number) {
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }
}
