package io.maas.internal.transform;

import io.maas.model.Dim;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.spi.Transform;
import io.maas.tensor.DataType;
import io.maas.tensor.Shape;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The k largest values of each row. Of equal values the first comes first; NaN counts as smaller than any number. */
final class TopK implements Transform {
    private final StepSettings settings;
    private final String input;
    private final int k;
    private final String scores;
    private final String labels;
    private final String indices;

    /** From a file, or else what the input's specification says once {@link #signature} has seen it. */
    private volatile List<String> names;

    private final boolean namedByFile;

    TopK(StepSettings settings, Optional<List<String>> fromFile) {
        this.settings = settings;
        input = settings.text("input");
        k = settings.positive("k");
        scores = settings.text("scores", "scores");
        labels = settings.text("labels", "labels");
        indices = settings.text("indices", "indices");
        if (scores.equals(labels) || scores.equals(indices)) {
            throw settings.refused("two outputs have the same name, '" + scores + "'");
        }
        names = fromFile.orElse(List.of());
        namedByFile = fromFile.isPresent();
    }

    @Override
    public Signature signature(Map<String, TensorSpec> available) {
        TensorSpec in = settings.requireFloating(settings.require(available, input), 1);
        if (!namedByFile) {
            names = in.labels();
        }
        if (in.dims().get(in.rank() - 1) instanceof Dim.Fixed width) {
            if (k > width.size()) {
                throw settings.refused("'k' is " + k + " and there are only " + width.size() + " values in " + in);
            }
            if (!names.isEmpty() && names.size() != width.size()) {
                throw settings.refused(
                        "there are " + names.size() + " labels for " + width.size() + " values in " + in);
            }
        }
        List<Dim> dims = new ArrayList<>(in.dims());
        dims.set(in.rank() - 1, Dim.of(k));
        return new Signature(
                List.of(in),
                List.of(
                        new TensorSpec(
                                names.isEmpty() ? indices : labels,
                                names.isEmpty() ? DataType.INT64 : DataType.BYTES,
                                dims,
                                List.of(),
                                Optional.empty()),
                        new TensorSpec(scores, DataType.FP32, dims, List.of(), Optional.empty())));
    }

    @Override
    public Tensors apply(Tensors inputs) {
        Tensor tensor = inputs.get(input);
        int width = Numbers.width(input, tensor.shape());
        List<String> known = names;
        if (k > width || (!known.isEmpty() && known.size() != width)) {
            throw Numbers.badInput("the tensor '" + input + "' has " + width + " values a row, for k=" + k
                    + (known.isEmpty() ? "" : " and " + known.size() + " labels"));
        }
        float[] values = Numbers.floats(tensor);
        int rows = values.length / width;
        long[] places = new long[rows * k];
        float[] best = new float[rows * k];
        for (int row = 0; row < rows; row++) {
            select(values, row * width, width, places, best, row * k);
        }
        Shape shape = tensor.shape().with(tensor.shape().rank() - 1, k);
        Tensor found = Tensor.wrap(best, shape.toArray());
        return known.isEmpty()
                ? Tensors.of(indices, Tensor.wrap(places, shape.toArray()), scores, found)
                : Tensors.of(labels, named(known, places, shape), scores, found);
    }

    private static Tensor named(List<String> names, long[] places, Shape shape) {
        String[] found = new String[places.length];
        for (int i = 0; i < found.length; i++) {
            found[i] = names.get((int) places[i]);
        }
        return Tensor.of(found, shape.toArray());
    }

    /** Insertion into the k best so far: k is small, and most values are compared with the last of them only. */
    private void select(float[] values, int from, int width, long[] places, float[] best, int at) {
        int held = 0;
        for (int i = 0; i < width; i++) {
            float value = values[from + i];
            if (held == k && !larger(value, best[at + k - 1])) {
                continue;
            }
            int slot = held < k ? held++ : k - 1;
            while (slot > 0 && larger(value, best[at + slot - 1])) {
                best[at + slot] = best[at + slot - 1];
                places[at + slot] = places[at + slot - 1];
                slot--;
            }
            best[at + slot] = value;
            places[at + slot] = i;
        }
    }

    private static boolean larger(float value, float than) {
        return value > than || (Float.isNaN(than) && !Float.isNaN(value));
    }
}
