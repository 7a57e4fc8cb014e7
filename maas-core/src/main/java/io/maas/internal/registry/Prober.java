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

    /**
     * Loads a registered version, or takes it where it is loaded already, and runs its self-tests.
     *
     * @throws InvalidInputException if it does not answer as it promises
     */
    Trial tryOut(VersionState version);

    /** A model that was tried out and stays loaded until this is closed. */
    interface Trial extends AutoCloseable {
        /** Returns what was done, for people. */
        String finding();

        @Override
        void close();
    }
}
