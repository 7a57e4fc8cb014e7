package io.maas.internal.transform;

import io.maas.model.Manifest.TransformStep;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.spi.Transform;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.util.List;
import java.util.Map;

/** Changes each row along the last dimension by itself, and keeps the shape. The result is FP32. */
final class RowTransform implements Transform {
    /** Changes one row in place. */
    @FunctionalInterface
    interface RowFunction {
        void apply(float[] values, int from, int to);
    }

    private final StepSettings settings;
    private final String input;
    private final String output;
    private final RowFunction function;

    RowTransform(TransformStep step, RowFunction function) {
        this.settings = StepSettings.of(step, 1, "input", "output");
        this.input = settings.text("input");
        this.output = settings.text("output", input);
        this.function = function;
    }

    @Override
    public Signature signature(Map<String, TensorSpec> available) {
        TensorSpec in = settings.requireFloating(settings.require(available, input), 1);
        TensorSpec out = new TensorSpec(output, DataType.FP32, in.dims(), in.labels(), in.semantic());
        return new Signature(List.of(in), List.of(out));
    }

    @Override
    public Tensors apply(Tensors inputs) {
        Tensor tensor = inputs.get(input);
        int width = Numbers.width(input, tensor.shape());
        float[] values = Numbers.floats(tensor);
        for (int from = 0; from < values.length; from += width) {
            function.apply(values, from, from + width);
        }
        return Tensors.of(output, Tensor.wrap(values, tensor.shape().toArray()));
    }
}
