package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.OverloadedException;
import io.maas.error.UnavailableException;
import io.maas.internal.schedule.Call;
import io.maas.internal.schedule.Limits;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What asynchronous calls need beside engines. Inputs are prepared, answers are finished and callers are told on threads of their
 * own: what a caller does with an answer may take long, and keeps nobody waiting but other callers' answers.
 *
 * <p>A call is let in if, as far as can be foretold, it is prepared in time. Without that, under more load than can be prepared,
 * every call would be prepared just before its deadline, for nothing. Thread-safe.
 */
final class Callers {
    /** Enough that a few callers who do too much in their stages do not keep the others' answers. */
    private static final int TELLERS = 8;

    private final int parallelism;
    private final Limits limits;
    private final LongSupplier nanoTime;
    private final ThreadPoolExecutor preparing;
    private final ThreadPoolExecutor finishing;
    private final ThreadPoolExecutor telling;
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicLong bytesUnderWay = new AtomicLong();
    /** What a part takes before the engine, about, over the last dozens of them. */
    private final AtomicLong usual = new AtomicLong();

    /**
     * Creates it.
     *
     * @param parallelism the number of calls that are prepared at once, and finished at once, 1 or more
     * @param limits how long calls may wait, how many may be under way, and with how many bytes
     */
    Callers(int parallelism, Limits limits) {
        this(parallelism, limits, System::nanoTime);
    }

    Callers(int parallelism, Limits limits, LongSupplier nanoTime) {
        this.parallelism = parallelism;
        this.limits = limits;
        this.nanoTime = nanoTime;
        this.preparing = Threads.pool(parallelism, "maas-call");
        this.finishing = Threads.pool(parallelism, "maas-finish");
        this.telling = Threads.pool(TELLERS, "maas-answer");
    }

    Stages stages() {
        return new Stages(this::prepare, finishing);
    }

    private void prepare(Runnable part) {
        preparing.execute(() -> {
            long start = nanoTime.getAsLong();
            try {
                part.run();
            } finally {
                learn(nanoTime.getAsLong() - start);
            }
        });
    }

    /** Two at a time may lose one of both, which changes little. */
    private void learn(long nanos) {
        long known = usual.get();
        usual.lazySet(known == 0 ? nanos : known + (nanos - known) / 32);
    }

    /** How long a call that came now would wait until it is prepared, in nanoseconds, as far as can be foretold. */
    long predictedWait() {
        return usual.get() * preparing.getQueue().size() / parallelism;
    }

    /**
     * Lets a call in, or refuses it at once. Whoever is let in leaves once.
     *
     * @param bytes the memory of its inputs
     */
    void enter(Call call, long bytes, long now) {
        if (preparing.isShutdown()) {
            throw new UnavailableException(
                    ErrorCode.CLOSED, "call the model", "the platform was closed", "open it again");
        }
        requireTime(call, now);
        int calls = underWay.incrementAndGet();
        long held = bytesUnderWay.addAndGet(bytes);
        if (calls > limits.requests() || (calls > 1 && held > limits.bytes())) {
            leave(bytes);
            throw new OverloadedException(
                    "call the model",
                    (calls - 1) + " asynchronous calls with " + (held - bytes)
                            + " bytes are under way already, and at most " + limits.requests() + " with "
                            + limits.bytes() + " bytes may be",
                    Duration.ofNanos(Math.max(100_000_000, predictedWait() / 2)));
        }
    }

    private void requireTime(Call call, long now) {
        long wait = predictedWait();
        long foretold = wait + (wait >> 3); // as for engines: what is foretold is what is usual
        long most = Math.min(limits.longest().toNanos(), call.left(now) - usual.get());
        if (wait > 0 && foretold > most) {
            throw new OverloadedException(
                    "call the model",
                    "it would wait for " + foretold / 1_000_000 + " ms until its inputs are prepared, and may take "
                            + Math.max(0, Math.min(limits.longest().toNanos(), call.left(now))) / 1_000_000 + " ms",
                    Duration.ofNanos(foretold - Math.max(0, most)));
        }
    }

    void leave(long bytes) {
        underWay.decrementAndGet();
        bytesUnderWay.addAndGet(-bytes);
    }

    /** Does something for a call that is over but for that; here if the platform closes. */
    void finish(Runnable task) {
        run(finishing, task);
    }

    /** Tells a caller how his call has ended, which runs whatever he does then. */
    void tell(Runnable task) {
        run(telling, task);
    }

    private static void run(Executor executor, Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException closing) {
            task.run();
        }
    }

    List<ThreadPoolExecutor> pools() {
        return List.of(preparing, finishing, telling);
    }
}
