package io.maas.internal.schedule;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.spi.LoadedModel;
import io.maas.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device that runs models: so many units of it, which on a processor are cores, are shared out among runs.
 *
 * <p>A caller who finds units free and nothing waiting runs the model on his own thread: handing over to another one costs more
 * than a small model does. Everybody else waits in a queue, and as soon as units are free, one of the device's threads takes what
 * waits, as one batch, without waiting for more. So batches grow with the load by themselves, and there are none without.
 *
 * <p>Whatever a backend throws, the thread goes on and the units are free again. Thread-safe.
 */
public final class Device implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Device.class);
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String name;
    private final int capacity;
    private final long longestWait;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoTime;
    private final AtomicInteger free;
    private final ThreadFactory makeThreads;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Backlog backlog;
    /** What waits in the backlog; read without the lock. */
    private volatile int waiting;

    /** Why nothing can be run any more; null while it can. */
    private volatile @Nullable MaasException lost;

    private int threads;
    private int idle;
    private int started;
    private boolean closed;

    /**
     * Creates it; threads are started when there is something to do.
     *
     * @param name such as {@code cpu}
     * @param capacity the units that runs share, 1 or more
     * @param timer runs short tasks at their time
     * @param nanoTime the time, in nanoseconds
     */
    public Device(String name, int capacity, Limits limits, ScheduledExecutorService timer, LongSupplier nanoTime) {
        this(name, capacity, limits, timer, nanoTime, Thread::new);
    }

    /**
     * Creates it with threads of its own.
     *
     * @param makeThreads makes a thread, which is not started yet
     */
    Device(
            String name,
            int capacity,
            Limits limits,
            ScheduledExecutorService timer,
            LongSupplier nanoTime,
            ThreadFactory makeThreads) {
        this.makeThreads = makeThreads;
        this.name = name;
        this.capacity = capacity;
        this.longestWait = limits.longest().toNanos();
        this.timer = timer;
        this.nanoTime = nanoTime;
        this.free = new AtomicInteger(capacity);
        this.backlog = new Backlog(capacity, limits);
    }

    /**
     * Returns a queue for a model that was loaded. Whoever asks retires it.
     *
     * @param model the name, for messages
     * @param units what a run of it takes; more than there are count as all
     * @param listener is told of each run that a call was waiting for
     */
    public ModelQueue queue(
            String model, LoadedModel loaded, BatchRule rule, BatchLimits limits, int units, RunListener listener) {
        return new ModelQueue(this, model, loaded, rule, limits, Math.max(1, Math.min(units, capacity)), listener);
    }

    /** Returns the name. */
    public String name() {
        return name;
    }

    /** Returns how busy it is. */
    public Load load() {
        lock.lock();
        try {
            return new Load(capacity - free.get(), backlog.waiting(), backlog.bytes(), backlog.longestWait());
        } finally {
            lock.unlock();
        }
    }

    /**
     * How busy a device is.
     *
     * @param busy the units in use
     * @param waiting the requests that wait
     * @param bytes the memory of their inputs
     * @param waitNanos how long a request would wait that came now to the model that has the most to do
     */
    public record Load(int busy, int waiting, long bytes, long waitNanos) {}

    /** Returns the number of units. */
    public int capacity() {
        return capacity;
    }

    /** The longest that a request may have to wait, in nanoseconds. */
    long longestWait() {
        return longestWait;
    }

    /** Tells whether something can still be run. */
    public boolean isUsable() {
        return lost == null;
    }

    /** A run has failed, maybe because of the device: what comes then need not try. */
    void failed(MaasException reason) {
        if (reason.code() == ErrorCode.DEVICE_LOST && lost == null) {
            lost = reason;
            LOG.error("The device {} is lost: restart the process", name, reason);
        }
    }

    private void requireUsable() {
        MaasException reason = lost;
        if (reason != null) {
            throw new UnavailableException(
                    ErrorCode.DEVICE_LOST,
                    "run the model",
                    "the device " + name + " failed earlier, " + reason.getMessage(),
                    "restart the process",
                    reason);
        }
    }

    // ---- callers

    Tensors call(ModelQueue queue, Work work) {
        requireUsable();
        long now = nanoTime.getAsLong();
        work.call.requireAlive(now);
        if (waiting == 0 && !VirtualThreads.isCurrent() && reserve(queue)) {
            inline(queue, work, now);
        } else {
            work.waitsOn(queue, null);
            enqueue(queue, work, now);
            work.await(nanoTime);
            work.call.detach(work);
        }
        return work.outcome(nanoTime.getAsLong());
    }

    void submit(ModelQueue queue, Work work, Runnable done) {
        requireUsable();
        long now = nanoTime.getAsLong();
        work.call.requireAlive(now);
        work.waitsOn(queue, () -> {
            work.call.detach(work);
            done.run();
        });
        enqueue(queue, work, now);
    }

    List<Tensors> together(ModelQueue queue, Work[] works) {
        for (Work work : works) {
            if (works.length > 1 && !queue.rule().canJoin(works[0], work)) {
                return List.of();
            }
        }
        Run run = Run.of(queue, works, works.length, nanoTime.getAsLong());
        run.infer();
        long end = nanoTime.getAsLong();
        note(run, end);
        run.finish(end);
        return Arrays.stream(works).map(work -> work.outcome(end)).toList();
    }

    boolean isWorthwhile(ModelQueue queue, long positions) {
        lock.lock();
        try {
            return queue.costs().mostWorthwhile() >= positions;
        } finally {
            lock.unlock();
        }
    }

    private void inline(ModelQueue queue, Work work, long now) {
        Lending<?> reader = work.reader;
        if (reader != null) {
            // a reader who calls a model would wait for ever for what he holds himself
            reader.beforeReading(() -> {
                release(queue);
                return nanoTime.getAsLong();
            });
        }
        try {
            run(queue, work, now);
        } finally {
            if (reader == null || !reader.isRead()) {
                release(queue);
            }
            if (reader != null) {
                reader.beforeReading(null);
            }
        }
    }

    private void run(ModelQueue queue, Work work, long now) {
        Run run = Run.inline(queue, work, now);
        work.call.attach(work);
        Future<?> watchdog = null;
        boolean succeeded = false;
        try {
            watchdog = watch(work.call, now);
            run.infer();
            work.finish();
            succeeded = true;
        } catch (MaasException e) {
            work.fail(e);
        } finally {
            run.end();
            if (watchdog != null) {
                watchdog.cancel(false);
            }
            work.call.detach(work);
        }
        Lending<?> reader = work.reader;
        long end = reader != null && reader.isRead() ? reader.readAt() : nanoTime.getAsLong();
        work.call.ran(now, now, end, 1);
        if (succeeded) {
            note(run, end);
            queue.listener().ran(work.rows, end - now);
        }
    }

    private @Nullable Future<?> watch(Call call, long now) {
        if (!call.hasDeadline()) {
            return null;
        }
        try {
            return timer.schedule(() -> call.stop(ErrorCode.DEADLINE_EXCEEDED), call.left(now), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            throw closedError(e);
        }
    }

    private static UnavailableException closedError(Exception cause) {
        return new UnavailableException(
                ErrorCode.CLOSED, "run the model", "the platform was closed", "open it again", cause);
    }

    /** What a run cost, if that can be noted without waiting. */
    private void note(Run run, long end) {
        if (lock.tryLock()) {
            try {
                run.queue.learn(run.positions(), end - run.started, run.together);
                backlog.charge(run.queue, end - run.started);
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean reserve(ModelQueue queue) {
        if (!queue.tryRun()) {
            return false;
        }
        int units = queue.units();
        int now = free.get();
        while (now >= units) {
            if (free.compareAndSet(now, now - units)) {
                return true;
            }
            now = free.get();
        }
        queue.ran();
        return false;
    }

    private void release(ModelQueue queue) {
        queue.ran();
        free.addAndGet(queue.units());
        if (waiting > 0) {
            lock.lock();
            try {
                wake();
            } finally {
                lock.unlock();
            }
        }
    }

    private void enqueue(ModelQueue queue, Work work, long now) {
        lock.lock();
        try {
            if (closed) {
                throw closedError(new IllegalStateException(name));
            }
            add(queue, work, now);
            requireThreads(queue, work);
        } finally {
            lock.unlock();
        }
        work.call.attach(work);
    }

    private void add(ModelQueue queue, Work work, long now) {
        try {
            backlog.add(queue, work, free.get() < queue.units(), now);
        } finally {
            // even if it was refused: its caller may have held the model for a moment, and a thread that saw that waits
            waiting = backlog.waiting();
            if (waiting > 0 && free.get() > 0) {
                wake();
            }
        }
    }

    /** Refuses what nobody would ever run: units are free, so nobody who gives some back will wake a thread. */
    private void requireThreads(ModelQueue queue, Work work) {
        if (threads == 0 && free.get() == capacity && backlog.remove(queue, work)) {
            waiting = backlog.waiting();
            throw new UnavailableException(
                    ErrorCode.OUT_OF_MEMORY,
                    "call " + queue.name(),
                    "no thread can be started for " + name,
                    "let the process have more threads or memory");
        }
    }

    void abandon(ModelQueue queue, Work work) {
        Runnable afterwards;
        lock.lock();
        try {
            backlog.remove(queue, work);
            waiting = backlog.waiting();
            afterwards = queue.ifIdle();
        } finally {
            lock.unlock();
        }
        if (afterwards != null) {
            afterwards.run();
        }
    }

    long predictedWait(ModelQueue queue) {
        lock.lock();
        try {
            return backlog.predictedWait(queue, queue.lowestLevel());
        } finally {
            lock.unlock();
        }
    }

    void retire(ModelQueue queue, Runnable action) {
        Runnable now;
        lock.lock();
        try {
            queue.whenIdle(action);
            now = queue.ifIdle();
        } finally {
            lock.unlock();
        }
        if (now != null) {
            now.run();
        }
    }

    // ---- workers

    /** Gets a thread to look at the backlog. */
    private void wake() {
        if (idle > 0) {
            changed.signal();
        } else if (threads < capacity) {
            start();
        }
    }

    /** Starts a thread; where the system has none left, those that there are do the work. */
    private void start() {
        started++;
        try {
            Thread thread = makeThreads.newThread(new Worker(this, nanoTime));
            thread.setName("maas-" + name + "-" + started);
            thread.setDaemon(true);
            thread.start();
            threads++;
        } catch (OutOfMemoryError e) {
            LOG.error("No thread could be started for {}, which has {}", name, threads, e);
        }
    }

    /** Waits for something to run, and reserves what it takes; false if there was nothing for long, or the device was closed. */
    boolean next(Worker worker) {
        lock.lock();
        try {
            long idleSince = nanoTime.getAsLong();
            while (true) {
                long now = nanoTime.getAsLong();
                if (take(worker, now)) {
                    if (waiting > 0 && free.get() > 0) {
                        wake();
                    }
                    return true;
                }
                if (waiting == 0 && (closed || now - idleSince >= IDLE_NANOS)) {
                    threads--;
                    return false;
                }
                pause(now);
            }
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // next() is the loop
    private void pause(long now) {
        long readyAt = backlog.nextReadyAt();
        long nanos = readyAt == Long.MIN_VALUE || readyAt == Long.MAX_VALUE
                ? IDLE_NANOS
                : Math.max(1, Math.min(IDLE_NANOS, readyAt - now));
        idle++;
        try {
            changed.awaitNanos(nanos);
        } catch (InterruptedException e) {
            // nobody has a reason to interrupt this thread; whatever was meant by it, requests still wait
            Thread.interrupted();
        } finally {
            idle--;
        }
    }

    /** Whoever has the units, if there are none, wakes a thread when he gives them back. */
    private boolean take(Worker worker, long now) {
        ModelQueue queue = waiting > 0 ? backlog.choose(now) : null;
        if (queue == null || !reserve(queue)) {
            return false;
        }
        queue.startedByWorker();
        int among = 1 + free.get() / queue.units();
        worker.takes(queue, backlog.take(queue, among, worker.room()), now);
        waiting = backlog.waiting();
        return true;
    }

    /**
     * Gives back what {@link #next} reserved.
     *
     * @param run what came to its end; null if nothing did
     */
    void ended(ModelQueue queue, @Nullable Run run, long nanos) {
        Runnable afterwards;
        lock.lock();
        try {
            if (run != null) {
                queue.learn(run.positions(), nanos, run.together);
            }
            backlog.charge(queue, nanos);
        } finally {
            queue.ran();
            free.addAndGet(queue.units());
            queue.endedByWorker();
            afterwards = queue.ifIdle();
            lock.unlock();
        }
        if (afterwards != null) {
            afterwards.run();
        }
    }

    /** Lets what waits run, takes nothing more, and ends the threads. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
