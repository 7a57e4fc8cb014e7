package io.maas.internal.serving;

import io.maas.model.Dim;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.util.Random;
import java.util.function.ToLongFunction;

/**
 * Makes up inputs that fit a signature, to warm models up and to measure them. The numbers follow from a fixed seed.
 * Integers are 0 or 1, which most vocabularies and masks have.
 */
final class SampleInputs {
    private static final String[] TEXTS = {
        "a short text", "a somewhat longer text, whose words do not matter much to anyone"
    };

    private static final int MOST = 1 << 24;

    private SampleInputs() {}

    /** One row, the {@code index}th of many that could be made. Free dimensions have the size 1. */
    static Tensors row(Signature signature, int index) {
        return row(signature, index, dim -> 1);
    }

    /** One row. The sizes of its free dimensions, rows apart, are asked for in their order. */
    static Tensors row(Signature signature, int index, ToLongFunction<Dim.Named> sizes) {
        Random random = new Random(31 + index);
        Tensors.Builder inputs = Tensors.builder();
        for (TensorSpec spec : signature.inputs()) {
            inputs.add(spec.name(), tensor(spec, random, index, sizes));
        }
        return inputs.build();
    }

    private static Tensor tensor(TensorSpec spec, Random random, int index, ToLongFunction<Dim.Named> sizes) {
        long[] dims = new long[spec.rank()];
        for (int d = 0; d < dims.length; d++) {
            dims[d] = spec.dims().get(d) instanceof Dim.Fixed fixed
                    ? fixed.size()
                    : isRows(spec, d)
                            ? 1
                            : sizes.applyAsLong((Dim.Named) spec.dims().get(d));
        }
        int elements = 1;
        for (long dim : dims) {
            elements = Math.multiplyExact(elements, Math.toIntExact(dim));
        }
        if (elements > MOST) {
            // what a package claims must not exhaust the host's memory; whoever asked goes on without an example
            throw new ArithmeticException("an example of " + spec + " would have " + elements + " elements");
        }
        Tensor flat;
        if (spec.type() == DataType.BYTES) {
            String[] texts = new String[elements];
            java.util.Arrays.fill(texts, TEXTS[index % TEXTS.length]);
            flat = Tensor.of(texts, elements);
        } else if (spec.type().isFloating()) {
            flat = Tensor.of(
                    spec.type(),
                    random.doubles(elements, -1, 1)
                            .map(value -> value * (1 + 3 * index))
                            .toArray(),
                    elements);
        } else {
            flat = Tensor.of(
                    spec.type(),
                    random.longs(elements, 0, 2)
                            .map(bit -> index == 0 ? 1 : bit)
                            .toArray(),
                    elements);
        }
        return flat.reshape(dims);
    }

    private static boolean isRows(TensorSpec spec, int dim) {
        Dim first = spec.dims().get(0);
        return dim == 0 || (!first.equals(Dim.ANY) && first.equals(spec.dims().get(dim)));
    }
}
