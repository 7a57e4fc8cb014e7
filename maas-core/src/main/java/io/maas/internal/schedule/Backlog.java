package io.maas.internal.schedule;

import io.maas.error.OverloadedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that waits for a device, and whose turn it is. Models take turns by deficit round robin (Shreedhar and Varghese, 1995):
 * each is owed the same time on the device per round, and what its runs are predicted to take is paid from that; what they took
 * in fact is settled afterwards. A model with long runs therefore gets no more of the device than one with short ones.
 *
 * <p>It has no threads and no clock of its own. Guarded by the device's lock.
 */
final class Backlog {
    /** What a model is owed each round: about what a person does not notice. */
    private static final long QUANTUM_NANOS = 5_000_000;

    /** After a very long run the others come first for a while, but not for as long as it took. */
    private static final long MOST_OWED = -16 * QUANTUM_NANOS;

    private final int capacity;
    private final Limits limits;
    /** Those with requests, in the order of their turns. */
    private final List<ModelQueue> active = new ArrayList<>();

    private int turn;
    private int waiting;
    private long bytes;

    Backlog(int capacity, Limits limits) {
        this.capacity = capacity;
        this.limits = limits;
    }

    int waiting() {
        return waiting;
    }

    /**
     * Lets a request wait.
     *
     * @param busy whether all of the device is in use
     * @throws OverloadedException if there is too much already, or it would come too late
     */
    void add(ModelQueue queue, Work work, boolean busy, long now) {
        requireRoom(queue, work, busy, now);
        if (queue.waiting() == 0) {
            active.add(queue);
        }
        work.enqueued = now;
        queue.add(work);
        waiting++;
        bytes += work.bytes;
    }

    private void requireRoom(ModelQueue queue, Work work, boolean busy, long now) {
        if (!work.call.isRefusable()) {
            return;
        }
        long wait = predictedWait(queue, work.call.level());
        if (waiting >= limits.requests() || (waiting > 0 && bytes + work.bytes > limits.bytes())) {
            throw new OverloadedException(
                    "call " + queue.name(),
                    waiting + " calls with " + bytes + " bytes wait already, and at most " + limits.requests()
                            + " calls and " + limits.bytes() + " bytes may",
                    Duration.ofNanos(Math.max(1, wait / 2)));
        }
        long left = work.call.left(now);
        long runs = queue.costs().predicted(work.positions + queue.batchBefore(work.positions));
        long most = Math.min(limits.longest().toNanos(), left - runs - (busy ? runs / 2 : 0));
        if (wait > 0 && doubted(wait) > most) {
            throw new OverloadedException(
                    "call " + queue.name(),
                    "it would wait for up to " + millis(doubted(wait)) + " and run for " + millis(runs)
                            + ", and may take "
                            + millis(Math.min(limits.longest().toNanos(), left)),
                    Duration.ofNanos(doubted(wait) - Math.max(0, most)));
        }
    }

    /**
     * What is foretold is what is usual. A call that is let in and comes too late has cost as much as one that came in time, and those
     * who would come at the last moment do as soon as anything takes longer than usual.
     */
    static long doubted(long wait) {
        return wait + (wait >> 3);
    }

    /** For people; refusing must not cost much. */
    static String millis(long nanos) {
        return nanos / 1_000_000 + " ms";
    }

    /** Takes a request out whose call has ended; false if it does not wait any more. */
    boolean remove(ModelQueue queue, Work work) {
        if (!queue.remove(work)) {
            return false;
        }
        removed(queue, 1, work.bytes);
        return true;
    }

    private void removed(ModelQueue queue, int count, long size) {
        waiting -= count;
        bytes -= size;
        if (queue.waiting() == 0) {
            int at = active.indexOf(queue);
            active.remove(at);
            turn = at < turn ? turn - 1 : turn;
            queue.deficit = Math.min(0, queue.deficit); // what is not used is not saved up, what is owed stays owed
        }
    }

    /** How long a request of this urgency would wait if it came now, in nanoseconds. */
    long predictedWait(ModelQueue queue, int level) {
        long own = queue.costs().predicted(queue.positionsUpTo(level));
        long all = own;
        for (ModelQueue other : active) {
            if (other != queue) {
                // in turns, the others get as much time as this one; what is of the background gets none
                all += Math.min(own + QUANTUM_NANOS, other.costs().predicted(other.urgentPositions()));
            }
        }
        int parallel = Math.max(1, Math.min(capacity / queue.units(), queue.runs()));
        return all / parallel;
    }

    long bytes() {
        return bytes;
    }

    /** How long a request would wait that came now to the model that has the most to do, in nanoseconds. */
    long longestWait() {
        return active.stream()
                .mapToLong(queue -> predictedWait(queue, queue.lowestLevel()))
                .max()
                .orElse(0);
    }

    /** Whose turn it is, among those that may run and need not wait for more; none if there is none. */
    @Nullable
    ModelQueue choose(long now) {
        boolean urgent = isUrgent();
        ModelQueue chosen = null;
        boolean mayBe = true;
        while (mayBe && chosen == null) {
            mayBe = active.stream().anyMatch(queue -> mayRun(queue, urgent, now));
            chosen = mayBe ? next(urgent, now) : null;
        }
        return chosen;
    }

    /** One look at whose turn it is; none as well if a caller took the run meanwhile, which he does without the lock. */
    private @Nullable ModelQueue next(boolean urgent, long now) {
        ModelQueue only = null;
        int eligible = 0;
        long rounds = Long.MAX_VALUE;
        for (ModelQueue queue : active) {
            if (mayRun(queue, urgent, now)) {
                eligible++;
                only = queue;
                rounds = Math.min(rounds, roundsUntil(queue));
            }
        }
        if (eligible <= 1) {
            return only;
        }
        if (rounds > 0) {
            for (ModelQueue queue : active) {
                queue.deficit += mayRun(queue, urgent, now) ? rounds * QUANTUM_NANOS : 0;
            }
        }
        for (int i = 0; i < active.size(); i++) {
            int at = (turn + i) % active.size();
            ModelQueue queue = active.get(at);
            if (mayRun(queue, urgent, now) && queue.deficit >= queue.nextCost()) {
                turn = at + 1;
                return queue;
            }
        }
        return null;
    }

    private boolean isUrgent() {
        return active.stream().anyMatch(ModelQueue::hasUrgent);
    }

    /** While anything urgent waits, be it for its turn or for more to come, the background does not start. */
    private static boolean mayRun(ModelQueue queue, boolean urgent, long now) {
        return queue.mayRun() && (!urgent || queue.hasUrgent()) && queue.readyAt() <= now;
    }

    private static long roundsUntil(ModelQueue queue) {
        long missing = queue.nextCost() - queue.deficit;
        return missing <= 0 ? 0 : (missing + QUANTUM_NANOS - 1) / QUANTUM_NANOS;
    }

    /** When the first of those that wait for more need not wait any longer. */
    long nextReadyAt() {
        boolean urgent = isUrgent();
        long earliest = Long.MAX_VALUE;
        for (ModelQueue queue : active) {
            if (queue.mayRun() && (!urgent || queue.hasUrgent())) {
                earliest = Math.min(earliest, queue.readyAt());
            }
        }
        return earliest;
    }

    /**
     * Takes the next requests of a model.
     *
     * @param among so many runs may start now
     */
    int take(ModelQueue queue, int among, Work[] into) {
        int count = queue.take(among, into);
        long size = 0;
        for (int i = 0; i < count; i++) {
            size += into[i].bytes;
        }
        removed(queue, count, size);
        return count;
    }

    /** Charges a model for a run. Where no other waits, nobody is owed anything. */
    void charge(ModelQueue queue, long nanos) {
        int others = active.size() - (queue.waiting() > 0 ? 1 : 0);
        if (others > 0) {
            queue.deficit = Math.max(MOST_OWED, queue.deficit - nanos);
        }
    }
}
