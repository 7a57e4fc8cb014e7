package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.spi.LoadedModel;
import io.maas.tensor.Tensors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Runs each call on its caller's thread, without a hand-off, and interrupts the engine at the call's deadline. */
final class DirectScheduler implements Scheduler {
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoTime;

    DirectScheduler(ScheduledExecutorService timer, LongSupplier nanoTime) {
        this.timer = timer;
        this.nanoTime = nanoTime;
    }

    @Override
    public Tensors run(LoadedModel model, Tensors inputs, Call call) {
        long now = nanoTime.getAsLong();
        call.requireAlive(now);
        Future<?> watchdog = watch(call, now);
        Call.Run run = call.run(inputs);
        try {
            model.infer(run);
            if (call.hasDeadline()) {
                call.requireAlive(nanoTime.getAsLong()); // an engine that cannot be interrupted may come too late
            }
            return run.outputs();
        } catch (MaasException e) {
            if (e.code() == ErrorCode.CANCELLED) {
                // the engine knows that it was stopped, the call knows why
                call.requireAlive(nanoTime.getAsLong());
            }
            throw e;
        } finally {
            run.end();
            if (watchdog != null) {
                watchdog.cancel(false);
            }
        }
    }

    private @Nullable Future<?> watch(Call call, long now) {
        if (!call.hasDeadline()) {
            return null;
        }
        try {
            return timer.schedule(() -> call.stop(ErrorCode.DEADLINE_EXCEEDED), call.left(now), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            throw new UnavailableException(
                    ErrorCode.CLOSED, "run the model", "the platform was closed", "open it again", e);
        }
    }
}
