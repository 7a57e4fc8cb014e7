package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.internal.schedule.Call;
import io.maas.internal.schedule.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of a platform: a timer that never blocks, loaders of models, keepers that follow and fold the log, and
 * callers for asynchronous calls. All are daemons and end when idle or closed.
 */
public final class Threads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Threads.class);
    private static final long LAST_WORK_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final ScheduledThreadPoolExecutor timer;
    private final ThreadPoolExecutor loaders;
    private final ThreadPoolExecutor keepers;
    private final Callers callers;

    /**
     * Makes the threads.
     *
     * @param parallelism the number of asynchronous calls that are prepared at once, and finished at once, 1 or more
     * @param limits what may wait of asynchronous calls
     */
    public Threads(int parallelism, Limits limits) {
        timer = new ScheduledThreadPoolExecutor(1, named("maas-timer"));
        timer.setRemoveOnCancelPolicy(true);
        loaders = pool(Math.max(2, Runtime.getRuntime().availableProcessors()), "maas-loader");
        keepers = pool(2, "maas-keeper");
        callers = new Callers(parallelism, limits);
    }

    static ThreadPoolExecutor pool(int threads, String name) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static ThreadFactory named(String name) {
        return new Named(name, new AtomicInteger());
    }

    private record Named(String name, AtomicInteger count) implements ThreadFactory {
        @Override
        public Thread newThread(Runnable task) {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        }
    }

    /** Returns what runs short tasks later. */
    ScheduledExecutorService timer() {
        return timer;
    }

    /** Keeps house after a while, on a thread that may block, unless the platform is closed before. */
    public void later(long delay, TimeUnit unit, Runnable task) {
        try {
            ScheduledFuture<?> pending = timer.schedule(() -> run(keepers, task), delay, unit);
            LOG.trace("Scheduled {}", pending);
        } catch (RejectedExecutionException closed) {
            LOG.trace("A task is dropped, the platform closes", closed);
        }
    }

    /** Loads a model, unless the platform is closed. */
    void load(Runnable task) {
        run(loaders, task);
    }

    /** Returns what loads models. It refuses when the platform is closed. */
    Executor loaders() {
        return loaders;
    }

    private static void run(ThreadPoolExecutor pool, Runnable task) {
        try {
            pool.execute(task);
        } catch (RejectedExecutionException closed) {
            LOG.trace("A task is dropped, the platform closes", closed);
        }
    }

    /** Ends an asynchronous call at its deadline, if it has one and is not done by then, wherever it waits. */
    @SuppressWarnings("FutureReturnValueIgnored") // the dependent stage only takes the timer back
    void atDeadline(Call call, CompletableFuture<?> result) {
        if (!call.hasDeadline()) {
            return;
        }
        try {
            // whatever is to be done then must not keep the timer, on which all other deadlines wait
            ScheduledFuture<?> pending = timer.schedule(
                    () -> callers.finish(() -> call.stop(ErrorCode.DEADLINE_EXCEEDED)),
                    call.left(System.nanoTime()),
                    TimeUnit.NANOSECONDS);
            result.whenComplete((value, error) -> pending.cancel(false));
        } catch (RejectedExecutionException e) {
            throw new UnavailableException(
                    ErrorCode.CLOSED, "call the model", "the platform was closed", "open it again", e);
        }
    }

    /** Returns what asynchronous calls need. */
    Callers callers() {
        return callers;
    }

    /**
     * Lets what runs end, starts nothing new, and drops timers. Waits for threads for a while, since a host may close the class loader
     * of all this next; not for ever, since one may wait for a store that does not answer, or be the one that closes.
     */
    @Override
    public void close() {
        timer.shutdownNow();
        List<ThreadPoolExecutor> all = new ArrayList<>(List.of(timer, loaders, keepers));
        all.addAll(callers.pools());
        all.forEach(ThreadPoolExecutor::shutdown);
        long end = System.nanoTime() + LAST_WORK_NANOS;
        try {
            for (ThreadPoolExecutor pool : all) {
                if (!isOf(pool) && !pool.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    LOG.debug("Closed while something still runs, {}", pool);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isOf(ThreadPoolExecutor pool) {
        return pool.getThreadFactory() instanceof Named named
                && Thread.currentThread().getName().startsWith(named.name() + "-");
    }
}
