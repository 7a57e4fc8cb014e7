package io.maas.model;

import io.maas.tensor.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * What one input or output of a model looks like.
 *
 * @param name its name
 * @param type its element type
 * @param dims its dimensions, outermost first
 * @param labels what the positions along the last dimension stand for, such as the names of classes; empty if unknown
 * @param semantic what it means, for people
 */
public record TensorSpec(String name, DataType type, List<Dim> dims, List<String> labels, Optional<String> semantic) {
    /** Copies the lists. */
    public TensorSpec {
        dims = List.copyOf(dims);
        labels = List.copyOf(labels);
    }

    /**
     * Returns a specification without labels or meaning.
     *
     * @param dims each a {@link Dim}, an {@code int} or {@code long}, or a {@code String}
     */
    public static TensorSpec of(String name, DataType type, Object... dims) {
        List<Dim> list = new ArrayList<>(dims.length);
        for (Object dim : dims) {
            if (dim instanceof Dim ready) {
                list.add(ready);
            } else if (dim instanceof Integer || dim instanceof Long) {
                list.add(Dim.of(((Number) dim).longValue()));
            } else {
                list.add(Dim.of(dim.toString()));
            }
        }
        return new TensorSpec(name, type, list, List.of(), Optional.empty());
    }

    /** Returns this under another name. */
    public TensorSpec named(String other) {
        return new TensorSpec(other, type, dims, labels, semantic);
    }

    /** Returns this with other labels. */
    public TensorSpec labelled(List<String> others) {
        return new TensorSpec(name, type, dims, others, semantic);
    }

    /** Returns the number of dimensions. */
    public int rank() {
        return dims.size();
    }

    /** Returns the specification in short, such as {@code image FP32[batch, 64]}. */
    @Override
    public String toString() {
        StringJoiner shown = new StringJoiner(", ", name + " " + type + "[", "]");
        dims.forEach(dim -> shown.add(dim.toString()));
        return shown.toString();
    }
}
