package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.internal.schedule.Call;
import io.maas.model.ModelName;
import io.maas.model.Signature;
import io.maas.tensor.Tensors;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A version's model as others hold it, whether or not it is loaded at the moment. It may be put to rest where memory is short and
 * nobody calls it, and is loaded again for the next call; it is replaced by a fresh one after it ran out of memory
 * or failed. A model that is
 * being called is never closed.
 */
final class ResidentModel implements Servable {
    private static final Logger LOG = LoggerFactory.getLogger(ResidentModel.class);
    /** What fails in its first minute would fail again, and loading it over and over costs others. */
    private static final long REPLACED_AT_MOST_EVERY = TimeUnit.MINUTES.toNanos(1);

    private final ModelName model;
    private final String name;
    private final Supplier<Servable> loader;
    private final MemoryBudget budget;
    private final long estimate;
    private final Executor loaders;
    private final LongSupplier nanoTime;
    private final Signature signature;
    private final boolean haveRows;
    private final AtomicLong lastUsed = new AtomicLong();
    private final AtomicBoolean replacing = new AtomicBoolean();
    private volatile @Nullable Leased<Servable> loaded;
    private @Nullable CompletableFuture<Leased<Servable>> loading;
    /** While this makes way for another version: what its callers wait for. */
    private @Nullable CompletableFuture<Leased<Servable>> parked;

    private long replacedAt;
    /** Models that are loaded, or being so, and not closed yet: more than one while one replaces another. */
    private int open;
    /** What to do when the last is closed; set when this is retired. */
    private @Nullable Runnable onClosed;

    /**
     * Loads the model.
     *
     * @param model whose version it is
     * @param version the version, for messages
     * @param loader loads it, each time
     * @param estimate about what it takes, in bytes
     * @param loaders runs later loads
     */
    ResidentModel(
            ModelName model,
            String version,
            Supplier<Servable> loader,
            MemoryBudget budget,
            long estimate,
            Executor loaders) {
        this(model, version, loader, budget, estimate, loaders, System::nanoTime);
    }

    ResidentModel(
            ModelName model,
            String version,
            Supplier<Servable> loader,
            MemoryBudget budget,
            long estimate,
            Executor loaders,
            LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.model = model;
        this.name = model + ":" + version;
        this.loader = loader;
        this.budget = budget;
        this.estimate = estimate;
        this.loaders = loaders;
        Leased<Servable> first = load(Optional.of(model));
        this.loaded = first;
        this.signature = first.value().signature();
        this.haveRows = RowByRow.haveRows(signature);
        this.replacedAt = nanoTime.getAsLong();
        lastUsed.set(replacedAt);
        budget.add(this);
    }

    /** Loads it; where it is new, other versions of the model may have to make way. */
    private Leased<Servable> load(Optional<ModelName> making) {
        begin();
        try {
            return loadInto(budget.reserve(name, making, estimate));
        } catch (RuntimeException | Error e) {
            ended();
            throw e;
        }
    }

    private Leased<Servable> loadInto(MemoryBudget.Reservation room) {
        try {
            Servable model = loader.get();
            room.becomes(Math.max(estimate, model.nativeBytes()));
            return new Leased<>(
                    model,
                    () -> model.retire(() -> {
                        room.release();
                        ended();
                    }));
        } catch (RuntimeException | Error e) {
            room.release();
            throw e;
        }
    }

    private synchronized void begin() {
        if (onClosed != null) {
            throw closedError();
        }
        open++;
    }

    private UnavailableException closedError() {
        return new UnavailableException(ErrorCode.CLOSED, "call " + name, "it was closed", "make another predictor");
    }

    private void ended() {
        Runnable told = null;
        synchronized (this) {
            open--;
            if (open == 0) {
                told = onClosed;
            }
        }
        if (told != null) {
            told.run();
        }
    }

    @Override
    public Signature signature() {
        return signature;
    }

    @Override
    public long rows(Tensors inputs) {
        return haveRows ? inputs.get(0).shape().dim(0) : 1;
    }

    @Override
    public long nativeBytes() {
        Leased<Servable> model = loaded;
        return model == null ? 0 : model.value().nativeBytes();
    }

    /** By {@link System#nanoTime}. */
    long lastUsed() {
        return lastUsed.get();
    }

    boolean isLoaded() {
        return loaded != null;
    }

    // ---- calls

    @Override
    public void requireTime(Call call, long now) {
        Leased<Servable> model = loaded;
        if (model != null) {
            model.value().requireTime(call, now); // what it reads stays there, whether or not the model is closed
        }
    }

    @Override
    public Tensors answer(Tensors inputs, Call call) {
        Leased<Servable> model = lease(call);
        try {
            return model.value().answer(inputs, call);
        } catch (UnavailableException e) {
            replaceAfter(e);
            throw e;
        } finally {
            model.release();
        }
    }

    @Override
    public <R> R answer(Tensors inputs, Call call, Function<? super Tensors, ? extends R> reader) {
        Leased<Servable> model = lease(call);
        try {
            return model.value().answer(inputs, call, reader);
        } catch (UnavailableException e) {
            replaceAfter(e);
            throw e;
        } finally {
            model.release();
        }
    }

    private Leased<Servable> lease(Call call) {
        lastUsed.lazySet(call.arrived());
        Leased<Servable> model = loaded;
        while (model == null || !model.lease()) {
            model = call.awaitOrFail(awake());
        }
        return model;
    }

    @Override
    public CompletableFuture<Tensors> answerLater(Tensors inputs, Call call, Stages stages) {
        lastUsed.lazySet(call.arrived());
        Leased<Servable> model = loaded;
        if (model == null || !model.lease()) {
            return onceAwake(inputs, call, stages);
        }
        try {
            return model.value().answerLater(inputs, call, stages).whenComplete((answer, error) -> {
                model.release();
                Throwable cause =
                        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
                if (cause instanceof UnavailableException e) {
                    replaceAfter(e);
                }
            });
        } catch (RuntimeException | Error e) {
            model.release();
            throw e;
        }
    }

    /** Loading may outlast the call. */
    @SuppressWarnings("FutureReturnValueIgnored") // dependent stages that only pass something on
    private CompletableFuture<Tensors> onceAwake(Tensors inputs, Call call, Stages stages) {
        CompletableFuture<Tensors> result = new CompletableFuture<>();
        call.onStop(why -> result.completeExceptionally(call.ended(why)));
        awake().thenCompose(fresh -> answerLater(inputs, call, stages)).whenComplete((answer, error) -> {
            if (error == null) {
                result.complete(answer);
            } else {
                result.completeExceptionally(
                        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error);
            }
        });
        return result;
    }

    // ---- memory

    /** Returns the model, being loaded if it is at rest. */
    private synchronized CompletableFuture<Leased<Servable>> awake() {
        Leased<Servable> there = loaded;
        if (there != null) {
            return CompletableFuture.completedFuture(there);
        }
        if (parked != null) {
            return parked;
        }
        if (loading != null) {
            return loading;
        }
        CompletableFuture<Leased<Servable>> promise = new CompletableFuture<>();
        wakeLater(promise);
        return promise;
    }

    private synchronized void wakeLater(CompletableFuture<Leased<Servable>> promise) {
        loading = promise;
        try {
            loaders.execute(() -> wake(promise));
        } catch (RejectedExecutionException e) {
            loading = null;
            promise.completeExceptionally(closedError());
        } catch (RuntimeException | Error e) { // such as no memory for a thread
            loading = null;
            promise.completeExceptionally(e);
        }
    }

    @SuppressWarnings("CatchingUnchecked")
    private void wake(CompletableFuture<Leased<Servable>> promise) {
        try {
            Leased<Servable> fresh = load(Optional.empty());
            Leased<Servable> former = take(fresh);
            if (former != null) {
                former.letGo();
            }
            if (former == fresh) {
                throw closedError();
            }
            promise.complete(fresh);
            LOG.debug("{} is loaded again", name);
        } catch (Throwable e) {
            synchronized (this) {
                loading = null;
            }
            promise.completeExceptionally(e); // whoever waits must be told, whatever it is
        }
    }

    /** Has a fresh model answer, and returns the one that is not needed any more: the former, or this one if it comes too late. */
    private synchronized @Nullable Leased<Servable> take(Leased<Servable> fresh) {
        if (onClosed != null || parked != null) {
            return fresh;
        }
        Leased<Servable> former = loaded;
        loaded = fresh;
        loading = null;
        return former;
    }

    /** Closes the model until the next call, unless it is being called; false if it was not or is not there. */
    boolean rest() {
        Leased<Servable> idle;
        synchronized (this) {
            idle = loaded;
            if (idle == null || !idle.isIdle()) {
                return false;
            }
            loaded = null;
        }
        LOG.debug("{} is put to rest, to make room", name);
        idle.letGo(); // closes it now, or with the last call of those that came in between
        return true;
    }

    boolean isOf(ModelName other) {
        return model.equals(other);
    }

    /**
     * Makes way for another version: calls that come wait, and the model is closed once those that run have ended; false if it is not
     * loaded. Afterwards this resumes, or what waits has {@link #moved}.
     */
    boolean park() {
        Leased<Servable> busy;
        synchronized (this) {
            busy = loaded;
            if (busy == null || parked != null || onClosed != null) {
                return false;
            }
            parked = new CompletableFuture<>();
            loaded = null;
        }
        LOG.info("{} makes way for another version", name);
        busy.letGo();
        return true;
    }

    @Override
    public void resume() {
        CompletableFuture<Leased<Servable>> waiting;
        synchronized (this) {
            waiting = parked;
            if (waiting == null || waiting.isDone() || onClosed != null) {
                return;
            }
            parked = null;
        }
        LOG.info("{} comes back", name);
        wakeLater(waiting);
    }

    @Override
    public void moved() {
        CompletableFuture<Leased<Servable>> waiting;
        synchronized (this) {
            waiting = parked;
        }
        if (waiting != null) {
            waiting.completeExceptionally(new Moved());
        }
    }

    private static boolean isOfTheEngine(ErrorCode code) {
        return code == ErrorCode.OUT_OF_MEMORY || code == ErrorCode.INFERENCE_FAILED;
    }

    /** What ran out of memory, or failed for no fault of its inputs, may have left the engine in pieces: a fresh one takes its place. */
    private void replaceAfter(MaasException reason) {
        if (!isOfTheEngine(reason.code()) || !replacing.compareAndSet(false, true)) {
            return;
        }
        if (nanoTime.getAsLong() - replacedAt < REPLACED_AT_MOST_EVERY) {
            replacing.set(false);
            return;
        }
        try {
            loaders.execute(this::replace);
        } catch (RuntimeException | Error closing) {
            replacing.set(false);
        }
    }

    private void replace() {
        try {
            Leased<Servable> former = take(load(Optional.empty()));
            if (former != null) {
                former.letGo();
            }
            LOG.warn("{} failed and was replaced by a fresh one", name);
        } catch (RuntimeException | Error e) {
            LOG.warn("{} failed and cannot be replaced; it goes on as it is", name, e);
        } finally {
            replacedAt = nanoTime.getAsLong();
            replacing.set(false);
        }
    }

    @Override
    public void retire(Runnable closed) {
        budget.remove(this);
        Leased<Servable> last;
        boolean none;
        synchronized (this) {
            onClosed = closed;
            last = loaded;
            loaded = null;
            none = open == 0;
        }
        if (last != null) {
            last.letGo();
        } else if (none) {
            closed.run();
        }
    }
}
