package io.maas.spi;

import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.model.Signature;

/**
 * A model that is ready to run. Thread-safe: {@link #infer} may be called by several threads at once. The platform never
 * calls {@link #close} while a call runs, nor {@link #infer} after it.
 */
public interface LoadedModel extends AutoCloseable {
    /** Returns what the engine takes and gives, as the engine tells it. */
    Signature signature();

    /**
     * Runs the model for the requests of {@code call} and hands it their outputs. Inputs fit {@link #signature()}.
     *
     * @throws InvalidInputException if the engine refuses the inputs
     * @throws UnavailableException {@link io.maas.error.ErrorCode#CANCELLED} if the call was stopped, {@link
     *     io.maas.error.ErrorCode#INFERENCE_FAILED} if the engine failed, {@link io.maas.error.ErrorCode#DEVICE_LOST}
     *     if its device can only be used again by another process, {@link io.maas.error.ErrorCode#OUT_OF_MEMORY} if
     *     the device has no memory for it
     */
    void infer(InferenceCall call);

    /** Returns about how much native memory it holds while idle, in bytes; 0 if unknown. */
    long nativeBytes();

    /** Frees what it holds. Closing twice is harmless. */
    @Override
    void close();
}
