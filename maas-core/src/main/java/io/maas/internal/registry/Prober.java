package io.maas.internal.registry;

import io.maas.error.InvalidInputException;
import io.maas.model.Manifest;
import io.maas.repository.ModelDetails;

/** Finds out about a model by loading it, before it is committed. */
public interface Prober {
    /**
     * Loads the version's files on its engine, and measures.
     *
     * @throws InvalidInputException if the model is refused
     */
    ModelDetails.Probe probe(Manifest manifest, VersionState version);
}
