package io.maas.internal.events;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.internal.log.CommitLog;
import io.maas.internal.log.CommitRecord;
import io.maas.internal.log.Cursor;
import io.maas.internal.log.Readers;
import io.maas.internal.log.Recent;
import io.maas.repository.EventListener;
import io.maas.repository.RepositoryEvent;
import io.maas.repository.Subscription;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * All who listen to a registry. Each has a thread of its own and reads at its own pace, so that nobody waits for a slow
 * one: not the others, and not those who commit. Thread-safe.
 */
public final class Subscriptions implements AutoCloseable {
    private final CommitLog log;
    private final Readers readers;
    private final LongSupplier head;
    private final Recent recent = new Recent();
    private final Set<Delivery> deliveries = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private volatile boolean closed;

    /**
     * Starts with nobody.
     *
     * @param head the newest commit that may be told of
     */
    public Subscriptions(CommitLog log, Readers readers, LongSupplier head) {
        this.log = log;
        this.readers = readers;
        this.head = head;
    }

    /** Notes a commit that is about to be applied. Called under the registry's lock. */
    public void committed(CommitRecord record, byte[] bytes) {
        recent.add(record, bytes);
    }

    /** Says that the head may be another. */
    public void wake() {
        deliveries.forEach(Delivery::wake);
    }

    /** Starts a delivery. */
    public Subscription subscribe(long fromCommit, EventListener listener) {
        if (fromCommit < 0) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING,
                    "subscribe to events",
                    "from commit " + fromCommit,
                    "start at 0 for everything, or at head() + 1 for what is new");
        }
        Cursor cursor = new Cursor(log, readers, recent, fromCommit);
        String name = "maas-events-" + count.incrementAndGet();
        Delivery delivery = new Delivery(name, cursor, fromCommit - 1, head, listener, deliveries::remove);
        deliveries.add(delivery);
        if (closed) {
            deliveries.remove(delivery);
            throw new UnavailableException(
                    ErrorCode.CLOSED, "subscribe to events", "the platform was closed", "open it again");
        }
        delivery.start();
        return delivery;
    }

    /** Returns what happened in one commit, which exists. */
    public List<RepositoryEvent> events(long commit) {
        return Events.of(new Cursor(log, readers, recent, commit).next(commit).record());
    }

    /** Ends every delivery, all at once. Closing twice is harmless. */
    @Override
    public void close() {
        closed = true;
        List<Delivery> all = List.copyOf(deliveries);
        all.forEach(Delivery::end);
        all.forEach(Delivery::close);
    }
}
