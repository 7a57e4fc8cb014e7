package io.maas.internal.schedule;

import io.maas.tensor.Tensors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A caller's function that reads outputs where they lie. Runs once, on the caller's thread. */
final class Lending<R> {
    private final Function<? super Tensors, ? extends R> reader;
    private boolean read;
    private @Nullable R value;
    private @Nullable Throwable failure;

    Lending(Function<? super Tensors, ? extends R> reader) {
        this.reader = reader;
    }

    /** Reads the outputs. What the function throws is no failure of the engine's, and kept for {@link #value}. */
    @SuppressWarnings("CatchingUnchecked")
    void read(Tensors outputs) {
        read = true;
        try {
            value = outputs.lend(reader);
        } catch (Throwable e) {
            failure = e;
        }
    }

    boolean isRead() {
        return read;
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
