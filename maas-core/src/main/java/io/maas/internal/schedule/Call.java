package io.maas.internal.schedule;

import io.maas.error.CancelledException;
import io.maas.error.DeadlineExceededException;
import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.predict.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way through the platform: how urgent it is, when it must end, whether somebody has ended it, and how long
 * its parts took. Ending it is thread-safe; the rest is handed from thread to thread with the call.
 */
public final class Call {
    private static final long NEVER = Long.MAX_VALUE;
    /** A hundred years: what is longer would overflow, and nobody waits for it. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    /** After everybody else, however long it waits. */
    static final int BACKGROUND = Priority.values().length;

    private final long arrived;
    private final long deadline;
    private final @Nullable Duration timeout;
    private final boolean stoppable;
    private final int level;
    private final boolean refusable;
    private long queuedNanos;
    private long engineNanos;
    /** Until when the time of this call is accounted for. */
    private long accounted;

    private int together = 1;
    private @Nullable List<Stoppable> running;
    private @Nullable ErrorCode stopped;

    /** Something that is done for a call. */
    interface Stoppable {
        /** Nobody waits for it any more. Any thread. */
        void stop(ErrorCode why);
    }

    private Call(long now, @Nullable Duration timeout, boolean stoppable, int level, boolean refusable) {
        this.arrived = now;
        this.accounted = now;
        this.timeout = timeout;
        this.deadline = timeout == null || timeout.compareTo(LONGEST) > 0 ? NEVER : now + timeout.toNanos();
        this.stoppable = stoppable;
        this.level = level;
        this.refusable = refusable;
    }

    /** A call that ends when it has its answer. */
    public static Call endless(long now) {
        return new Call(now, null, false, level(Priority.NORMAL), true);
    }

    /** A call that ends at its deadline, if it has one. */
    public static Call of(long now, @Nullable Duration timeout, Priority priority) {
        return new Call(now, timeout, timeout != null, level(priority), true);
    }

    /** A call that may be cancelled as well. */
    public static Call cancellable(long now, @Nullable Duration timeout, Priority priority) {
        return new Call(now, timeout, true, level(priority), true);
    }

    /** A call that nobody waits for: it starts only where nothing else waits, whatever the model. */
    public static Call background(long now, Duration timeout) {
        return new Call(now, timeout, true, BACKGROUND, true);
    }

    /** A call of the platform's own, such as a self-test: it is not refused, since what depends on it would fail for others' load. */
    public static Call own(long now) {
        return new Call(now, null, false, level(Priority.NORMAL), false);
    }

    private static int level(Priority priority) {
        return switch (priority) {
            case HIGH -> 0;
            case NORMAL -> 1;
            case LOW -> 2;
        };
    }

    /** 0 for the most urgent. */
    int level() {
        return level;
    }

    /** Tells whether it may be told to come again later. */
    boolean isRefusable() {
        return refusable;
    }

    public boolean hasDeadline() {
        return deadline != NEVER;
    }

    boolean isStoppable() {
        return stoppable;
    }

    /** Nanoseconds left; negative when it has passed. */
    public long left(long now) {
        return hasDeadline() ? deadline - now : NEVER;
    }

    public long arrived() {
        return arrived;
    }

    /** How long it waited for engines while none ran for it. */
    public long queuedNanos() {
        return queuedNanos;
    }

    /** How long engines ran for it. */
    public long engineNanos() {
        return engineNanos;
    }

    /** The most requests that it shared a run with, itself included. */
    public int together() {
        return together;
    }

    /**
     * Notes a run that has ended. Those of one call may overlap; time that is accounted for is not counted again, so that the parts
     * of a call are never longer than the whole.
     */
    synchronized void ran(long enqueued, long started, long ended, int requests) {
        queuedNanos += Math.max(0, started - Math.max(enqueued, accounted));
        engineNanos += Math.max(0, ended - Math.max(started, accounted));
        accounted = Math.max(accounted, ended);
        together = Math.max(together, requests);
    }

    /** Ends the call, and what is done for it. Any thread. */
    public void stop(ErrorCode why) {
        List<Stoppable> all;
        synchronized (this) {
            if (stopped != null) {
                return;
            }
            stopped = why;
            all = running == null ? List.of() : running;
            running = null;
        }
        all.forEach(one -> one.stop(why));
    }

    /** Does something when the call is stopped, at once if it was. Once; on the thread that stops it. */
    public void onStop(Consumer<ErrorCode> action) {
        attach(action::accept);
    }

    /** Has something stopped when the call is, at once if it is already. */
    void attach(Stoppable task) {
        if (!stoppable) {
            return;
        }
        ErrorCode why;
        synchronized (this) {
            why = stopped;
            if (why == null) {
                running = running == null ? new ArrayList<>(1) : running;
                running.add(task);
            }
        }
        if (why != null) {
            task.stop(why);
        }
    }

    void detach(Stoppable task) {
        if (stoppable) {
            synchronized (this) {
                if (running != null) {
                    running.remove(task);
                }
            }
        }
    }

    /**
     * Waits for something that the call needs.
     *
     * @throws UnavailableException if this call ends before
     * @throws RuntimeException whatever kept it from being there
     */
    @SuppressWarnings("FutureReturnValueIgnored") // the dependent stage only passes something on
    public <T extends @Nullable Object> T awaitOrFail(CompletableFuture<T> needed) {
        if (!stoppable) {
            return get(needed);
        }
        CompletableFuture<T> either = new CompletableFuture<>();
        needed.whenComplete((value, error) -> {
            if (error == null) {
                either.complete(value);
            } else {
                either.completeExceptionally(
                        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error);
            }
        });
        Stoppable waiting = why -> either.completeExceptionally(ended(why));
        attach(waiting);
        try {
            return get(either);
        } finally {
            detach(waiting);
        }
    }

    private <T extends @Nullable Object> T get(CompletableFuture<T> needed) {
        try {
            return hasDeadline() ? needed.get(left(System.nanoTime()), TimeUnit.NANOSECONDS) : needed.get();
        } catch (TimeoutException e) {
            stop(ErrorCode.DEADLINE_EXCEEDED);
            throw ended(ErrorCode.DEADLINE_EXCEEDED);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ended(ErrorCode.CANCELLED);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            } else if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new UnavailableException(
                    ErrorCode.MODEL_UNAVAILABLE, "finish the call", String.valueOf(e.getCause()), "call again", e);
        }
    }

    /** Throws if the call was ended or its deadline has passed. */
    public void requireAlive(long now) {
        if (!stoppable) {
            return;
        }
        ErrorCode why;
        synchronized (this) {
            why = stopped != null ? stopped : left(now) <= 0 ? ErrorCode.DEADLINE_EXCEEDED : null;
        }
        if (why != null) {
            throw ended(why);
        }
    }

    /** What to tell whoever waits for a call that was ended. */
    public UnavailableException ended(ErrorCode why) {
        return switch (why) {
            case DEADLINE_EXCEEDED ->
                new DeadlineExceededException(
                        "finish the call",
                        "its deadline passed, " + timeout,
                        "allow more time, or call a faster model");
            case CANCELLED ->
                new CancelledException("finish the call", "the caller cancelled it", "call again if it matters");
            default -> throw new IllegalArgumentException(why.name());
        };
    }
}
