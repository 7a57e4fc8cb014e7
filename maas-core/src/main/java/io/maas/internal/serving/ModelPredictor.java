package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.internal.mapping.RecordPredictor;
import io.maas.internal.schedule.Call;
import io.maas.model.Signature;
import io.maas.predict.CallOptions;
import io.maas.predict.Cancellation;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.predict.Receipt;
import io.maas.tensor.Tensors;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A predictor on a route. */
final class ModelPredictor implements Predictor<Tensors, Tensors> {
    private final Route route;
    private final Threads threads;
    private final Callers callers;
    private final Runnable leave;
    private final AtomicBoolean closed = new AtomicBoolean();

    ModelPredictor(Route route, Threads threads, Runnable leave) {
        this.route = route;
        this.threads = threads;
        this.callers = threads.callers();
        this.leave = leave;
    }

    @Override
    public Tensors predict(Tensors input) {
        Call call = Call.endless(System.nanoTime());
        return onArm(input, Optional.empty(), arm -> answer(arm, input, call));
    }

    @Override
    public Prediction<Tensors> call(Tensors input, CallOptions options) {
        Objects.requireNonNull(options, "options");
        Call call = synchronous(options);
        Optional<Cancellation.Registration> registration = stopWith(options, call);
        try {
            return onArm(input, options.key(), arm -> {
                Tensors output = answer(arm, input, call);
                return new Prediction<>(output, receipt(arm, options, call));
            });
        } finally {
            registration.ifPresent(Cancellation.Registration::remove);
        }
    }

    @Override
    public <R> R predict(Tensors input, Function<? super Tensors, ? extends R> reader) {
        Objects.requireNonNull(reader, "reader");
        Call call = Call.endless(System.nanoTime());
        return onArm(
                input,
                Optional.empty(),
                arm -> arm.shadow() == null
                        ? read(arm, input, call, new Reading<R>(reader))
                        : answer(arm, input, call).lend(reader)); // the shadow's answer is compared later
    }

    /** Leases a version, and another if that makes way for it meanwhile. */
    private <R> R onArm(Tensors input, Optional<String> key, Function<Arms.Arm, R> use) {
        Leased<Servable> moved = null;
        while (true) {
            Arms.Arm arm = lease(input, key);
            try {
                requireThere(arm, moved);
                return use.apply(arm);
            } catch (Moved toAnother) {
                moved = arm.model();
            } finally {
                arm.model().release();
            }
        }
    }

    /** What made way and is served all the same was taken up again at that very moment. */
    private static void requireThere(Arms.Arm arm, @Nullable Leased<Servable> moved) {
        if (arm.model() == moved) {
            arm.model().value().revive();
        }
    }

    private static <R> R read(Arms.Arm arm, Tensors input, Call call, Reading<R> reading) {
        try {
            arm.model().value().answer(input, call, reading::read);
            arm.succeeded(input, call);
        } catch (Moved e) {
            throw e;
        } catch (RuntimeException | Error e) {
            arm.failed(e);
            throw e;
        }
        return reading.value();
    }

    private static Call synchronous(CallOptions options) {
        Duration timeout = options.timeout().orElse(null);
        return options.cancellation().isEmpty()
                ? Call.of(System.nanoTime(), timeout, options.priority())
                : Call.cancellable(System.nanoTime(), timeout, options.priority());
    }

    private static Optional<Cancellation.Registration> stopWith(CallOptions options, Call call) {
        return options.cancellation().map(given -> given.onCancel(() -> call.stop(ErrorCode.CANCELLED)));
    }

    private Tensors answer(Arms.Arm arm, Tensors input, Call call) {
        try {
            Tensors output = arm.model().value().answer(input, call);
            arm.succeeded(input, call);
            route.mirror(arm, input, output);
            return output;
        } catch (Moved e) {
            throw e;
        } catch (RuntimeException | Error e) {
            arm.failed(e);
            throw e;
        }
    }

    private Receipt receipt(Arms.Arm arm, CallOptions options, Call call) {
        return new Receipt(
                route.ref().name(),
                arm.version().version(),
                arm.version().digest(),
                route.ref(),
                arm.choice(options.key()),
                options.id(),
                call.together(),
                Duration.ofNanos(call.queuedNanos()),
                Duration.ofNanos(System.nanoTime() - call.arrived() - call.queuedNanos()));
    }

    @Override
    public CompletableFuture<Prediction<Tensors>> callAsync(Tensors input, CallOptions options) {
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(options, "options");
        Call call = Call.cancellable(System.nanoTime(), options.timeout().orElse(null), options.priority());
        Arms.Arm arm;
        try {
            arm = lease(input, options.key());
        } catch (UnavailableException e) {
            return CompletableFuture.failedFuture(e);
        }
        long bytes = HeldBytes.of(input);
        try {
            arm.model().value().requireTime(call, call.arrived() + callers.predictedWait());
            callers.enter(call, bytes, call.arrived());
        } catch (UnavailableException e) {
            arm.model().release();
            arm.failed(e);
            return CompletableFuture.failedFuture(e);
        }
        CompletableFuture<Prediction<Tensors>> result = new CompletableFuture<>();
        try {
            tie(call, result, options);
        } catch (UnavailableException e) {
            failed(arm, bytes, e, result);
            return result;
        }
        start(arm, input, bytes, options, call, result);
        return result;
    }

    /** Answers, and holds on to the version that answers until then. */
    @SuppressWarnings("FutureReturnValueIgnored") // dependent stages that only pass something on
    private void start(
            Arms.Arm arm,
            Tensors input,
            long bytes,
            CallOptions options,
            Call call,
            CompletableFuture<Prediction<Tensors>> result) {
        CompletableFuture<Tensors> answer;
        try {
            answer = arm.model().value().answerLater(input, call, callers.stages());
        } catch (RuntimeException | Error e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.whenComplete((output, error) -> {
            Throwable cause =
                    error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
            if (cause == null && arm.shadow() == null) {
                ended(arm, input, bytes, output, options, call, result);
            } else if (cause == null) {
                // the copy for the shadow is not made by who runs models
                callers.finish(() -> ended(arm, input, bytes, output, options, call, result));
            } else if (cause instanceof Moved) {
                arm.model().release();
                startAgain(arm.model(), input, bytes, options, call, result);
            } else {
                failed(arm, bytes, cause, result);
            }
        });
    }

    /** What was to answer has made way for another version. */
    private void startAgain(
            Leased<Servable> moved,
            Tensors input,
            long bytes,
            CallOptions options,
            Call call,
            CompletableFuture<Prediction<Tensors>> result) {
        Arms.Arm arm;
        try {
            arm = lease(input, options.key());
        } catch (UnavailableException e) {
            callers.leave(bytes);
            callers.tell(() -> result.completeExceptionally(e));
            return;
        }
        requireThere(arm, moved);
        start(arm, input, bytes, options, call, result);
    }

    /** Ends the call when its result is cancelled, its caller's cancellation happens or its deadline passes; and its result with it. */
    @SuppressWarnings("FutureReturnValueIgnored") // dependent stages that only pass something on
    private void tie(Call call, CompletableFuture<Prediction<Tensors>> result, CallOptions options) {
        call.onStop(why -> callers.tell(() -> result.completeExceptionally(call.ended(why))));
        Optional<Cancellation.Registration> registration = stopWith(options, call);
        result.whenComplete((value, error) -> {
            registration.ifPresent(Cancellation.Registration::remove);
            if (result.isCancelled()) {
                call.stop(ErrorCode.CANCELLED);
            }
        });
        threads.atDeadline(call, result);
    }

    private void ended(
            Arms.Arm arm,
            Tensors input,
            long bytes,
            Tensors output,
            CallOptions options,
            Call call,
            CompletableFuture<Prediction<Tensors>> result) {
        callers.leave(bytes);
        arm.succeeded(input, call);
        route.mirror(arm, input, output);
        arm.model().release();
        Prediction<Tensors> prediction = new Prediction<>(output, receipt(arm, options, call));
        callers.tell(() -> result.complete(prediction));
    }

    private void failed(Arms.Arm arm, long bytes, Throwable error, CompletableFuture<Prediction<Tensors>> result) {
        Throwable cause = told(error);
        callers.leave(bytes);
        arm.failed(cause);
        arm.model().release();
        callers.tell(() -> result.completeExceptionally(cause));
    }

    /** Threads are refused when the platform closes. */
    private Throwable told(Throwable cause) {
        return cause instanceof RejectedExecutionException refused
                ? new UnavailableException(
                        ErrorCode.CLOSED, "call " + route.ref(), "the platform closes", "open it again", refused)
                : cause;
    }

    private Arms.Arm lease(Tensors input, Optional<String> key) {
        Objects.requireNonNull(input, "input");
        requireOpen();
        return route.lease(key);
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new UnavailableException(
                    ErrorCode.CLOSED,
                    "call " + route.ref(),
                    "its predictor was closed",
                    "make another from an open platform");
        }
    }

    @Override
    public Signature signature() {
        requireOpen();
        return route.signature();
    }

    @Override
    public <A extends Record, B extends Record> Predictor<A, B> as(Class<A> input, Class<B> output) {
        return as(input, output, MethodHandles.publicLookup());
    }

    @Override
    public <A extends Record, B extends Record> Predictor<A, B> as(
            Class<A> input, Class<B> output, MethodHandles.Lookup lookup) {
        return RecordPredictor.of(this, input, output, lookup);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            leave.run();
        }
    }
}
