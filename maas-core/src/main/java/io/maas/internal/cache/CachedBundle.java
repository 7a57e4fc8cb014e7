package io.maas.internal.cache;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.model.Names;
import io.maas.spi.ModelFiles;
import java.nio.file.Path;
import java.util.List;

/** A bundle that is laid out on the local disk. Closing it removes its names, not the content. */
public final class CachedBundle implements ModelFiles, AutoCloseable {
    private final Manifest manifest;
    private final Path root;

    CachedBundle(Manifest manifest, Path root) {
        this.manifest = manifest;
        this.root = root;
    }

    @Override
    public Manifest manifest() {
        return manifest;
    }

    @Override
    public Path root() {
        return root;
    }

    @Override
    public Path file(String path) {
        if (manifest.file(path).isEmpty()) {
            throw new InvalidInputException(
                    ErrorCode.PACKAGE_MISSING,
                    "use a file of " + manifest.name(),
                    "its manifest lists no '" + Names.shown(path) + "'",
                    "name one of "
                            + manifest.files().stream()
                                    .map(Manifest.FileEntry::path)
                                    .toList());
        }
        return root.resolve(path);
    }

    @Override
    public Path model() {
        List<String> weights = manifest.files().stream()
                .filter(file -> file.role() == Role.WEIGHTS)
                .map(Manifest.FileEntry::path)
                .toList();
        if (weights.size() == 1) {
            return root.resolve(weights.get(0));
        }
        String usual = "model." + manifest.format();
        if (weights.contains(usual)) {
            return root.resolve(usual);
        }
        throw new InvalidInputException(
                ErrorCode.PACKAGE_EMPTY,
                "find the file to load of " + manifest.name(),
                weights.isEmpty()
                        ? "no file has the role 'weights'"
                        : "several files have the role 'weights' and none is '" + usual + "', " + weights,
                "give the file to load the role 'weights', and name it '" + usual + "' if there are more");
    }

    @Override
    public void close() {
        BundleCache.deleteTree(root);
    }
}
