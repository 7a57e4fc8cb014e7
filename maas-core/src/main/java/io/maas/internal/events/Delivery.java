package io.maas.internal.events;

import io.maas.internal.log.Cursor;
import io.maas.repository.EventListener;
import io.maas.repository.RepositoryEvent;
import io.maas.repository.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that tells one listener. Whatever goes wrong, in reading or in the listener, is tried again after a pause,
 * with the event it went wrong at: nothing is passed over.
 */
final class Delivery implements Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    private static final Duration FAREWELL = Duration.ofSeconds(30);
    private static final long FIRST_PAUSE_MS = 10;
    private static final long LAST_PAUSE_MS = 30_000;
    private static final int MOST_DOUBLINGS = 12;

    private final Cursor cursor;
    private final LongSupplier head;
    private final EventListener listener;
    private final Consumer<Delivery> ended;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile long position;
    private volatile boolean closed;

    /**
     * Makes one that is not started.
     *
     * @param position the commit before the first to tell of
     */
    Delivery(
            String name,
            Cursor cursor,
            long position,
            LongSupplier head,
            EventListener listener,
            Consumer<Delivery> ended) {
        this.cursor = cursor;
        this.position = position;
        this.head = head;
        this.listener = listener;
        this.ended = ended;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    @Override
    public long position() {
        return position;
    }

    private void run() {
        try {
            while (awaitCommit()) {
                deliver();
            }
        } finally {
            ended.accept(this);
        }
    }

    private void deliver() {
        long number = position + 1;
        List<RepositoryEvent> events = new ArrayList<>();
        boolean told = untilDone("read", number, () -> {
            events.addAll(Events.of(cursor.next(head.getAsLong()).record()));
        });
        for (int i = 0; told && i < events.size(); i++) {
            RepositoryEvent event = events.get(i);
            told = untilDone("handled by " + listener, number, () -> listener.onEvent(event));
        }
        if (told) {
            position = number;
        }
    }

    /** Tries until the task succeeds; false if this is closed before. */
    private boolean untilDone(String what, long number, Runnable task) {
        for (int tries = 0; !closed; tries++) {
            boolean ignored = Thread.interrupted(); // a listener's business, which must not end the next read
            try {
                task.run();
                return true;
            } catch (RuntimeException | Error e) {
                LOG.warn("Commit {} could not be {}; it is tried again", number, what, e);
                pause(tries);
            }
        }
        return false;
    }

    // ---- waiting

    /** Says that there may be something to tell. */
    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is a commit to tell of; false if this is closed first. */
    private boolean awaitCommit() {
        lock.lock();
        try {
            while (!closed && head.getAsLong() <= position) {
                changed.awaitUninterruptibly();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private void pause(int tries) {
        long left = TimeUnit.MILLISECONDS.toNanos(
                Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS << Math.min(MOST_DOUBLINGS, tries)));
        lock.lock();
        try {
            while (!closed && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            LOG.debug("A pause is cut short", e);
        } finally {
            lock.unlock();
        }
    }

    // ---- closing

    @Override
    public void end() {
        closed = true;
        wake();
    }

    @Override
    public void close() {
        end();
        if (Thread.currentThread().equals(thread)) {
            return;
        }
        try {
            thread.join(FAREWELL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.warn("{} still handles an event, of commit {}", listener, position + 1);
        }
    }
}
