package io.maas.spi;

import io.maas.tensor.Tensors;

/**
 * One run of a model, for one request or for several that are run together. A backend asks for the inputs, runs, and
 * hands over the outputs, all within {@link LoadedModel#infer}.
 */
public interface InferenceCall {
    /** Returns the number of requests, 1 or more. */
    int requests();

    /**
     * Returns the inputs of a request.
     *
     * @param request from 0 to {@code requests() - 1}
     */
    Tensors inputs(int request);

    /**
     * Takes the outputs of a request, which from then on belong to whoever made the request. Called once for each.
     *
     * @param request from 0 to {@code requests() - 1}
     */
    void complete(int request, Tensors outputs);

    /**
     * Says how to stop the run. {@code stop} is called at most once, by any thread, when nobody waits for the outputs any
     * more: at once if that is so already, and never after {@link LoadedModel#infer} has returned. An engine that cannot
     * be interrupted does not call this.
     */
    void onStop(Runnable stop);
}
