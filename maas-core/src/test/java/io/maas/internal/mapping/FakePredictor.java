package io.maas.internal.mapping;

import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.predict.ArmChoice;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.predict.Receipt;
import io.maas.tensor.Tensors;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A model of any signature, which remembers what it was given and returns what it is told. */
final class FakePredictor implements Predictor<Tensors, Tensors> {
    final List<Tensors> given = new ArrayList<>();
    final List<CompletableFuture<Prediction<Tensors>>> calls = new ArrayList<>();
    private final Signature signature;
    private Tensors answer = Tensors.empty();
    private boolean closed;

    FakePredictor(List<TensorSpec> inputs, List<TensorSpec> outputs) {
        this.signature = new Signature(inputs, outputs);
    }

    FakePredictor returning(Tensors next) {
        answer = next;
        return this;
    }

    boolean isClosed() {
        return closed;
    }

    Tensors last() {
        return given.get(given.size() - 1);
    }

    Prediction<Tensors> prediction(CallOptions options) {
        ModelRef route = ModelRef.parse("fake");
        return new Prediction<>(
                answer,
                new Receipt(
                        ModelName.of("fake"),
                        "1",
                        Digest.of(new byte[0]),
                        route,
                        ArmChoice.PRIMARY,
                        options.id(),
                        1,
                        Duration.ZERO,
                        Duration.ZERO));
    }

    @Override
    public Tensors predict(Tensors input) {
        given.add(input);
        signature.checkInputs(input);
        return answer;
    }

    @Override
    public <R> R predict(Tensors input, Function<? super Tensors, ? extends R> reader) {
        return predict(input).lend(reader);
    }

    @Override
    public Prediction<Tensors> call(Tensors input, CallOptions options) {
        predict(input);
        return prediction(options);
    }

    /** Leaves the call open for the test to end. */
    @Override
    public CompletableFuture<Prediction<Tensors>> callAsync(Tensors input, CallOptions options) {
        predict(input);
        CompletableFuture<Prediction<Tensors>> call = new CompletableFuture<>();
        calls.add(call);
        return call;
    }

    @Override
    public Signature signature() {
        return signature;
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
        closed = true;
    }
}
