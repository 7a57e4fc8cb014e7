package io.maas.benchmarks;

import io.maas.spi.InferenceCall;
import io.maas.tensor.Tensors;

/** A call that keeps its last answer. */
final class OneCall implements InferenceCall {
    private final Tensors inputs;
    private Tensors outputs = Tensors.empty();

    OneCall(Tensors inputs) {
        this.inputs = inputs;
    }

    Tensors outputs() {
        return outputs;
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
    public void onStop(Runnable stop) {}
}
