package io.maas.repository;

import io.maas.model.Manifest;
import io.maas.model.Signature;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known about a version: what its package says, and what was found out when it was registered.
 *
 * @param version the version
 * @param manifest what its package says
 * @param probe what its engine said; empty if it was registered without an engine
 * @param standing where it is in its life
 * @param approvals the approvals that stand, by whom and when
 * @param traffic the traffic of the aliases that give it a share, or copies, by alias
 */
public record ModelDetails(
        ModelVersion version,
        Manifest manifest,
        Optional<Probe> probe,
        Standing standing,
        List<Commit> approvals,
        Map<String, Traffic> traffic) {
    /** Copies the collections. */
    public ModelDetails {
        approvals = List.copyOf(approvals);
        traffic = Map.copyOf(traffic);
    }

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
        /** Measured: equal within rounding. Rows may be run together. */
        INVARIANT,
        /**
         * Measured: nearly, but not within rounding, as with dynamically quantised models. Rows are run alone, so that the
         * answer for a row does not depend on how callers group rows.
         */
        VARIANT,
        /**
         * Measured: not at all. What looks like rows belongs together, such as the steps of a sequence. Calls are run as they
         * are given, and never with others.
         */
        DEPENDENT,
        /** The model has no batch dimension in all of its inputs and outputs. Calls are run as they are given. */
        NOT_BATCHED,
        /** It could not be measured: the model could not be run on made-up inputs. Calls are run as they are given. */
        UNKNOWN
    }
}
