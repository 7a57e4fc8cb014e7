package io.maas.model;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.tensor.Shape;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a model takes and gives.
 *
 * @param inputs the inputs, in order
 * @param outputs the outputs, in order
 */
public record Signature(List<TensorSpec> inputs, List<TensorSpec> outputs) {
    /** Copies the lists. */
    public Signature {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** Returns the input of that name, if there is one. */
    public Optional<TensorSpec> input(String name) {
        return find(inputs, name);
    }

    /** Returns the output of that name, if there is one. */
    public Optional<TensorSpec> output(String name) {
        return find(outputs, name);
    }

    private static Optional<TensorSpec> find(List<TensorSpec> specs, String name) {
        return specs.stream().filter(spec -> spec.name().equals(name)).findFirst();
    }

    /**
     * Checks that {@code given} can be the inputs of one call.
     *
     * @throws InvalidInputException naming the tensor, the dimension, what was expected and what was given:
     *     {@link ErrorCode#TENSOR_MISSING}, {@link ErrorCode#TENSOR_UNKNOWN}, {@link ErrorCode#TENSOR_TYPE}, {@link
     *     ErrorCode#TENSOR_RANK}, {@link ErrorCode#TENSOR_DIM} or {@link ErrorCode#EMPTY_BATCH}
     */
    public void checkInputs(Tensors given) {
        check(inputs, given, "call the model");
    }

    /** Checks that {@code given} can be the outputs of one call; throws as {@link #checkInputs}. */
    public void checkOutputs(Tensors given) {
        check(outputs, given, "use the outputs");
    }

    private static void check(List<TensorSpec> specs, Tensors given, String doing) {
        Binding bound = null;
        for (int i = 0; i < specs.size(); i++) {
            TensorSpec spec = specs.get(i);
            // the usual caller gives the tensors in order, which spares the search
            Tensor tensor = i < given.size() && given.name(i).equals(spec.name())
                    ? given.get(i)
                    : given.find(spec.name()).orElse(null);
            if (tensor == null) {
                throw refused(
                        ErrorCode.TENSOR_MISSING,
                        doing,
                        "the tensor '" + spec.name() + "' is missing, given are " + given.names(),
                        "give " + spec);
            }
            bound = checkOne(spec, tensor, bound, doing);
        }
        if (given.size() != specs.size()) {
            for (String name : given.names()) {
                if (find(specs, name).isEmpty()) {
                    throw refused(
                            ErrorCode.TENSOR_UNKNOWN, doing, "there is no tensor '" + name + "'", "give only " + specs);
                }
            }
        }
    }

    /** What a name stands for in this call, and before it the others; a list of its own kind, as every call makes one. */
    private record Binding(
            String symbol,
            String tensor,
            int dim,
            long size,
            @Nullable Binding before) {}

    private static @Nullable Binding checkOne(TensorSpec spec, Tensor tensor, @Nullable Binding bound, String doing) {
        if (tensor.type() != spec.type()) {
            throw refused(
                    ErrorCode.TENSOR_TYPE,
                    doing,
                    "the tensor '" + spec.name() + "' has type " + tensor.type() + ", expected " + spec.type(),
                    "give " + spec);
        }
        Shape shape = tensor.shape();
        if (shape.rank() != spec.rank()) {
            throw refused(
                    ErrorCode.TENSOR_RANK,
                    doing,
                    "the tensor '" + spec.name() + "' has " + shape.rank() + " dimensions, " + shape + ", expected "
                            + spec.rank(),
                    "give " + spec);
        }
        Binding all = bound;
        for (int d = 0; d < shape.rank(); d++) {
            all = checkDim(spec, shape, d, all, doing);
        }
        return all;
    }

    private static @Nullable Binding checkDim(
            TensorSpec spec, Shape shape, int d, @Nullable Binding bound, String doing) {
        long size = shape.dim(d);
        if (size == 0) {
            throw refused(
                    d == 0 ? ErrorCode.EMPTY_BATCH : ErrorCode.TENSOR_DIM,
                    doing,
                    "dimension " + d + " of the tensor '" + spec.name() + "' is empty, its shape is " + shape,
                    "give at least one row");
        }
        Dim dim = spec.dims().get(d);
        if (dim instanceof Dim.Fixed fixed) {
            if (size != fixed.size()) {
                throw refused(
                        ErrorCode.TENSOR_DIM,
                        doing,
                        "dimension " + d + " of the tensor '" + spec.name() + "' is " + size + " in " + shape
                                + ", expected " + fixed.size(),
                        "give " + spec);
            }
        } else if (!dim.equals(Dim.ANY)) {
            return bind(((Dim.Named) dim).name(), spec, d, size, bound, doing);
        }
        return bound;
    }

    private static @Nullable Binding bind(
            String symbol, TensorSpec spec, int d, long size, @Nullable Binding bound, String doing) {
        for (Binding before = bound; before != null; before = before.before()) {
            if (!before.symbol().equals(symbol)) {
                continue;
            }
            if (before.size() != size) {
                throw refused(
                        ErrorCode.TENSOR_DIM,
                        doing,
                        "dimension " + d + " of the tensor '" + spec.name() + "' ('" + symbol + "') is " + size
                                + ", expected " + before.size() + " as in dimension " + before.dim() + " of '"
                                + before.tensor() + "'",
                        "give equal sizes where the signature has equal names");
            }
            return bound;
        }
        return new Binding(symbol, spec.name(), d, size, bound);
    }

    private static InvalidInputException refused(ErrorCode code, String doing, String why, String remedy) {
        return new InvalidInputException(code, doing, why, remedy);
    }

    /** Returns the signature in short, such as {@code image FP32[batch, 64] -> label INT64[batch]}. */
    @Override
    public String toString() {
        return join(inputs) + " -> " + join(outputs);
    }

    private static String join(List<TensorSpec> specs) {
        return String.join(", ", specs.stream().map(TensorSpec::toString).toList());
    }
}
