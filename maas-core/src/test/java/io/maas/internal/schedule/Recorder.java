package io.maas.internal.schedule;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.spi.InferenceCall;
import io.maas.spi.LoadedModel;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A model that doubles {@code x}, remembers what it was run on, and does what it is told first. */
final class Recorder implements LoadedModel {
    static final Signature DOUBLING = new Signature(
            List.of(TensorSpec.of("x", DataType.FP32, "batch")), List.of(TensorSpec.of("y", DataType.FP32, "batch")));

    /** The inputs of each run. */
    final List<List<Float>> runs = Collections.synchronizedList(new ArrayList<>());

    final AtomicInteger running = new AtomicInteger();
    final AtomicInteger mostRunning = new AtomicInteger();
    final AtomicBoolean closed = new AtomicBoolean();
    final AtomicBoolean misused = new AtomicBoolean();
    volatile boolean lends;
    volatile Consumer<InferenceCall> first = call -> {};

    static Tensors x(float... values) {
        return Tensors.of("x", Tensor.of(values));
    }

    @Override
    public Signature signature() {
        return DOUBLING;
    }

    @Override
    public void infer(InferenceCall call) {
        mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
        try {
            if (closed.get()) {
                misused.set(true);
            }
            first.accept(call);
            float[] values = call.input(0).toFloats();
            List<Float> seen = new ArrayList<>();
            for (int i = 0; i < values.length; i++) {
                seen.add(values[i]);
                values[i] *= 2;
            }
            runs.add(seen);
            Tensors outputs = Tensors.of("y", Tensor.wrap(values));
            if (lends && call.prefersLent()) {
                call.lend(outputs);
                Arrays.fill(values, Float.NaN);
            } else {
                call.complete(outputs);
            }
        } finally {
            running.decrementAndGet();
        }
    }

    /** What a backend throws if a value is one that the model was not made for. */
    static InvalidInputException poisoned() {
        return new InvalidInputException(ErrorCode.BAD_INPUT, "run", "13", "give another");
    }

    @Override
    public long nativeBytes() {
        return 0;
    }

    @Override
    public void close() {
        if (running.get() > 0 || !closed.compareAndSet(false, true)) {
            misused.set(true);
        }
    }
}
