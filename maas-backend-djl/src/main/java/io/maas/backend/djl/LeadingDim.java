package io.maas.backend.djl;

import io.maas.model.Dim;
import io.maas.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Names the first dimension of a model whose exporter left it without a name, as scikit-learn's does.
 *
 * <p>If the first dimension of every input and output varies, it is taken for the batch: unnamed ones get the name that
 * the others have, or {@code batch} if none has one. Where the others have several names, or one tensor has no first
 * dimension or a fixed one, nothing is named. A model of two inputs that vary independently and have no names is thereby
 * held to equal sizes; its exporter can name them.
 *
 * <p>A name that one tensor has twice promises nothing the second time: exporters write [batch, batch] for batch and
 * length, as in a widely used all-MiniLM-L6-v2.
 */
final class LeadingDim {
    private LeadingDim() {}

    /** Names the dimension, then learns how shapes of outputs follow from those of inputs. */
    static ModelInterface named(List<TensorSpec> inputs, List<Output> outputs) {
        Optional<Dim> name = name(inputs, outputs);
        List<TensorSpec> namedInputs = new ArrayList<>();
        inputs.forEach(spec -> namedInputs.add(named(spec, name)));
        List<Output> namedOutputs = new ArrayList<>();
        for (Output output : outputs) {
            TensorSpec spec = named(output.spec(), name);
            namedOutputs.add(
                    output instanceof Output.Maps maps
                            ? new Output.Maps(spec, maps.columns())
                            : new Output.Dense(spec, ShapeRule.of(spec, namedInputs)));
        }
        return new ModelInterface(namedInputs, namedOutputs);
    }

    private static Optional<Dim> name(List<TensorSpec> inputs, List<Output> outputs) {
        List<TensorSpec> all = Stream.concat(inputs.stream(), outputs.stream().map(Output::spec))
                .toList();
        TreeSet<String> names = new TreeSet<>();
        for (TensorSpec spec : all) {
            if (spec.rank() == 0 || spec.dims().get(0) instanceof Dim.Fixed) {
                return Optional.empty();
            }
            names.add(spec.dims().get(0).toString());
        }
        names.remove(Dim.ANY.toString());
        return switch (names.size()) {
            case 0 -> Optional.of(Dim.of("batch"));
            case 1 -> Optional.of(Dim.of(names.first()));
            default -> Optional.empty();
        };
    }

    private static TensorSpec named(TensorSpec spec, Optional<Dim> name) {
        List<Dim> dims = new ArrayList<>(spec.dims());
        for (int d = 1; d < dims.size(); d++) {
            if (dims.get(d) instanceof Dim.Named && dims.subList(0, d).contains(dims.get(d))) {
                dims.set(d, Dim.ANY);
            }
        }
        if (name.isPresent() && dims.get(0).equals(Dim.ANY)) {
            dims.set(0, name.get());
        }
        return new TensorSpec(spec.name(), spec.type(), dims, spec.labels(), spec.semantic());
    }
}
