package io.maas.internal.serving;

import io.maas.model.Signature;
import io.maas.tensor.Tensors;

/** A version that is ready to answer: an engine's model with its transforms, or a pipeline of others. Thread-safe. */
interface Servable extends AutoCloseable {
    /** What callers give and get. */
    Signature signature();

    /** Answers a call; throws what {@link io.maas.predict.Predictor#call} does. */
    Tensors answer(Tensors inputs, Call call);

    @Override
    void close();
}
