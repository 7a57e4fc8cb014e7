package io.maas.internal.schedule;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of a device's threads: takes what waits, runs it as one batch, and gives everybody his own. Whatever is thrown, those who
 * wait are told, the device has its units back, and the thread goes on. What it takes is its own until it takes again, so that
 * nobody is told anything under the device's lock.
 */
final class Worker implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final int LARGEST_BATCH = 1024;

    private final Device device;
    private final LongSupplier nanoTime;
    private final Work[] taken = new Work[LARGEST_BATCH];
    /** Made while there is memory. */
    private final MaasException exhausted = new UnavailableException(
            ErrorCode.OUT_OF_MEMORY,
            "finish the call",
            "the process has no memory left",
            "send less at once, or give the process more memory");

    private int count;
    private long start;
    private @Nullable ModelQueue queue;

    Worker(Device device, LongSupplier nanoTime) {
        this.device = device;
        this.nanoTime = nanoTime;
    }

    /** Where to put what it takes. */
    Work[] room() {
        return taken;
    }

    /** Has this run the first so many of {@link #room}. */
    void takes(ModelQueue of, int works, long now) {
        queue = of;
        count = works;
        start = now;
    }

    @Override
    @SuppressWarnings("CatchingUnchecked")
    public void run() {
        boolean goesOn = true;
        while (goesOn) {
            try {
                goesOn = device.next(this);
                if (goesOn && queue != null) {
                    runTaken(queue);
                }
            } catch (Throwable e) {
                complain(e);
            }
        }
    }

    @SuppressWarnings("CatchingUnchecked")
    private static void complain(Throwable e) {
        try {
            LOG.error("A run ended in a way that nobody foresaw", e);
        } catch (Throwable again) {
            return; // without memory nobody can be told; the thread is worth more
        }
    }

    @SuppressWarnings("CatchingUnchecked")
    private void runTaken(ModelQueue of) {
        Run succeeded = null;
        try {
            endLate();
            Run run = Run.of(of, taken, count, start);
            if (run.count() > 0 && execute(run)) {
                succeeded = run;
            }
        } catch (Throwable e) {
            failAll(of, e);
            throw e;
        } finally {
            Arrays.fill(taken, 0, count, null); // else the inputs would stay in memory until as many wait again
            device.ended(of, succeeded, nanoTime.getAsLong() - start);
        }
    }

    private void endLate() {
        for (int i = 0; i < count; i++) {
            if (taken[i].call.left(start) <= 0) {
                taken[i].stop(ErrorCode.DEADLINE_EXCEEDED);
            }
        }
    }

    @SuppressWarnings("CatchingUnchecked")
    private void failAll(ModelQueue of, Throwable e) {
        MaasException reason;
        try {
            reason = Run.failed(of, e);
        } catch (Throwable again) { // without memory to say more, those who wait must be told all the same
            reason = exhausted;
        }
        for (int i = 0; i < count; i++) {
            if (taken[i].isWanted()) {
                taken[i].fail(reason);
            }
        }
    }

    private boolean execute(Run run) {
        try {
            run.infer();
        } catch (MaasException e) {
            fail(run, e);
            return false;
        }
        long end = nanoTime.getAsLong();
        run.finish(end);
        run.queue.listener().ran(run.rows(), end - run.started);
        return true;
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
            run.infer();
            long end = nanoTime.getAsLong();
            work.call.ran(work.enqueued, batch.started, end, 1);
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
                && code != ErrorCode.DEVICE_LOST
                && code != ErrorCode.OUT_OF_MEMORY;
    }
}
