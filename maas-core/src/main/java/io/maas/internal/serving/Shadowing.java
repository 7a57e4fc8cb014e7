package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.internal.schedule.Call;
import io.maas.internal.serving.Arms.ShadowArm;
import io.maas.tensor.Tensors;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands copies of answered calls to shadows, on a thread of its own. A caller pays for the copy of the inputs, which he may use
 * again once he has his answer, and waits for nothing: where much waits already, the copy is not made. Nothing that happens
 * here is seen by callers. Thread-safe.
 */
final class Shadowing implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Shadowing.class);
    /** The most calls that wait for a shadow, and the most bytes of their inputs and answers. */
    static final int MOST_WAITING = 64;

    private static final long MOST_BYTES = 64L << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Draw draw;
    private final ThreadPoolExecutor worker;
    private final AtomicLong waitingBytes = new AtomicLong();
    private volatile ShadowListener listener = ShadowListener.none();
    private volatile @Nullable Call running;
    private volatile boolean closed;

    Shadowing(Draw draw) {
        this.draw = draw;
        this.worker =
                new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_WAITING), task -> {
                    Thread thread = new Thread(task, "maas-shadow");
                    thread.setDaemon(true);
                    return thread;
                });
        worker.allowCoreThreadTimeOut(true);
    }

    void listener(ShadowListener value) {
        listener = value;
    }

    /** Mirrors a call that was answered, if chance has it and there is room. Never throws, never waits. */
    void mirror(Route route, Arms.Arm answered, ShadowArm shadow, Tensors inputs, Tensors answer) {
        try {
            if (!draw.happens(shadow.fraction())) {
                return;
            }
            long bytes = HeldBytes.of(inputs) + HeldBytes.of(answer);
            if (worker.getQueue().remainingCapacity() == 0 || waitingBytes.get() + bytes > MOST_BYTES) {
                route.shadowTally().dropped.increment();
                return;
            }
            ShadowListener.Mirrored call = new ShadowListener.Mirrored(
                    route.ref(), answered.version(), answer, shadow.version(), copy(inputs));
            enqueue(new Task(call, shadow, route.shadowTally(), bytes));
        } catch (RuntimeException | Error e) {
            route.shadowTally().dropped.increment();
            LOG.debug("A call of {} could not be mirrored", route.ref(), e);
        }
    }

    private void enqueue(Task task) {
        waitingBytes.addAndGet(task.bytes);
        try {
            worker.execute(task);
        } catch (RejectedExecutionException busy) {
            task.drop();
        }
    }

    /** A caller may write to what he lent as soon as he has his answer. */
    private static Tensors copy(Tensors inputs) {
        Tensors.Builder copies = Tensors.builder();
        inputs.forEach((name, tensor) -> copies.add(name, tensor.copy()));
        return copies.build();
    }

    /** One copy on its way. */
    private final class Task implements Runnable {
        private final ShadowListener.Mirrored call;
        private final ShadowArm shadow;
        private final ShadowTally tally;
        private final long bytes;

        Task(ShadowListener.Mirrored call, ShadowArm shadow, ShadowTally tally, long bytes) {
            this.call = call;
            this.shadow = shadow;
            this.tally = tally;
            this.bytes = bytes;
        }

        void drop() {
            waitingBytes.addAndGet(-bytes);
            tally.dropped.increment();
        }

        @Override
        public void run() {
            if (closed || !shadow.model().lease()) {
                drop(); // another version is the shadow by now
                return;
            }
            try {
                answer();
            } finally {
                running = null;
                waitingBytes.addAndGet(-bytes);
                shadow.model().release();
            }
        }

        private void answer() {
            try {
                Call own = Call.background(System.nanoTime(), PATIENCE);
                running = own;
                if (closed) {
                    own.stop(ErrorCode.CANCELLED);
                }
                Tensors answer = shadow.model().value().answer(call.inputs(), own);
                tally.answered.increment();
                tell(() -> listener.answered(call, answer));
            } catch (RuntimeException | Error e) {
                tally.failed.increment();
                LOG.debug("The shadow {} of {} failed", shadow.version().version(), call.ref(), e);
                tell(() -> listener.failed(call, e));
            }
        }

        private void tell(Runnable news) {
            try {
                news.run();
            } catch (RuntimeException e) {
                LOG.warn("Who listens to shadows failed", e);
            }
        }
    }

    /** Drops what waits, and ends what runs where the engine can be interrupted. Closing twice is harmless. */
    @Override
    public void close() {
        closed = true; // what waits is dropped as it comes up
        worker.shutdown();
        Call call = running;
        if (call != null) {
            call.stop(ErrorCode.CANCELLED);
        }
    }
}
