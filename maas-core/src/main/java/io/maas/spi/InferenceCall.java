package io.maas.spi;

import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.nio.ByteBuffer;

/**
 * One run of a model, for one request or for several whose rows lie one after the other. A backend sees it as one: it asks
 * for the inputs, runs, and hands over the outputs, once, all within {@link LoadedModel#infer}. Who gets which rows of them
 * is the platform's business, and so is padding.
 *
 * <p>Inputs are numbered as in {@link LoadedModel#signature()}. Not thread-safe, {@link #onStop} apart.
 */
public interface InferenceCall {
    /**
     * Returns the number of requests that this run is for, 1 or more. For models whose inputs have no rows in front, or must
     * not be mixed, it is 1.
     */
    int requests();

    /**
     * Returns the size of a dimension: of the first one the rows of all requests, of another one the largest that a request
     * has, to which the others are padded.
     *
     * @param input the number of the input
     * @param dim the number of the dimension
     */
    long dim(int input, int dim);

    /**
     * Tells whether an input lies outside the heap, and stays as it is until {@link LoadedModel#infer} returns: an engine may
     * then read it in place.
     *
     * @param input the number of the input
     */
    boolean isDirect(int input);

    /**
     * Returns an input. For a single request this is what the caller gave. For several, their rows are copied together onto the
     * heap each time: use {@link #copyTo} where the engine has memory of its own.
     *
     * @param input the number of the input
     */
    Tensor input(int input);

    /**
     * Appends the elements of an input to {@code target} in native byte order, padded as {@link #dim} says, and moves its
     * position. This is the only copy on the way in.
     *
     * @param input the number of the input
     * @throws InvalidInputException {@link io.maas.error.ErrorCode#TENSOR_TYPE} for BYTES, which has no such memory; take {@link #input}
     * @throws java.nio.BufferOverflowException if they do not fit
     */
    void copyTo(int input, ByteBuffer target);

    /**
     * Hands over the outputs of the run in the order of the signature. They belong to the platform from now on.
     *
     * @throws UnavailableException {@link io.maas.error.ErrorCode#INFERENCE_FAILED} if they do not have the rows of all
     *     requests in front
     */
    void complete(Tensors outputs);

    /**
     * Tells whether outputs that are lent are read in place, so that a backend which copies its memory for {@link #complete} would
     * do so for nothing.
     */
    boolean prefersLent();

    /**
     * As {@link #complete}, for outputs in memory that the backend will use again: what somebody waits for is copied before
     * this returns. This is the only copy on the way out.
     *
     * @throws UnavailableException as {@link #complete} does
     */
    void lend(Tensors outputs);

    /**
     * Says how to stop the run. {@code stop} is called at most once, by any thread, when nobody waits for the outputs any
     * more: at once if that is so already, and never after {@link LoadedModel#infer} has returned. An engine that cannot
     * be interrupted does not call this.
     */
    void onStop(Runnable stop);
}
