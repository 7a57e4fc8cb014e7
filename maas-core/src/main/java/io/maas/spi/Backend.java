package io.maas.spi;

import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import java.util.List;

/** An inference engine. Thread-safe. */
public interface Backend extends AutoCloseable {
    /** Returns the engine and its version, such as {@code onnxruntime 1.29.0}. */
    String engine();

    /**
     * Returns the devices that it can use on this host, the fastest first, such as {@code gpu:0} and {@code cpu}. They do not
     * change while it is open.
     */
    default List<String> devices() {
        return List.of("cpu");
    }

    /**
     * Loads a model. The files were checked against their digests; that says who made them, not that they are harmless.
     *
     * @throws InvalidInputException {@link io.maas.error.ErrorCode#MODEL_CORRUPT} if the engine refuses the model, {@link
     *     io.maas.error.ErrorCode#MODEL_UNSUPPORTED} if it uses something that tensors cannot carry
     * @throws UnavailableException if the device cannot take it now
     */
    LoadedModel load(ModelFiles files, Placement placement);

    /** Closes the backend; every model it loaded was closed before. Closing twice is harmless. */
    @Override
    void close();
}
