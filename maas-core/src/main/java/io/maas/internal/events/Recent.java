package io.maas.internal.events;

import io.maas.internal.log.CommitRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * The newest commits, so that those who listen need not read them again. Bounded by the bytes that they have in the log.
 * Thread-safe.
 */
final class Recent {
    private static final long MOST_BYTES = 8 << 20;

    /** A commit and its bytes, which the digest of the next is checked against. */
    record Entry(CommitRecord record, byte[] bytes) {}

    private final Deque<Entry> entries = new ArrayDeque<>();
    private long total;

    synchronized void add(CommitRecord record, byte[] bytes) {
        Entry last = entries.peekLast();
        if (last != null && last.record().number() + 1 != record.number()) {
            entries.clear();
            total = 0;
        }
        entries.add(new Entry(record, bytes));
        total += bytes.length;
        while (total > MOST_BYTES) {
            total -= entries.remove().bytes().length;
        }
    }

    synchronized Optional<Entry> find(long number) {
        Entry first = entries.peekFirst();
        Entry last = entries.peekLast();
        if (first == null
                || last == null
                || number < first.record().number()
                || number > last.record().number()) {
            return Optional.empty();
        }
        // those who keep up ask for the last ones
        var newestFirst = entries.descendingIterator();
        while (newestFirst.hasNext()) {
            Entry entry = newestFirst.next();
            if (entry.record().number() == number) {
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }
}
