package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.internal.mapping.RecordPredictor;
import io.maas.internal.registry.VersionState;
import io.maas.internal.schedule.Call;
import io.maas.model.Signature;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.predict.Receipt;
import io.maas.tensor.Tensors;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** A predictor on a route. */
final class ModelPredictor implements Predictor<Tensors, Tensors> {
    private final Route route;
    private final Threads threads;
    private final Runnable leave;
    private final AtomicBoolean closed = new AtomicBoolean();

    ModelPredictor(Route route, Threads threads, Runnable leave) {
        this.route = route;
        this.threads = threads;
        this.leave = leave;
    }

    @Override
    public Tensors predict(Tensors input) {
        Call call = Call.endless(System.nanoTime());
        Route.Live live = lease(input);
        try {
            return answer(live, input, call);
        } finally {
            live.model().release();
        }
    }

    @Override
    public Prediction<Tensors> call(Tensors input, CallOptions options) {
        Objects.requireNonNull(options, "options");
        Call call = Call.of(System.nanoTime(), options.timeout().orElse(null), options.priority());
        Route.Live live = lease(input);
        try {
            Tensors output = answer(live, input, call);
            return new Prediction<>(output, receipt(live.version(), options, call));
        } finally {
            live.model().release();
        }
    }

    @Override
    public <R> R predict(Tensors input, Function<? super Tensors, ? extends R> reader) {
        Objects.requireNonNull(reader, "reader");
        Call call = Call.endless(System.nanoTime());
        Route.Live live = lease(input);
        try {
            R result = live.model().value().answer(input, call, reader);
            live.succeeded(input, call);
            return result;
        } catch (RuntimeException | Error e) {
            live.failed(e);
            throw e;
        } finally {
            live.model().release();
        }
    }

    private static Tensors answer(Route.Live live, Tensors input, Call call) {
        try {
            Tensors output = live.model().value().answer(input, call);
            live.succeeded(input, call);
            return output;
        } catch (RuntimeException | Error e) {
            live.failed(e);
            throw e;
        }
    }

    private Receipt receipt(VersionState version, CallOptions options, Call call) {
        return new Receipt(
                route.ref().name(),
                version.version(),
                version.digest(),
                route.ref(),
                options.id(),
                Duration.ofNanos(call.queuedNanos()),
                Duration.ofNanos(System.nanoTime() - call.arrived() - call.queuedNanos()));
    }

    @Override
    public CompletableFuture<Prediction<Tensors>> callAsync(Tensors input, CallOptions options) {
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(options, "options");
        CompletableFuture<Prediction<Tensors>> result = new CompletableFuture<>();
        Call call = Call.cancellable(System.nanoTime(), options.timeout().orElse(null), options.priority());
        Route.Live live;
        try {
            live = lease(input);
        } catch (UnavailableException e) {
            result.completeExceptionally(e);
            return result;
        }
        try {
            live.model().value().requireTime(call, call.arrived());
            threads.enter();
        } catch (UnavailableException e) {
            live.model().release();
            live.failed(e);
            result.completeExceptionally(e);
            return result;
        }
        start(live, input, options, call, result);
        return result;
    }

    /** Answers, and holds on to the version that answers until then. */
    @SuppressWarnings("FutureReturnValueIgnored") // dependent stages that only pass something on
    private void start(
            Route.Live live,
            Tensors input,
            CallOptions options,
            Call call,
            CompletableFuture<Prediction<Tensors>> result) {
        result.whenComplete((value, error) -> {
            if (result.isCancelled()) {
                call.stop(ErrorCode.CANCELLED);
            }
        });
        CompletableFuture<Tensors> answer;
        try {
            threads.atDeadline(
                    call,
                    () -> {
                        call.stop(ErrorCode.DEADLINE_EXCEEDED);
                        result.completeExceptionally(call.ended(ErrorCode.DEADLINE_EXCEEDED));
                    },
                    result);
            answer = live.model().value().answerLater(input, call, threads.callers());
        } catch (RuntimeException | Error e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.whenComplete((output, error) -> {
            live.model().release();
            threads.leave();
            if (error == null) {
                live.succeeded(input, call);
                result.complete(new Prediction<>(output, receipt(live.version(), options, call)));
            } else {
                Throwable cause =
                        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
                live.failed(cause);
                result.completeExceptionally(cause);
            }
        });
    }

    private Route.Live lease(Tensors input) {
        Objects.requireNonNull(input, "input");
        requireOpen();
        return route.lease();
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
        Route.Live live = route.lease();
        try {
            return live.model().value().signature();
        } finally {
            live.model().release();
        }
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
