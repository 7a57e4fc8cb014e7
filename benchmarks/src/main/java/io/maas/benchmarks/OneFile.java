package io.maas.benchmarks;

import io.maas.model.Manifest;
import io.maas.spi.ModelFiles;
import java.nio.file.Path;

/**
 * A bundle that is one file.
 *
 * @param model the file
 */
public record OneFile(Path model) implements ModelFiles {
    @Override
    public Manifest manifest() {
        return Manifest.builder("benchmark", "onnx").build();
    }

    @Override
    public Path root() {
        return model.toAbsolutePath().getRoot();
    }

    @Override
    public Path file(String path) {
        return root().resolve(path);
    }
}
