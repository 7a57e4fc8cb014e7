package io.maas.http.internal.jetty;

import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.exchange.Refusals;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives what may block to the pool's threads, but not to all of them, and bounds what waits for one. The pool's own queue cannot be
 * bounded instead: steps of Jetty go through it too, such as those that take a connection. Behind requests that block they would
 * wait, and of what the pool rejects Jetty closes the connection without a word. Thread-safe.
 */
final class Workers {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);

    private final int mostRunning;
    private final int mostWaiting;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int running;

    Workers(int mostRunning, int mostWaiting) {
        this.mostRunning = mostRunning;
        this.mostWaiting = mostWaiting;
    }

    /**
     * Runs a task on a thread of the pool.
     *
     * @param task tells its caller of what goes wrong
     * @throws HttpProblem 503 if too many wait, or the server closes
     */
    void run(Executor pool, Runnable task) {
        if (!begins(task)) {
            return;
        }
        try {
            pool.execute(() -> runAll(task));
        } catch (RejectedExecutionException e) {
            ended();
            throw new HttpProblem(503, "closing", "Cannot answer: the server closes; ask another");
        }
    }

    /** Tells whether a task runs now; else it waits. */
    private synchronized boolean begins(Runnable task) {
        if (running < mostRunning) {
            running++;
            return true;
        }
        if (waiting.size() >= mostWaiting) {
            throw Refusals.noThread();
        }
        waiting.add(task);
        return false;
    }

    @SuppressWarnings("CatchingUnchecked")
    private void runAll(Runnable first) {
        for (Runnable task = first; task != null; task = next()) {
            try {
                task.run();
            } catch (Throwable e) { // whatever a task throws, those that wait get their thread
                LOG.error("A request ended in a way that nobody foresaw", e);
            }
        }
    }

    private synchronized @Nullable Runnable next() {
        Runnable task = waiting.poll();
        if (task == null) {
            running--;
        }
        return task;
    }

    private synchronized void ended() {
        running--;
    }

    /** Returns how many wait. */
    synchronized int waiting() {
        return waiting.size();
    }
}
