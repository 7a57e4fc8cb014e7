package io.maas.spi;

import io.maas.error.InvalidInputException;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.tensor.Tensors;
import java.util.Map;

/**
 * A step before or after the engine. Thread-safe.
 *
 * <p>A step before the engine turns what callers give into what the engine or the next step needs. A step after it turns
 * what the engine or the step before gave into something else; it may also read what steps before the engine made, such
 * as a mask.
 */
public interface Transform extends AutoCloseable {
    /**
     * Returns what it takes and gives.
     *
     * @param available the tensors that exist at this point, by name; for a first step before the engine none
     * @throws InvalidInputException {@link io.maas.error.ErrorCode#BAD_TRANSFORM} if it needs something else
     */
    Signature signature(Map<String, TensorSpec> available);

    /**
     * Does its work.
     *
     * @param inputs exactly the tensors of {@link #signature}'s inputs
     * @return exactly the tensors of its outputs
     * @throws InvalidInputException {@link io.maas.error.ErrorCode#BAD_INPUT} if it cannot work on them
     */
    Tensors apply(Tensors inputs);

    /**
     * Returns what fills up its outputs where rows of different lengths are put together, by the name of the output. Outputs
     * that may not be filled up are not in it. Where a step before the engine says nothing, the platform runs together only
     * rows of equal lengths.
     */
    default Map<String, Double> padding() {
        return Map.of();
    }

    /** Frees what it holds. Called once, after the last use. */
    @Override
    default void close() {}
}
