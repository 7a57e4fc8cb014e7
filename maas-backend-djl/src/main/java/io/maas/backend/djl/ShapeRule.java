package io.maas.backend.djl;

import io.maas.model.Dim;
import io.maas.model.TensorSpec;
import io.maas.spi.InferenceCall;
import io.maas.tensor.DataType;
import java.util.List;
import java.util.Optional;

/** How an output's shape follows from the shapes of the inputs, where it does: its memory can then be there beforehand. */
final class ShapeRule {
    /** One dimension: a size, or where to look it up. */
    private record Source(long size, int input, int dim) {}

    private final Source[] sources;

    private ShapeRule(Source[] sources) {
        this.sources = sources;
    }

    static Optional<ShapeRule> of(TensorSpec output, List<TensorSpec> inputs) {
        // An output that is an input by name is handed through by the engine, which then writes no memory of ours.
        boolean handedThrough = inputs.stream().anyMatch(in -> in.name().equals(output.name()));
        if (handedThrough || output.type() == DataType.BYTES) {
            return Optional.empty();
        }
        Source[] sources = new Source[output.rank()];
        for (int i = 0; i < sources.length; i++) {
            Optional<Source> source = source(output.dims().get(i), inputs);
            if (source.isEmpty()) {
                return Optional.empty();
            }
            sources[i] = source.get();
        }
        return Optional.of(new ShapeRule(sources));
    }

    private static Optional<Source> source(Dim dim, List<TensorSpec> inputs) {
        if (dim instanceof Dim.Fixed fixed) {
            return Optional.of(new Source(fixed.size(), -1, -1));
        }
        for (int i = 0; i < inputs.size() && !dim.equals(Dim.ANY); i++) {
            int at = inputs.get(i).dims().indexOf(dim);
            if (at >= 0) {
                return Optional.of(new Source(0, i, at));
            }
        }
        return Optional.empty();
    }

    int rank() {
        return sources.length;
    }

    /** Returns the size of one dimension for the inputs of a call. */
    long dim(int index, InferenceCall call) {
        Source source = sources[index];
        return source.input < 0 ? source.size : call.dim(source.input, source.dim);
    }
}
