package io.maas.predict;

import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.model.Signature;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Calls whatever a reference points at. When an alias moves, the new version is loaded and warmed up while the old one
 * goes on answering; then new calls go to the new one, and the old one is closed when its last call has returned. No call
 * fails because of it.
 *
 * <p>A call runs on its caller's thread if the device is free. Otherwise it waits, together with others of the same model, and
 * they are run as one if the model allows it; see {@link io.maas.repository.ModelDetails.BatchInvariance}. An interrupt ends the
 * wait of a caller, not a run on his own thread.
 *
 * <p>All threads may share one predictor. Closing it twice is harmless, and calls that run when it is closed complete;
 * closing the platform closes it too.
 *
 * @param <I> what is given
 * @param <O> what is returned
 */
public interface Predictor<I, O> extends AutoCloseable {
    /**
     * Calls the model.
     *
     * @throws InvalidInputException if the input does not fit the signature; the message names the tensor
     * @throws UnavailableException if the model cannot serve, or this was closed
     */
    O predict(I input);

    /**
     * Calls the model, and lends what it returned to a function: tensors that are not copied where that can be spared, and cannot
     * be read any more once the function has returned. For large outputs of which little is kept. The engine's memory is
     * held until then, and the device is not: the function may call models. What takes long belongs after it.
     *
     * @param reader reads what the model returned; what it throws is thrown
     * @return what {@code reader} returns
     * @throws InvalidInputException if the input does not fit the signature; the message names the tensor
     * @throws UnavailableException if the model cannot serve, or this was closed
     */
    <R> R predict(I input, Function<? super O, ? extends R> reader);

    /**
     * Calls the model, and tells which version answered.
     *
     * @throws InvalidInputException if the input does not fit the signature; the message names the tensor
     * @throws io.maas.error.OverloadedException if so much waits that the call would be too late
     * @throws io.maas.error.DeadlineExceededException if the deadline passed
     * @throws io.maas.error.CancelledException if its cancellation happened, or the thread was interrupted while it waited
     * @throws UnavailableException if the model cannot serve, or this was closed
     */
    Prediction<O> call(I input, CallOptions options);

    /**
     * Calls the model on a thread of the platform. Cancelling the future ends the call where the engine can be
     * interrupted, and drops its result where it cannot. Dependent stages run on threads of the platform that do nothing else, or on
     * that of whoever adds them: those that block belong in the {@code Async} variants.
     *
     * @return a future that fails with what {@link #call} would throw
     */
    CompletableFuture<Prediction<O>> callAsync(I input, CallOptions options);

    /** Returns the signature of the version that serves now. */
    Signature signature();

    /**
     * Returns this predictor with records for tensors: the components of {@code input} are the inputs of the model and
     * those of {@code output} its outputs, by name. A component's type is that of its tensor: {@code float}, {@code long},
     * {@code String} and so on for one element of a row, an array of it for a row, an array of arrays for tensors of more
     * dimensions. The batch dimension, if there is one, is 1.
     *
     * <p>The result shares this predictor's life: closing either closes both.
     *
     * @throws InvalidInputException {@link io.maas.error.ErrorCode#MAPPING} if a component has no tensor or another type,
     *     or if the records cannot be accessed
     */
    <A extends Record, B extends Record> Predictor<A, B> as(Class<A> input, Class<B> output);

    /** As {@link #as(Class, Class)}, for records that only {@code lookup} can access. */
    <A extends Record, B extends Record> Predictor<A, B> as(
            Class<A> input, Class<B> output, MethodHandles.Lookup lookup);

    @Override
    void close();
}
