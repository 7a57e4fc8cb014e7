package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.spi.InferenceCall;
import io.maas.tensor.Tensors;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way through the platform: when it must end, whether somebody has ended it, and how long its parts took.
 * Thread-safe where it says so; the rest belongs to the thread that runs it.
 */
final class Call {
    private static final long NEVER = Long.MAX_VALUE;

    private final long arrived;
    private final long deadline;
    private final @Nullable Duration timeout;
    private long started;
    private @Nullable Runnable stop;
    private @Nullable ErrorCode stopped;

    Call(long now, @Nullable Duration timeout) {
        this.arrived = now;
        this.started = now;
        this.timeout = timeout;
        this.deadline = timeout == null ? NEVER : now + timeout.toNanos();
    }

    boolean hasDeadline() {
        return deadline != NEVER;
    }

    /** Nanoseconds left; negative when it has passed. */
    long left(long now) {
        return hasDeadline() ? deadline - now : NEVER;
    }

    void start(long now) {
        started = now;
    }

    long queuedNanos() {
        return started - arrived;
    }

    long started() {
        return started;
    }

    /** Ends the call: interrupts the engine if it runs and can be. Any thread. */
    void stop(ErrorCode why) {
        Runnable hook;
        synchronized (this) {
            if (stopped != null) {
                return;
            }
            stopped = why;
            hook = stop;
            stop = null;
        }
        if (hook != null) {
            hook.run();
        }
    }

    /** Throws if the call was ended or its deadline has passed. */
    void requireAlive(long now) {
        ErrorCode why;
        synchronized (this) {
            why = stopped != null ? stopped : left(now) <= 0 ? ErrorCode.DEADLINE_EXCEEDED : null;
        }
        if (why != null) {
            throw ended(why);
        }
    }

    UnavailableException ended(ErrorCode why) {
        return why == ErrorCode.DEADLINE_EXCEEDED
                ? new UnavailableException(
                        why,
                        "finish the call",
                        "its deadline passed, " + timeout,
                        "allow more time, or call a faster model")
                : new UnavailableException(
                        why, "finish the call", "the caller cancelled it", "call again if it matters");
    }

    /** Runs an engine for this call alone. */
    Run run(Tensors inputs) {
        return new Run(inputs);
    }

    /** What an engine sees of this call. */
    final class Run implements InferenceCall {
        private final Tensors inputs;
        private @Nullable Tensors outputs;

        private Run(Tensors inputs) {
            this.inputs = inputs;
        }

        @Override
        public int requests() {
            return 1;
        }

        @Override
        public Tensors inputs(int request) {
            return inputs;
        }

        @Override
        public void complete(int request, Tensors result) {
            outputs = result;
        }

        @Override
        public void onStop(Runnable hook) {
            boolean now;
            synchronized (Call.this) {
                now = stopped != null;
                if (!now) {
                    stop = hook;
                }
            }
            if (now) {
                hook.run();
            }
        }

        /** Ends the run: from here on the engine is not interrupted any more. */
        void end() {
            synchronized (Call.this) {
                stop = null;
            }
        }

        Tensors outputs() {
            if (outputs == null) {
                throw new UnavailableException(
                        ErrorCode.INFERENCE_FAILED,
                        "finish the call",
                        "the backend returned no outputs",
                        "report this to whoever wrote the backend");
            }
            return outputs;
        }
    }
}
