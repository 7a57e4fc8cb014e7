package io.maas.internal.schedule;

import io.maas.error.ErrorCode;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one engine has to do for one call. It waits, runs and is done; or its call ends first, and whoever runs it finds that
 * nobody wants the result.
 *
 * <p>The links and what the queue counts belong to the queue's lock. The result is written by whoever runs the work before it
 * becomes done, and read after.
 */
final class Work implements Call.Stoppable {
    private static final Logger LOG = LoggerFactory.getLogger(Work.class);
    private static final int WAITING = 0;
    private static final int RUNNING = 1;
    private static final int DONE = 2;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Work.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Call call;
    /** In the order of the signature. */
    final Tensor[] inputs;

    final long rows;
    final long positions;
    /** The sizes of the dimensions that may differ from request to request, rows apart. */
    final long[] lengths;

    final long bytes;

    /** Who reads the outputs where they lie, if somebody does. */
    @Nullable
    Lending<?> reader;

    /** When it came, in nanoseconds, and by then the order among those of its priority. */
    long enqueued;

    @Nullable
    Work next;

    @Nullable
    Work previous;

    @Nullable
    Line line;

    @SuppressWarnings("UnusedVariable") // by its handle
    private volatile int state;

    private volatile @Nullable Run run;
    private @Nullable Tensors result;
    private @Nullable Throwable error;
    /** Whoever waits: a thread, or something to be told. */
    private @Nullable Thread waiter;

    private @Nullable Runnable listener;
    private @Nullable ModelQueue queue;

    Work(Call call, Tensor[] inputs, long rows, long positions, long[] lengths) {
        this.call = call;
        long sum = 0;
        for (Tensor input : inputs) {
            sum += input.byteSize();
        }
        this.bytes = sum;
        this.inputs = inputs;
        this.rows = rows;
        this.positions = positions;
        this.lengths = lengths;
    }

    void waitsOn(ModelQueue where, @Nullable Runnable told) {
        queue = where;
        listener = told;
        waiter = told == null ? Thread.currentThread() : null;
    }

    /** Positions of one row, by which padding is reckoned. */
    long width() {
        return positions / rows;
    }

    /** Takes it from the queue to run it; false if its call has ended. */
    boolean start(Run by) {
        run = by;
        return STATE.compareAndSet(this, WAITING, RUNNING);
    }

    /** Is run once more, by itself. */
    void runsIn(Run by) {
        run = by;
    }

    boolean isWanted() {
        return (int) STATE.getVolatile(this) != DONE;
    }

    void give(Tensors outputs) {
        result = outputs;
    }

    boolean hasResult() {
        return result != null;
    }

    /** Ends it with its result. */
    void finish() {
        if (STATE.compareAndSet(this, RUNNING, DONE)) {
            tell();
        }
    }

    /** Ends it, running or not, unless it has ended. */
    void fail(Throwable reason) {
        error = reason; // whoever ended it before does not look here: his call has ended
        if (STATE.compareAndSet(this, RUNNING, DONE) || STATE.compareAndSet(this, WAITING, DONE)) {
            tell();
        }
    }

    /**
     * Returns the result of what is done.
     *
     * @throws io.maas.error.MaasException if there is none
     */
    Tensors outcome(long now) {
        call.requireAlive(now); // an engine that cannot be interrupted may come too late
        if (error instanceof RuntimeException e) {
            throw e;
        } else if (error instanceof Error e) {
            throw e;
        } else if (result == null) {
            throw new IllegalStateException("work is done without a result or a reason");
        }
        return result;
    }

    /** Whatever a listener throws, those who share the run are told as well. */
    @SuppressWarnings("CatchingUnchecked")
    private void tell() {
        if (waiter != null) {
            LockSupport.unpark(waiter);
        } else if (listener != null) {
            try {
                listener.run();
            } catch (Throwable e) {
                LOG.error("Whoever waits for a run could not be told of its end", e);
            }
        }
    }

    /** The call has ended: takes the work out of its queue, or tells its run that one fewer waits. */
    @Override
    public void stop(ErrorCode why) {
        error = call.ended(why);
        boolean waited = STATE.compareAndSet(this, WAITING, DONE);
        boolean ran = !waited && STATE.compareAndSet(this, RUNNING, DONE);
        if (waited && queue != null) {
            queue.abandon(this);
        }
        Run current = run;
        try {
            if (ran && current != null) {
                current.abandonedByOne();
            }
        } finally {
            if (waited || ran) {
                tell();
            }
        }
    }

    /** Waits for the end, on the thread that {@link #waitsOn} was called by. */
    void await(LongSupplier nanoTime) {
        while (isWanted()) {
            long left = call.hasDeadline() ? call.left(nanoTime.getAsLong()) : Long.MAX_VALUE;
            if (left <= 0) {
                call.stop(ErrorCode.DEADLINE_EXCEEDED);
            } else if (Thread.currentThread().isInterrupted()) {
                stop(ErrorCode.CANCELLED);
            } else if (left == Long.MAX_VALUE) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, left);
            }
        }
    }
}
