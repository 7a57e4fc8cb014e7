package io.maas.internal.registry;

import io.maas.internal.log.Op;
import io.maas.repository.Commit;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A change that somebody asks for. What exactly it does is decided against the state just before its commit, and again
 * each time another process was faster.
 *
 * @param token identifies it
 * @param intent a short digest of what is asked for
 * @param actor who asks
 * @param reason why
 * @param decide what to do in a given state; throws to refuse
 * @param result what to tell the caller about the commit
 * @param <T> what the caller is told
 */
record Proposal<T>(
        String token,
        String intent,
        String actor,
        Optional<String> reason,
        Function<Draft, Decision<T>> decide,
        BiFunction<Commit, List<Op>, T> result) {
    /** What to do. */
    sealed interface Decision<T> {
        /** Commit these. */
        record Write<T>(List<Op> ops) implements Decision<T> {}

        /** Nothing: it is so already. */
        record Already<T>(T result) implements Decision<T> {}
    }
}
