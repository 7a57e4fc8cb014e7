package io.maas.internal.transform;

import io.maas.model.Manifest.TransformStep;
import io.maas.spi.ModelFiles;
import io.maas.spi.Transform;
import io.maas.spi.TransformProvider;

/**
 * {@code l2-normalize}: scales vectors along the last dimension to length 1; a vector of zeros stays one. Settings:
 * {@code input}, and {@code output}, which is the input's name by default.
 */
public final class L2NormalizeProvider implements TransformProvider {
    /** For {@link java.util.ServiceLoader}. */
    public L2NormalizeProvider() {}

    @Override
    public String name() {
        return "l2-normalize";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public Transform create(TransformStep step, ModelFiles files) {
        return new RowTransform(step, L2NormalizeProvider::normalize);
    }

    private static void normalize(float[] values, int from, int to) {
        // In double precision, so that squares of large floats do not overflow.
        double squares = 0;
        for (int i = from; i < to; i++) {
            squares += (double) values[i] * values[i];
        }
        double length = Math.sqrt(squares);
        if (length == 0) {
            return;
        }
        for (int i = from; i < to; i++) {
            values[i] = (float) (values[i] / length);
        }
    }
}
