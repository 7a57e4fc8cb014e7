package io.maas.internal.serving;

import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;

/** About how much memory tensors take. */
final class HeldBytes {
    /** The array around a text. */
    private static final long OF_TEXT = 16;

    private HeldBytes() {}

    static long of(Tensors tensors) {
        long sum = 0;
        for (int i = 0; i < tensors.size(); i++) {
            sum += of(tensors.get(i));
        }
        return sum;
    }

    static long of(Tensor tensor) {
        return tensor.byteSize() + (tensor.type() == DataType.BYTES ? OF_TEXT * tensor.elements() : 0);
    }
}
