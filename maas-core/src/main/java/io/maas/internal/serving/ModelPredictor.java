package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.internal.mapping.RecordPredictor;
import io.maas.model.Signature;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.predict.Receipt;
import io.maas.tensor.Tensors;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

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
        Arms.Arm arm = lease(input, Optional.empty());
        try {
            Tensors output = arm.model().value().answer(input, new Call(System.nanoTime(), null));
            route.mirror(arm, input, output);
            return output;
        } finally {
            arm.model().release();
        }
    }

    @Override
    public Prediction<Tensors> call(Tensors input, CallOptions options) {
        Objects.requireNonNull(options, "options");
        return call(
                input, options, new Call(System.nanoTime(), options.timeout().orElse(null)));
    }

    private Prediction<Tensors> call(Tensors input, CallOptions options, Call call) {
        Arms.Arm arm = lease(input, options.key());
        try {
            call.start(System.nanoTime());
            Tensors output = arm.model().value().answer(input, call);
            Receipt receipt = receipt(arm, options, call);
            route.mirror(arm, input, output);
            return new Prediction<>(output, receipt);
        } finally {
            arm.model().release();
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
                Duration.ofNanos(call.queuedNanos()),
                Duration.ofNanos(System.nanoTime() - call.started()));
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the dependent stage only passes a cancellation on
    public CompletableFuture<Prediction<Tensors>> callAsync(Tensors input, CallOptions options) {
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(options, "options");
        CompletableFuture<Prediction<Tensors>> result = new CompletableFuture<>();
        Call call = new Call(System.nanoTime(), options.timeout().orElse(null));
        result.whenComplete((value, error) -> {
            if (result.isCancelled()) {
                call.stop(ErrorCode.CANCELLED);
            }
        });
        try {
            requireOpen();
            threads.atDeadline(
                    call,
                    () -> {
                        call.stop(ErrorCode.DEADLINE_EXCEEDED);
                        result.completeExceptionally(call.ended(ErrorCode.DEADLINE_EXCEEDED));
                    },
                    result);
            threads.call(() -> complete(result, input, options, call));
        } catch (UnavailableException e) {
            result.completeExceptionally(e);
        }
        return result;
    }

    @SuppressWarnings("CatchingUnchecked")
    private void complete(
            CompletableFuture<Prediction<Tensors>> result, Tensors input, CallOptions options, Call call) {
        try {
            call.requireAlive(System.nanoTime());
            result.complete(call(input, options, call));
        } catch (Throwable e) {
            // whatever it is, whoever waits must be told
            result.completeExceptionally(e);
        }
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
