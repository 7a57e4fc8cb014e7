package io.maas.internal.mapping;

import io.maas.model.Signature;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.tensor.Tensors;
import java.lang.invoke.MethodHandles;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

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
        return output.fromTensors(model.predict(input.toTensors(value)));
    }

    @Override
    public Prediction<B> call(A value, CallOptions options) {
        return typed(model.call(input.toTensors(value), options));
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the dependent stage only passes a cancellation on
    public CompletableFuture<Prediction<B>> callAsync(A value, CallOptions options) {
        Objects.requireNonNull(options, "options");
        CompletableFuture<Prediction<Tensors>> call = model.callAsync(input.toTensors(value), options);
        CompletableFuture<Prediction<B>> result = call.thenApply(this::typed);
        result.whenComplete((done, error) -> {
            if (result.isCancelled()) {
                call.cancel(false);
            }
        });
        return result;
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
