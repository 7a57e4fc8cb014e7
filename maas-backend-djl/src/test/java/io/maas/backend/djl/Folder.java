package io.maas.backend.djl;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.Manifest.FileEntry;
import io.maas.model.Manifest.Role;
import io.maas.spi.LoadedModel;
import io.maas.spi.ModelFiles;
import io.maas.spi.Placement;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A bundle in a folder, without the checks that a real one has gone through. */
record Folder(Path root) implements ModelFiles {
    /** Writes a model and loads it. */
    static LoadedModel load(Path root, byte[] model) {
        return new OnnxBackendProvider().open().load(new Folder(root).with("model.onnx", model), Placement.cpu());
    }

    Folder with(String path, byte[] content) {
        try {
            Files.write(root.resolve(path), content);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies a file from the class path. */
    Folder with(String path, String resource) {
        try (InputStream in = Objects.requireNonNull(Folder.class.getResourceAsStream(resource), resource)) {
            return with(path, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Manifest manifest() {
        List<FileEntry> entries = new ArrayList<>();
        try (var files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String path = root.relativize(file).toString().replace('\\', '/');
                Role role = path.endsWith(".onnx") ? Role.WEIGHTS : Role.CONFIG;
                entries.add(new FileEntry(path, role, Files.size(file), Digest.of(new byte[0])));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Manifest.builder("any", "onnx").files(entries).build();
    }

    @Override
    public Path file(String path) {
        if (manifest().file(path).isEmpty()) {
            throw new InvalidInputException(ErrorCode.PACKAGE_MISSING, "open a file", "no '" + path + "'", "list it");
        }
        return root.resolve(path);
    }

    @Override
    public Path model() {
        return root.resolve("model.onnx");
    }
}
