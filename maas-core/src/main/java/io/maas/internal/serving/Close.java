package io.maas.internal.serving;

import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import java.util.Arrays;

/** Tells whether two tensors are equal but for rounding. */
final class Close {
    private Close() {}

    /**
     * Numbers are close if they differ by at most {@code atol + rtol * |expected|}, as in NumPy; everything else must be
     * equal.
     */
    static boolean enough(Tensor expected, Tensor actual, double atol, double rtol) {
        if (expected.type() != actual.type() || !expected.shape().equals(actual.shape())) {
            return false;
        }
        if (!expected.type().isFloating()) {
            return expected.equals(actual);
        }
        double[] wanted = expected.toDoubles();
        double[] given = actual.toDoubles();
        for (int i = 0; i < wanted.length; i++) {
            boolean same = Double.compare(wanted[i], given[i]) == 0;
            if (!same && !(Math.abs(wanted[i] - given[i]) <= atol + rtol * Math.abs(wanted[i]))) {
                return false;
            }
        }
        return true;
    }

    /** The largest magnitude, as a scale for absolute rounding. */
    static double scale(Tensor tensor) {
        return tensor.type().isFloating() && tensor.type() != DataType.BYTES
                ? Arrays.stream(tensor.toDoubles()).map(Math::abs).max().orElse(0)
                : 0;
    }
}
