package io.maas.backend.djl;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.Manifest.FileEntry;
import io.maas.model.Manifest.Role;
import io.maas.model.Manifest.SelfTest;
import io.maas.model.TensorSpec;
import io.maas.spi.Backend;
import io.maas.spi.LoadedModel;
import io.maas.spi.ModelFiles;
import io.maas.spi.Placement;
import io.maas.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/** A TorchScript bundle in a folder, without the checks that a real one has gone through. */
record TorchFolder(Path root, Manifest manifest) implements ModelFiles {
    static final SelfTest ANY =
            new SelfTest(Tensors.builder().build(), Tensors.builder().build(), 0, 0, OptionalDouble.empty());

    static LoadedModel load(Path root, byte[] model, List<TensorSpec> inputs, List<TensorSpec> outputs) {
        return open().load(of(root, model, inputs, outputs), Placement.cpu());
    }

    static Backend open() {
        return new TorchBackendProvider().open();
    }

    static TorchFolder of(Path root, byte[] model, List<TensorSpec> inputs, List<TensorSpec> outputs) {
        Manifest.Builder manifest = Manifest.builder("any", "torchscript");
        inputs.forEach(manifest::input);
        outputs.forEach(manifest::output);
        manifest.selfTest(ANY);
        return of(root, model, manifest);
    }

    static TorchFolder of(Path root, byte[] model, Manifest.Builder manifest) {
        try {
            Files.write(root.resolve("model.pt"), model);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        FileEntry entry = new FileEntry("model.pt", Role.WEIGHTS, model.length, Digest.of(model));
        return new TorchFolder(root, manifest.files(List.of(entry)).build());
    }

    @Override
    public Path file(String path) {
        if (manifest.file(path).isEmpty()) {
            throw new InvalidInputException(ErrorCode.PACKAGE_MISSING, "open a file", "no '" + path + "'", "list it");
        }
        return root.resolve(path);
    }

    @Override
    public Path model() {
        return root.resolve("model.pt");
    }
}
