package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import java.util.concurrent.CompletableFuture;
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
    private static final int MOST_WAITING = 1024;

    private final ScheduledThreadPoolExecutor timer;
    private final ThreadPoolExecutor loaders;
    private final ThreadPoolExecutor keepers;
    private final ThreadPoolExecutor callers;

    /**
     * Makes the threads.
     *
     * @param parallelism the number of asynchronous calls that run at once, 1 or more
     */
    public Threads(int parallelism) {
        timer = new ScheduledThreadPoolExecutor(1, named("maas-timer"));
        timer.setRemoveOnCancelPolicy(true);
        loaders = pool(Math.max(2, Runtime.getRuntime().availableProcessors()), "maas-loader", Integer.MAX_VALUE);
        keepers = pool(2, "maas-keeper", Integer.MAX_VALUE);
        callers = pool(parallelism, "maas-call", MOST_WAITING);
    }

    private static ThreadPoolExecutor pool(int threads, String name, int waiting) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(waiting), named(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static ThreadFactory named(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
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

    private static void run(ThreadPoolExecutor pool, Runnable task) {
        try {
            pool.execute(task);
        } catch (RejectedExecutionException closed) {
            LOG.trace("A task is dropped, the platform closes", closed);
        }
    }

    /** Ends an asynchronous call at its deadline, if it has one and is not done by then, wherever it waits. */
    @SuppressWarnings("FutureReturnValueIgnored") // the dependent stage only takes the timer back
    void atDeadline(Call call, Runnable end, CompletableFuture<?> result) {
        if (!call.hasDeadline()) {
            return;
        }
        try {
            ScheduledFuture<?> pending = timer.schedule(end, call.left(System.nanoTime()), TimeUnit.NANOSECONDS);
            result.whenComplete((value, error) -> pending.cancel(false));
        } catch (RejectedExecutionException e) {
            throw new UnavailableException(
                    ErrorCode.CLOSED, "call the model", "the platform was closed", "open it again", e);
        }
    }

    /** Runs an asynchronous call, or refuses it at once if too many wait. */
    void call(Runnable task) {
        try {
            callers.execute(task);
        } catch (RejectedExecutionException e) {
            throw callers.isShutdown()
                    ? new UnavailableException(
                            ErrorCode.CLOSED, "call the model", "the platform was closed", "open it again", e)
                    : new UnavailableException(
                            ErrorCode.OVERLOADED,
                            "call the model",
                            MOST_WAITING + " asynchronous calls wait already",
                            "call again later, or call less",
                            e);
        }
    }

    /** Lets what runs end, starts nothing new, and drops timers. */
    @Override
    public void close() {
        timer.shutdownNow();
        callers.shutdown();
        loaders.shutdown();
        keepers.shutdown();
    }
}
