package io.maas.internal.transform;

import io.maas.model.Manifest.TransformStep;
import io.maas.spi.ModelFiles;
import io.maas.spi.Transform;
import io.maas.spi.TransformProvider;

/**
 * {@code mean-pool}: the mean of the vectors of a sequence, those that a mask leaves out not counted. Settings: {@code
 * input}, a {@code [batch, length, width]} tensor; {@code mask}, a {@code [batch, length]} one, {@code attention_mask} by
 * default; {@code output}, the input's name by default.
 */
public final class MeanPoolProvider implements TransformProvider {
    /** For {@link java.util.ServiceLoader}. */
    public MeanPoolProvider() {}

    @Override
    public String name() {
        return "mean-pool";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public Transform create(TransformStep step, ModelFiles files) {
        return new MeanPool(step);
    }
}
