package io.maas.internal.transform;

import io.maas.model.Manifest.TransformStep;
import io.maas.spi.ModelFiles;
import io.maas.spi.Transform;
import io.maas.spi.TransformProvider;
import java.util.List;
import java.util.Optional;

/**
 * {@code top-k}: the largest values along the last dimension, the largest first, and where they stand.
 *
 * <p>Settings: {@code input}; {@code k}; {@code labelsFile}, a file of the package with one label a line, instead of the
 * labels that the input has by itself; {@code scores}, {@code labels} and {@code indices}, the names of the outputs.
 * There are labels, as BYTES, where something names the positions, and indices, as INT64, where nothing does.
 */
public final class TopKProvider implements TransformProvider {
    /** For {@link java.util.ServiceLoader}. */
    public TopKProvider() {}

    @Override
    public String name() {
        return "top-k";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public Transform create(TransformStep step, ModelFiles files) {
        StepSettings settings =
                StepSettings.of(step, version(), "input", "k", "labelsFile", "scores", "labels", "indices");
        Optional<List<String>> labels =
                settings.optionalText("labelsFile").map(path -> LabelsFile.read(settings, files, path));
        return new TopK(settings, labels);
    }
}
