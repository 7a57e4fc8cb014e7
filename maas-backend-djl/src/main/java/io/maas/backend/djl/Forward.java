package io.maas.backend.djl;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.maas.model.Signature;
import io.maas.spi.InferenceCall;

/** How an engine of DJL runs a model once. Thread-safe. */
interface Forward {
    /**
     * Runs the model.
     *
     * @param signature what it takes, in order
     * @param run owns all that is made for this run; the outputs may live as long
     * @return the outputs in order, without names
     */
    NDList run(InferenceCall call, Signature signature, NDManager run);
}
