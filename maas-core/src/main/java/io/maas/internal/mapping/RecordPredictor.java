package io.maas.internal.mapping;

import io.maas.error.MaasException;
import io.maas.model.Signature;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.tensor.Tensors;
import java.lang.invoke.MethodHandles;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A predictor whose inputs and outputs are records. */
public final class RecordPredictor<A extends Record, B extends Record> implements Predictor<A, B> {
    private final Predictor<Tensors, Tensors> model;
    private final RecordShape<A> input;
    private final RecordShape<B> output;

    private RecordPredictor(Predictor<Tensors, Tensors> model, RecordShape<A> input, RecordShape<B> output) {
        this.model = model;
        this.input = input;
        this.output = output;
    }

    /** Checks the records against the model's signature, and returns a predictor that uses them. */
    public static <A extends Record, B extends Record> Predictor<A, B> of(
            Predictor<Tensors, Tensors> model, Class<A> input, Class<B> output, MethodHandles.Lookup lookup) {
        Signature signature = model.signature();
        return new RecordPredictor<>(
                model,
                RecordShape.given(input, signature.inputs(), lookup),
                RecordShape.returned(output, signature.outputs(), lookup));
    }

    @Override
    public B predict(A value) {
        return model.predict(input.toTensors(value), output::fromTensors);
    }

    @Override
    public <R> R predict(A value, Function<? super B, ? extends R> reader) {
        Objects.requireNonNull(reader, "reader");
        return reader.apply(predict(value));
    }

    @Override
    public Prediction<B> call(A value, CallOptions options) {
        return typed(model.call(input.toTensors(value), options));
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the dependent stages only pass outcomes on
    public CompletableFuture<Prediction<B>> callAsync(A value, CallOptions options) {
        Objects.requireNonNull(value, "input");
        Objects.requireNonNull(options, "options");
        Tensors tensors;
        try {
            tensors = input.toTensors(value);
        } catch (MaasException e) {
            return CompletableFuture.failedFuture(e);
        }
        CompletableFuture<Prediction<Tensors>> call = model.callAsync(tensors, options);
        CompletableFuture<Prediction<B>> result = new CompletableFuture<>();
        call.whenComplete((prediction, error) -> complete(result, prediction, error));
        result.whenComplete((done, error) -> {
            if (result.isCancelled()) {
                call.cancel(false);
            }
        });
        return result;
    }

    /** Passes errors on as they are: a stage that depends on another would wrap them. */
    private void complete(
            CompletableFuture<Prediction<B>> result, Prediction<Tensors> prediction, @Nullable Throwable error) {
        if (error != null) {
            result.completeExceptionally(error);
            return;
        }
        try {
            result.complete(typed(prediction));
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }

    private Prediction<B> typed(Prediction<Tensors> prediction) {
        return new Prediction<>(output.fromTensors(prediction.value()), prediction.receipt());
    }

    @Override
    public Signature signature() {
        return model.signature();
    }

    @Override
    public <C extends Record, D extends Record> Predictor<C, D> as(Class<C> other, Class<D> result) {
        return model.as(other, result);
    }

    @Override
    public <C extends Record, D extends Record> Predictor<C, D> as(
            Class<C> other, Class<D> result, MethodHandles.Lookup lookup) {
        return model.as(other, result, lookup);
    }

    @Override
    public void close() {
        model.close();
    }
}
