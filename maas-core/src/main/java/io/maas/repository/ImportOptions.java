package io.maas.repository;

import io.maas.error.InvalidInputException;
import io.maas.model.ModelName;
import java.util.Optional;

/**
 * How to import a model. Immutable: each method returns a copy.
 *
 * @param name what to call the model; if empty, what the source calls it, or else its folder
 * @param version which version folder of a Triton model to take; if empty, the one with the highest number
 * @param weights the path, inside the source, of the file to take where there are several; if empty, the usual one
 * @param limits how large the source may be
 */
public record ImportOptions(
        Optional<ModelName> name, Optional<String> version, Optional<String> weights, PackageLimits limits) {
    /** Returns the defaults. */
    public static ImportOptions defaults() {
        return new ImportOptions(Optional.empty(), Optional.empty(), Optional.empty(), PackageLimits.standard());
    }

    /**
     * Names the model.
     *
     * @throws InvalidInputException {@link io.maas.error.ErrorCode#INVALID_NAME} if models cannot be called that
     */
    public ImportOptions name(String model) {
        return new ImportOptions(Optional.of(ModelName.of(model)), version, weights, limits);
    }

    /** Takes this version folder, such as {@code 3}. */
    public ImportOptions version(String folder) {
        return new ImportOptions(name, Optional.of(folder), weights, limits);
    }

    /** Takes this file, such as {@code onnx/model_quantized.onnx}. */
    public ImportOptions weights(String path) {
        return new ImportOptions(name, version, Optional.of(path), limits);
    }

    /** Sets how large the source may be. */
    public ImportOptions limits(PackageLimits most) {
        return new ImportOptions(name, version, weights, most);
    }
}
