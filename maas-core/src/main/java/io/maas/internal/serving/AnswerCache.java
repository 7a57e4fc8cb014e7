package io.maas.internal.serving;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.maas.internal.schedule.Call;
import io.maas.model.Manifest.Caching;
import io.maas.model.Signature;
import io.maas.monitor.CacheStats;
import io.maas.tensor.Tensors;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers of one bundle by their inputs, for packages that ask for it. Calls with the inputs of one that runs wait for its
 * answer; if that one fails, or its caller gives up, each runs by itself, since the reason may have been its own. Answers are
 * immutable, so that all callers get the same.
 */
final class AnswerCache implements Servable {
    /** What an entry takes beside its tensors, about: the key, the objects around them, and what the cache needs. */
    private static final int OVERHEAD = 400;

    private final Servable model;
    private final Cache<InputKey, Tensors> answers;
    private final ConcurrentHashMap<InputKey, CompletableFuture<Tensors>> running = new ConcurrentHashMap<>();
    private final LongAdder hits = new LongAdder();
    private final LongAdder joined = new LongAdder();
    private final LongAdder misses = new LongAdder();

    /** Takes over the model. */
    AnswerCache(Servable model, Caching settings) {
        this.model = model;
        Caffeine<InputKey, Tensors> builder = Caffeine.newBuilder()
                .executor(Runnable::run)
                .maximumWeight((long) settings.maxMb() << 20)
                .weigher((key, answer) -> weight(answer));
        if (settings.seconds().isPresent()) {
            builder.expireAfterWrite(Duration.ofSeconds(settings.seconds().getAsInt()));
        }
        this.answers = builder.build();
    }

    private static int weight(Tensors answer) {
        long bytes = OVERHEAD;
        for (int i = 0; i < answer.size(); i++) {
            bytes += OVERHEAD / 4 + HeldBytes.of(answer.get(i));
        }
        return (int) Math.min(Integer.MAX_VALUE, bytes);
    }

    @Override
    public Signature signature() {
        return model.signature();
    }

    @Override
    public long rows(Tensors inputs) {
        return model.rows(inputs);
    }

    @Override
    public long nativeBytes() {
        return model.nativeBytes();
    }

    @Override
    public void requireTime(Call call, long now) {
        // the answer may be there already
    }

    @Override
    public Tensors answer(Tensors inputs, Call call) {
        model.signature().checkInputs(inputs); // what is not a good input has no answer to look for
        InputKey key = InputKey.of(inputs);
        Tensors known = answers.getIfPresent(key);
        if (known != null) {
            hits.increment();
            return known;
        }
        CompletableFuture<Tensors> mine = new CompletableFuture<>();
        CompletableFuture<Tensors> other = running.putIfAbsent(key, mine);
        Tensors theirs = other == null ? null : call.awaitOrFail(other);
        if (theirs != null) {
            joined.increment();
            return theirs;
        }
        misses.increment();
        Tensors answer = null;
        try {
            answer = keep(key, model.answer(inputs, call));
            return answer;
        } finally {
            if (other == null) {
                running.remove(key, mine);
                mine.complete(answer); // null if there is none
            }
        }
    }

    /** Keeps an answer, apart from memory that may be its caller's own: a transform may hand an input through. */
    private Tensors keep(InputKey key, Tensors answer) {
        Tensors.Builder own = Tensors.builder();
        answer.forEach((name, tensor) -> own.add(name, tensor.copy()));
        Tensors kept = own.build();
        answers.put(key, kept);
        return kept;
    }

    @Override
    public CompletableFuture<Tensors> answerLater(Tensors inputs, Call call, Stages stages) {
        CompletableFuture<Tensors> result = new CompletableFuture<>();
        try {
            stages.prepare().execute(() -> lookUp(inputs, call, stages, result));
        } catch (RuntimeException | Error e) { // such as no memory for a thread
            result.completeExceptionally(e);
        }
        return result;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // dependent stages that only pass something on
    private void lookUp(Tensors inputs, Call call, Stages stages, CompletableFuture<Tensors> result) {
        try {
            call.requireAlive(System.nanoTime());
            model.signature().checkInputs(inputs);
            InputKey key = InputKey.of(inputs);
            Tensors known = answers.getIfPresent(key);
            if (known != null) {
                hits.increment();
                result.complete(known);
                return;
            }
            CompletableFuture<Tensors> mine = new CompletableFuture<>();
            CompletableFuture<Tensors> other = running.putIfAbsent(key, mine);
            if (other == null) {
                lead(key, mine, () -> run(inputs, call, stages, result));
                return;
            }
            call.onStop(why -> result.completeExceptionally(call.ended(why)));
            follow(other, result, stages.prepare(), () -> run(inputs, call, stages, result));
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }

    /** Runs for all who ask the same meanwhile: whatever goes wrong, they are told. */
    @SuppressWarnings("FutureReturnValueIgnored") // dependent stages that only pass something on
    private void lead(InputKey key, CompletableFuture<Tensors> mine, Supplier<CompletableFuture<Tensors>> run) {
        try {
            run.get().whenComplete((answer, error) -> {
                Tensors kept = null;
                try {
                    kept = answer == null ? null : keep(key, answer);
                } finally {
                    running.remove(key, mine);
                    mine.complete(kept);
                }
            });
        } catch (RuntimeException | Error e) {
            running.remove(key, mine);
            mine.complete(null);
            throw e;
        }
    }

    /** Waits for whoever leads: whatever goes wrong, be it that no thread is left to go on with, its caller is told. */
    @SuppressWarnings("FutureReturnValueIgnored") // dependent stages that only pass something on
    private void follow(
            CompletableFuture<Tensors> leader, CompletableFuture<Tensors> result, Executor executor, Runnable run) {
        leader.thenAcceptAsync(
                        answer -> {
                            if (result.isDone()) {
                                return; // his call was ended
                            }
                            if (answer == null) {
                                run.run();
                            } else {
                                joined.increment();
                                result.complete(answer);
                            }
                        },
                        executor)
                .whenComplete((done, error) -> {
                    if (error != null) {
                        boolean wrapped = error instanceof CompletionException && error.getCause() != null;
                        result.completeExceptionally(wrapped ? error.getCause() : error);
                    }
                });
    }

    private CompletableFuture<Tensors> run(
            Tensors inputs, Call call, Stages stages, CompletableFuture<Tensors> result) {
        misses.increment();
        return model.answerLater(inputs, call, stages).whenComplete((answer, error) -> pass(result, answer, error));
    }

    private static void pass(CompletableFuture<Tensors> to, @Nullable Tensors answer, @Nullable Throwable error) {
        if (answer != null) {
            to.complete(answer);
        } else if (error != null) {
            to.completeExceptionally(error);
        }
    }

    @Override
    public CacheStats cacheStats() {
        answers.cleanUp();
        long bytes = answers.policy()
                .eviction()
                .flatMap(eviction -> eviction.weightedSize().stream().boxed().findFirst())
                .orElse(0L);
        return new CacheStats(hits.sum(), joined.sum(), misses.sum(), answers.estimatedSize(), bytes);
    }

    @Override
    public void held() {
        model.held();
    }

    @Override
    public void revive() {
        model.revive();
    }

    @Override
    public void resume() {
        model.resume();
    }

    @Override
    public void settled() {
        model.settled();
    }

    @Override
    public void moved() {
        model.moved();
    }

    @Override
    public void retire(Runnable closed) {
        model.retire(closed);
    }
}
