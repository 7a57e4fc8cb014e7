package io.maas.internal.serving;

import io.maas.tensor.Tensors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A caller's function that reads an answer. What it throws is its caller's, and no failure of the model. */
final class Reading<R> {
    private final Function<? super Tensors, ? extends R> reader;
    private @Nullable R value;
    private @Nullable Throwable failure;

    Reading(Function<? super Tensors, ? extends R> reader) {
        this.reader = reader;
    }

    /** Reads; always returns true. */
    boolean read(Tensors answer) {
        try {
            value = reader.apply(answer);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        return true;
    }

    /** What the function returned, or throws what it threw. */
    @SuppressWarnings("NullAway") // a function may return null, and its caller gets it
    R value() {
        if (failure instanceof RuntimeException e) {
            throw e;
        } else if (failure instanceof Error e) {
            throw e;
        }
        return value;
    }
}
