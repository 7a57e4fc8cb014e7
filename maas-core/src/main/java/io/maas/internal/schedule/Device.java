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
    private static final int LARGEST_BATCH = 1024;

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
    private final Work[] scratch = new Work[LARGEST_BATCH];
    /** What waits in the backlog; read without the lock. */
    private volatile int waiting;

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

    // ---- callers

    Tensors call(ModelQueue queue, Work work) {
        long now = nanoTime.getAsLong();
        work.call.requireAlive(now);
        if (waiting == 0 && !VirtualThreads.isCurrent() && reserve(queue)) {
            return inline(queue, work, now);
        }
        work.waitsOn(queue, null);
        enqueue(queue, work, now);
        work.await(nanoTime);
        work.call.detach(work);
        return work.outcome(nanoTime.getAsLong());
    }

    void submit(ModelQueue queue, Work work, Runnable done) {
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
        infer(run);
        long end = nanoTime.getAsLong();
        note(run, end);
        finish(run, end);
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

    private Tensors inline(ModelQueue queue, Work work, long now) {
        Run run = Run.inline(queue, work, now);
        work.call.attach(work);
        Future<?> watchdog = null;
        boolean succeeded = false;
        try {
            watchdog = watch(work.call, now);
            infer(run);
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
        long end = nanoTime.getAsLong();
        work.call.ran(0, end - now, 1);
        if (succeeded) {
            note(run, end);
            queue.listener().ran(work.rows, end - now);
        }
        release(queue);
        return work.outcome(end);
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
            backlog.add(queue, work, free.get() < queue.units(), now);
            waiting = backlog.waiting();
            if (free.get() > 0) {
                wake();
            }
            requireThreads(queue, work);
        } finally {
            lock.unlock();
        }
        work.call.attach(work);
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
        lock.lock();
        try {
            backlog.remove(queue, work);
            waiting = backlog.waiting();
        } finally {
            lock.unlock();
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
        boolean now;
        lock.lock();
        try {
            now = queue.whenIdle(action);
        } finally {
            lock.unlock();
        }
        if (now) {
            action.run();
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
            Thread thread = makeThreads.newThread(this::work);
            thread.setName("maas-" + name + "-" + started);
            thread.setDaemon(true);
            thread.start();
            threads++;
        } catch (OutOfMemoryError e) {
            LOG.error("No thread could be started for {}, which has {}", name, threads, e);
        }
    }

    @SuppressWarnings("CatchingUnchecked")
    private void work() {
        Run run = next();
        while (run != null) {
            try {
                execute(run);
            } catch (Throwable e) {
                LOG.error("A run of {} ended in a way that nobody foresaw", run.queue.name(), e);
            }
            run = next();
        }
    }

    /** Waits for something to run; null if there was nothing for long, or the device was closed. */
    private @Nullable Run next() {
        lock.lock();
        try {
            long idleSince = nanoTime.getAsLong();
            while (true) {
                long now = nanoTime.getAsLong();
                Run run = take(now);
                if (run != null) {
                    if (waiting > 0 && free.get() > 0) {
                        wake();
                    }
                    return run;
                }
                if (waiting == 0 && (closed || now - idleSince >= IDLE_NANOS)) {
                    threads--;
                    return null;
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

    private @Nullable Run take(long now) {
        while (waiting > 0) {
            ModelQueue queue = backlog.choose(now);
            if (queue == null || !reserve(queue)) {
                return null; // whoever has the units wakes a thread when he gives them back
            }
            int among = 1 + free.get() / queue.units();
            int count = backlog.take(queue, among, scratch);
            waiting = backlog.waiting();
            Run run = Run.of(queue, scratch, expired(count, now), now);
            Arrays.fill(scratch, 0, count, null); // else the inputs would stay in memory until as many wait again
            if (run.count() > 0) {
                queue.startedByWorker();
                return run;
            }
            queue.ran();
            free.addAndGet(queue.units());
        }
        return null;
    }

    /** Ends the calls that are too late, and returns how many are left at the start of the scratch. */
    private int expired(int count, long now) {
        int left = 0;
        for (int i = 0; i < count; i++) {
            Work work = scratch[i];
            scratch[i] = null;
            if (work.call.left(now) <= 0) {
                work.stop(ErrorCode.DEADLINE_EXCEEDED);
            } else {
                scratch[left++] = work;
            }
        }
        return left;
    }

    private void execute(Run run) {
        boolean succeeded = false;
        try {
            infer(run);
            long end = nanoTime.getAsLong();
            finish(run, end);
            run.queue.listener().ran(run.rows(), end - run.started);
            succeeded = true;
        } catch (MaasException e) {
            fail(run, e);
        } finally {
            ended(run, succeeded);
        }
    }

    private static void finish(Run run, long end) {
        for (int i = 0; i < run.count(); i++) {
            Work work = run.work(i);
            work.call.ran(run.started - work.enqueued, end - run.started, run.count());
            work.finish();
        }
    }

    /** One bad request must harm only itself: each of a batch that was refused is tried once more, alone. */
    private void fail(Run run, MaasException reason) {
        boolean retry = run.count() > 1 && mayBeOneRequests(reason.code());
        for (int i = 0; i < run.count(); i++) {
            Work work = run.work(i);
            if (!retry) {
                work.fail(reason);
            } else if (work.isWanted()) {
                alone(run, work);
            }
        }
    }

    private void alone(Run batch, Work work) {
        Run run = Run.again(batch.queue, work, nanoTime.getAsLong());
        try {
            work.call.requireAlive(run.started);
            infer(run);
            long end = nanoTime.getAsLong();
            work.call.ran(batch.started - work.enqueued, end - batch.started, 1);
            work.finish();
            run.queue.listener().ran(work.rows, end - run.started);
        } catch (MaasException e) {
            work.fail(e);
        }
    }

    private static boolean mayBeOneRequests(ErrorCode code) {
        return code != ErrorCode.CANCELLED
                && code != ErrorCode.CLOSED
                && code != ErrorCode.DEADLINE_EXCEEDED
                && code != ErrorCode.OUT_OF_MEMORY;
    }

    private void ended(Run run, boolean succeeded) {
        ModelQueue queue = run.queue;
        long end = nanoTime.getAsLong();
        Runnable idleAction;
        lock.lock();
        try {
            if (succeeded) {
                queue.learn(run.positions(), end - run.started, run.together);
            }
            backlog.charge(queue, end - run.started);
            idleAction = queue.endedByWorker();
            queue.ran();
            free.addAndGet(queue.units());
        } finally {
            lock.unlock();
        }
        if (idleAction != null) {
            idleAction.run();
        }
    }

    /** Runs the engine. Whatever goes wrong becomes an error of ours. */
    @SuppressWarnings("CatchingUnchecked")
    private static void infer(Run run) {
        try {
            run.queue.model().infer(run);
            run.requireComplete();
        } catch (MaasException e) {
            throw e;
        } catch (OutOfMemoryError e) {
            throw failed(ErrorCode.OUT_OF_MEMORY, run, e, "send less at once, or give the process more memory");
        } catch (Throwable e) {
            throw failed(ErrorCode.INFERENCE_FAILED, run, e, "report this to whoever wrote the backend");
        } finally {
            run.end();
        }
    }

    private static UnavailableException failed(ErrorCode code, Run run, Throwable e, String remedy) {
        return new UnavailableException(code, "run " + run.queue.name(), e.toString(), remedy, e);
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
