package io.maas.internal.serving;

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
            if (!enough(wanted[i], given[i], atol, rtol)) {
                return false;
            }
        }
        return true;
    }

    private static boolean enough(double expected, double actual, double atol, double rtol) {
        if (!Double.isFinite(expected) || !Double.isFinite(actual)) {
            // the tolerance of an infinite number is infinite, so that everything would be close to it
            return Double.compare(expected, actual) == 0;
        }
        return Math.abs(expected - actual) <= atol + rtol * Math.abs(expected);
    }

    /** The largest finite magnitude, as a scale for absolute rounding. */
    static double scale(Tensor tensor) {
        return tensor.type().isFloating()
                ? Arrays.stream(tensor.toDoubles())
                        .map(Math::abs)
                        .filter(Double::isFinite)
                        .max()
                        .orElse(0)
                : 0;
    }

    /** The length of the difference by the length of what is expected; infinite for what is not numbers. */
    static double distance(Tensor expected, Tensor actual) {
        if (!expected.type().isFloating() || !expected.shape().equals(actual.shape())) {
            return Double.POSITIVE_INFINITY;
        }
        double[] wanted = expected.toDoubles();
        double[] given = actual.toDoubles();
        double difference = 0;
        double length = 0;
        for (int i = 0; i < wanted.length; i++) {
            difference += (wanted[i] - given[i]) * (wanted[i] - given[i]);
            length += wanted[i] * wanted[i];
        }
        // NaN, from infinities or zeros, counts as far apart
        double distance = Math.sqrt(difference / length);
        return distance >= 0 ? distance : Double.POSITIVE_INFINITY;
    }
}
