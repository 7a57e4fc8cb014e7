package io.maas.internal.transform;

import io.maas.model.Manifest.TransformStep;
import io.maas.spi.ModelFiles;
import io.maas.spi.Transform;
import io.maas.spi.TransformProvider;

/**
 * {@code softmax}: turns scores into probabilities along the last dimension. Settings: {@code input}, and {@code output},
 * which is the input's name by default.
 */
public final class SoftmaxProvider implements TransformProvider {
    /** For {@link java.util.ServiceLoader}. */
    public SoftmaxProvider() {}

    @Override
    public String name() {
        return "softmax";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public Transform create(TransformStep step, ModelFiles files) {
        return new RowTransform(step, SoftmaxProvider::softmax);
    }

    private static void softmax(float[] values, int from, int to) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            max = Math.max(max, values[i]);
        }
        // Taking the largest off first keeps exp from overflowing; the quotient stays the same.
        double sum = 0;
        for (int i = from; i < to; i++) {
            double power = max == Float.NEGATIVE_INFINITY ? 1 : Math.exp((double) values[i] - max);
            values[i] = (float) power;
            sum += power;
        }
        for (int i = from; i < to; i++) {
            values[i] = (float) (values[i] / sum);
        }
    }
}
