package io.maas.internal.serving;

import io.maas.internal.schedule.Call;
import io.maas.model.Signature;
import io.maas.monitor.CacheStats;
import io.maas.tensor.Tensors;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A version that is ready to answer: an engine's model with its transforms, or a pipeline of others. Thread-safe. */
interface Servable {
    /** What callers give and get. */
    Signature signature();

    /** The rows of a call; 1 where inputs have none. */
    long rows(Tensors inputs);

    /** About how much native memory it takes while idle, in bytes; 0 if it is not known. */
    long nativeBytes();

    /** How often an answer was there already; nothing where none is kept. */
    default CacheStats cacheStats() {
        return CacheStats.none();
    }

    /**
     * Refuses a call that would come too late, if that can be told at once.
     *
     * @throws io.maas.error.OverloadedException if it would
     */
    void requireTime(Call call, long now);

    /** Answers a call; throws what {@link io.maas.predict.Predictor#call} does. */
    Tensors answer(Tensors inputs, Call call);

    /** Answers a call whose outputs are read and not kept. */
    default <R> R answer(Tensors inputs, Call call, Function<? super Tensors, ? extends R> reader) {
        return answer(inputs, call).lend(reader);
    }

    /**
     * Answers a call without holding a thread while it waits.
     *
     * @param inputs not changed before the result is there
     * @param stages run what is to be done before and after the engine
     * @return fails with what {@link #answer} throws
     */
    CompletableFuture<Tensors> answerLater(Tensors inputs, Call call, Stages stages);

    /**
     * Is held by one more who serves it, maybe after something else took its place: makes sure that it can answer, as if it were new.
     *
     * @throws io.maas.error.MaasException if it cannot
     */
    default void held() {}

    /** Answers all the same, after something else took its place for others. */
    default void revive() {}

    /** Is what answers again, if it had made way for something else that did not take its place. */
    default void resume() {}

    /** Answers from now on: what made way for it while it was loaded, and was not replaced, comes back. */
    default void settled() {}

    /** Something else answers instead, if this had made way for it: calls that wait end with {@link Moved}. */
    default void moved() {}

    /** Takes no more calls, frees everything once nothing runs any more, and then calls {@code closed}, on any thread. */
    void retire(Runnable closed);
}
