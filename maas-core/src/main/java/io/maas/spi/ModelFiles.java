package io.maas.spi;

import io.maas.error.InvalidInputException;
import io.maas.model.Manifest;
import java.nio.file.Path;

/** The files of a bundle, laid out in a local folder under their own names. Each was checked against its digest. */
public interface ModelFiles {
    /** Returns what the package says about itself. */
    Manifest manifest();

    /** Returns the folder. Nothing in it may be changed. */
    Path root();

    /**
     * Returns a file of the bundle.
     *
     * @param path its path as the manifest lists it
     * @throws InvalidInputException {@link io.maas.error.ErrorCode#PACKAGE_MISSING} if the manifest does not list it
     */
    Path file(String path);

    /**
     * Returns the file to load: the only one with the role {@code weights}, or the one of them that has the usual name
     * of its format, such as {@code model.onnx}.
     *
     * @throws InvalidInputException {@link io.maas.error.ErrorCode#PACKAGE_EMPTY} if there is none
     */
    Path model();
}
