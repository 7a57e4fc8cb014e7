package io.maas.spi;

import io.maas.error.InvalidInputException;
import io.maas.model.Manifest.TransformStep;

/** Makes transforms of one name. Found as a service. Thread-safe. */
public interface TransformProvider {
    /** Returns the name that manifests use. */
    String name();

    /** Returns the newest version it makes; it makes all from 1 on. */
    int version();

    /**
     * Makes a transform.
     *
     * @param step the settings
     * @param files the bundle that asks for it; settings may name files of it
     * @throws InvalidInputException {@link io.maas.error.ErrorCode#BAD_TRANSFORM} if the settings are not understood
     */
    Transform create(TransformStep step, ModelFiles files);
}
