package io.maas.internal.log;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Reads several objects at once: from a store that is far away, one after another would cost a round trip each. The
 * threads are daemons, and end when idle or closed. Thread-safe.
 */
public final class Readers implements AutoCloseable {
    /** The most objects that are read at once. */
    public static final int MOST = 8;

    private final ThreadPoolExecutor threads;

    /** Makes the threads, none of which starts before it is needed. */
    public Readers() {
        AtomicInteger count = new AtomicInteger();
        threads = new ThreadPoolExecutor(MOST, MOST, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "maas-reader-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Runs reads at once, the first of them on the caller's thread, and returns what they return, in order. An interrupt
     * does not end this; the thread is interrupted again afterwards. If one fails, the others have ended too.
     */
    public <T> List<T> all(List<Supplier<T>> reads) {
        List<FutureTask<T>> tasks = new ArrayList<>();
        for (Supplier<T> read : reads) {
            tasks.add(new FutureTask<>(read::get));
        }
        for (FutureTask<T> task : tasks.subList(Math.min(1, tasks.size()), tasks.size())) {
            start(task);
        }
        tasks.stream().findFirst().ifPresent(FutureTask::run);
        List<T> results = new ArrayList<>();
        Throwable failure = null;
        for (FutureTask<T> task : tasks) {
            try {
                results.add(join(task));
            } catch (ExecutionException e) {
                failure = failure == null ? e.getCause() : failure;
            }
        }
        if (failure != null) {
            throw rethrown(failure);
        }
        return results;
    }

    private void start(FutureTask<?> task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException closed) {
            task.run(); // slower, and just as right
        }
    }

    private static <T> T join(Future<T> task) throws ExecutionException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException rethrown(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return (RuntimeException) failure; // a supplier throws nothing that is checked
    }

    /** Lets what runs end. Whatever is read later is read one by one. Closing twice is harmless. */
    @Override
    public void close() {
        threads.shutdown();
    }
}
