package io.maas.internal.serving;

import io.maas.model.Manifest;
import io.maas.spi.ModelFiles;
import java.nio.file.Path;

/** Files of a bundle that nobody reads, for tests of what only looks at the manifest. */
record Bundles(Manifest manifest) implements ModelFiles {
    @Override
    public Path root() {
        throw new AssertionError("nobody should look for files");
    }

    @Override
    public Path file(String path) {
        throw new AssertionError("nobody should look for " + path);
    }

    @Override
    public Path model() {
        throw new AssertionError("nobody should look for the model");
    }
}
