package io.maas.http.internal.inference;

import io.maas.predict.Priority;
import io.maas.tensor.Tensors;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a client asks a model for.
 *
 * @param id comes back with the answer
 * @param outputs those that are wanted; all if there are none
 * @param binary whether outputs for which nothing else is said come as bytes
 * @param timeout how long the client will wait, if it said so
 * @param key calls of one key go to the same version, where traffic is split
 */
record InferRequest(
        Optional<String> id,
        Tensors inputs,
        List<Wanted> outputs,
        boolean binary,
        Optional<Duration> timeout,
        Priority priority,
        Optional<String> key) {
    InferRequest {
        outputs = List.copyOf(outputs);
    }

    /**
     * An output that is wanted.
     *
     * @param binary whether it comes as bytes; empty if the request decides
     */
    record Wanted(String name, Optional<Boolean> binary) {}

    /** Tells whether an output comes as bytes. */
    boolean isBinary(Wanted wanted) {
        return wanted.binary().orElse(binary);
    }
}
