package io.maas.repository;

import io.maas.model.Manifest;
import io.maas.model.Signature;
import java.util.Optional;

/**
 * What is known about a version: what its package says, and what was found out when it was registered.
 *
 * @param version the version
 * @param manifest what its package says
 * @param probe what its engine said; empty if it was registered without an engine
 */
public record ModelDetails(ModelVersion version, Manifest manifest, Optional<Probe> probe) {
    /**
     * What the engine said.
     *
     * @param engine the engine and its version
     * @param engineSignature what the engine takes and gives
     * @param signature what a caller gives and gets, the transforms included
     * @param batchInvariance whether rows may be run together
     */
    public record Probe(
            String engine, Signature engineSignature, Signature signature, BatchInvariance batchInvariance) {}

    /** Whether the result for a row is the same whichever rows it is run with. */
    public enum BatchInvariance {
        /** Measured: equal within rounding. */
        INVARIANT,
        /** Measured: it is not, as with dynamically quantised models. Rows are run alone. */
        VARIANT,
        /** The model has no batch dimension in all of its inputs and outputs. Rows are run alone. */
        NOT_BATCHED,
        /** It could not be measured: the model could not be run on made-up inputs. Rows are run alone. */
        UNKNOWN
    }
}
