package io.maas.backend.djl;

import io.maas.spi.InferenceCall;
import io.maas.spi.LoadedModel;
import io.maas.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A call that keeps what it gets. */
final class Call implements InferenceCall {
    private final List<Tensors> inputs;
    private final @Nullable Tensors[] outputs;
    final CountDownLatch stoppable = new CountDownLatch(1);
    volatile @Nullable Runnable stop;

    Call(Tensors... inputs) {
        this.inputs = List.of(inputs);
        this.outputs = new Tensors[inputs.length];
    }

    /** Runs a model once. */
    static Tensors run(LoadedModel model, Tensors inputs) {
        Call call = new Call(inputs);
        model.infer(call);
        return call.outputs().get(0);
    }

    List<Tensors> outputs() {
        return Arrays.stream(outputs).map(Objects::requireNonNull).toList();
    }

    @Override
    public int requests() {
        return inputs.size();
    }

    @Override
    public Tensors inputs(int request) {
        return inputs.get(request);
    }

    @Override
    public void complete(int request, Tensors result) {
        outputs[request] = result;
    }

    @Override
    public void onStop(Runnable action) {
        stop = action;
        stoppable.countDown();
    }
}
