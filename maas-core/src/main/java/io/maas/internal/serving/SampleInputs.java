package io.maas.internal.serving;

import io.maas.model.Dim;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.util.Random;

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
        return row(signature, index, 1);
    }

    /** One row whose free dimensions have this size. */
    static Tensors row(Signature signature, int index, long size) {
        Random random = new Random(31 + index);
        Tensors.Builder inputs = Tensors.builder();
        for (TensorSpec spec : signature.inputs()) {
            inputs.add(spec.name(), tensor(spec, random, index, size));
        }
        return inputs.build();
    }

    private static Tensor tensor(TensorSpec spec, Random random, int index, long size) {
        long[] dims = spec.dims().stream()
                .mapToLong(dim -> dim instanceof Dim.Fixed fixed ? fixed.size() : size)
                .toArray();
        if (dims.length > 0 && spec.dims().get(0) instanceof Dim.Named) {
            dims[0] = 1;
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
}
