package io.maas.internal.schedule;

import io.maas.tensor.Tensors;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A caller's function that reads outputs where they lie. Runs once, on the caller's thread. */
final class Lending<R> {
    private final Function<? super Tensors, ? extends R> reader;
    private @Nullable LongSupplier before;
    private boolean read;
    private long readAt;
    private @Nullable R value;
    private @Nullable Throwable failure;

    Lending(Function<? super Tensors, ? extends R> reader) {
        this.reader = reader;
    }

    /**
     * Does something right before the outputs are read where the engine wrote them.
     *
     * @param action returns the time; null for nothing
     */
    void beforeReading(@Nullable LongSupplier action) {
        before = action;
    }

    /** When the outputs were read where the engine wrote them, if they were. */
    long readAt() {
        return readAt;
    }

    /** Reads the outputs. What the function throws is no failure of the engine's, and kept for {@link #value}. */
    @SuppressWarnings("CatchingUnchecked")
    void read(Tensors outputs) {
        read = true;
        if (before != null) {
            readAt = before.getAsLong();
        }
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
