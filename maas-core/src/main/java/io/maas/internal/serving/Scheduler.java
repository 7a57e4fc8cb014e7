package io.maas.internal.serving;

import io.maas.spi.LoadedModel;
import io.maas.tensor.Tensors;

/** Decides when and where an engine runs. Batching, admission and fairness between models belong here. */
interface Scheduler {
    /**
     * Runs the model for a call, and returns its outputs.
     *
     * @param model leased by the caller for as long as this takes
     */
    Tensors run(LoadedModel model, Tensors inputs, Call call);
}
