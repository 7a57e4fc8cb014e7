package io.maas.testkit;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Signature;
import io.maas.spi.InferenceCall;
import io.maas.spi.LoadedModel;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A loaded model that does what its script says, unless its backend is to do something else. Thread-safe. */
final class ScriptedModel implements LoadedModel {
    private final ScriptedBackend backend;
    private final Script script;
    private final Answering answering;
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();

    ScriptedModel(ScriptedBackend backend, Script script, Answering answering) {
        this.backend = backend;
        this.script = script;
        this.answering = answering;
    }

    @Override
    public Signature signature() {
        return answering.signature();
    }

    @Override
    public void infer(InferenceCall call) {
        running.incrementAndGet();
        try {
            if (closed.get()) {
                backend.misuse();
            }
            backend.beforeRun(script.text(), call);
            Tensors inputs = inputs(call);
            script.refused().ifPresent(refused -> requireWithout(refused, inputs));
            call.complete(answering.function().apply(inputs));
        } finally {
            running.decrementAndGet();
        }
    }

    private Tensors inputs(InferenceCall call) {
        Tensors.Builder inputs = Tensors.builder();
        for (int i = 0; i < answering.signature().inputs().size(); i++) {
            inputs.add(answering.signature().inputs().get(i).name(), call.input(i));
        }
        return inputs.build();
    }

    private static void requireWithout(float refused, Tensors inputs) {
        Tensor first = inputs.get(0);
        float[] values = first.type() == DataType.FP32 ? first.toFloats() : new float[0];
        for (float value : values) {
            if (value == refused) {
                throw new InvalidInputException(
                        ErrorCode.BAD_INPUT, "run the model", "its input has a " + refused, "send something else");
            }
        }
    }

    @Override
    public long nativeBytes() {
        return script.bytes();
    }

    @Override
    public void close() {
        if (running.get() != 0 || !closed.compareAndSet(false, true)) {
            backend.misuse();
        }
        backend.closed();
    }
}
