package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.cache.CachedBundle;
import io.maas.model.Dim;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.spi.LoadedModel;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;

/** An engine's model with its transforms. */
final class EngineModel implements Servable {
    private final CachedBundle files;
    private final LoadedModel model;
    private final Signature engine;
    private final TransformChain transforms;
    private final Scheduler scheduler;
    private final long maxPositions;

    /**
     * Takes over the files and the model, and closes them in the end.
     *
     * @param maxPositions the most positions along all dimensions of an input that are free, such as batch times length
     */
    EngineModel(
            CachedBundle files,
            LoadedModel model,
            Signature engine,
            TransformChain transforms,
            Scheduler scheduler,
            long maxPositions) {
        this.files = files;
        this.model = model;
        this.engine = engine;
        this.transforms = transforms;
        this.scheduler = scheduler;
        this.maxPositions = maxPositions;
    }

    @Override
    public Signature signature() {
        return transforms.signature();
    }

    long maxPositions() {
        return maxPositions;
    }

    Signature engineSignature() {
        return engine;
    }

    @Override
    public Tensors answer(Tensors inputs, Call call) {
        transforms.signature().checkInputs(inputs);
        requireBounded(transforms.signature(), inputs, maxPositions);
        if (transforms.isEmpty()) {
            return scheduler.run(model, inputs, call);
        }
        TransformChain.Flow flow = transforms.new Flow(inputs);
        Tensors prepared = flow.before();
        requireBounded(engine, prepared, maxPositions);
        return flow.after(scheduler.run(model, prepared, call));
    }

    /**
     * Refuses calls whose activations could exhaust the host's memory: engines allocate what a call asks for, and a batch
     * of 200,000 rows of 16 tokens got a process killed by the kernel.
     */
    static void requireBounded(Signature signature, Tensors inputs, long maxPositions) {
        for (TensorSpec spec : signature.inputs()) {
            Tensor tensor = inputs.get(spec.name());
            long positions = 1;
            for (int d = 0; d < spec.rank(); d++) {
                if (spec.dims().get(d) instanceof Dim.Named) {
                    positions *= tensor.shape().dim(d); // at most the number of elements, which is checked
                }
            }
            if (positions > maxPositions) {
                throw new InvalidInputException(
                        ErrorCode.CALL_TOO_LARGE,
                        "call the model",
                        "the tensor '" + spec.name() + "' of shape " + tensor.shape() + " has " + positions
                                + " positions along its free dimensions, and at most " + maxPositions + " are allowed",
                        "split the call, or raise Maas.builder().maxPositions(…)");
            }
        }
    }

    @Override
    public void close() {
        try (files;
                transforms) {
            model.close();
        }
    }
}
