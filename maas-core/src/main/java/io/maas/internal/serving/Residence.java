package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.internal.schedule.Call;
import io.maas.model.ModelName;
import io.maas.model.Signature;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a version's model is in memory. It may be put to rest where memory is short and nobody calls it, and is loaded again for the
 * next call. It may make way for another version, and comes back if that does not take its place. It is replaced by a fresh one
 * after it ran out of memory or failed. A model that is being called is never closed. Thread-safe.
 */
final class Residence {
    private static final Logger LOG = LoggerFactory.getLogger(Residence.class);
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
    private final AtomicLong lastUsed = new AtomicLong();
    private final AtomicBoolean replacing = new AtomicBoolean();
    private volatile @Nullable Leased<Servable> loaded;
    private @Nullable CompletableFuture<Leased<Servable>> loading;
    /** While this makes way for another version: what its callers wait for. */
    private @Nullable CompletableFuture<Leased<Servable>> parked;
    /** Whether some do. */
    private boolean awaited;
    /** What the first load reserved, and what made way for it. */
    private MemoryBudget.@Nullable Reservation first;

    private long replacedAt;
    /** Models that are loaded, or being so, and not closed yet: more than one while one replaces another. */
    private int open;
    /** What to do when the last is closed; set when this is retired. */
    private @Nullable Runnable onClosed;

    /** Loads the model; see {@link ResidentModel}. */
    Residence(
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
        Leased<Servable> there = load(Optional.of(model));
        this.loaded = there;
        this.signature = there.value().signature();
        this.replacedAt = nanoTime.getAsLong();
        lastUsed.set(replacedAt);
        budget.add(this);
    }

    /** Loads it; where it is new, other versions of the model may have to make way. */
    private Leased<Servable> load(Optional<ModelName> making) {
        begin();
        try {
            MemoryBudget.Reservation room = budget.reserve(name, making, estimate);
            first = making.isPresent() ? room : first;
            return loadInto(room);
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

    // ---- use

    /** Of the model, at rest or not. */
    Signature signature() {
        return signature;
    }

    /** Returns the model, if it is loaded; it is not leased. */
    @Nullable
    Servable loaded() {
        Leased<Servable> there = loaded;
        return there == null ? null : there.value();
    }

    /** By {@link System#nanoTime}. */
    long lastUsed() {
        return lastUsed.get();
    }

    /** Leases the model for a call, if it is loaded; null if not. */
    @Nullable
    Leased<Servable> leaseIfLoaded(Call call) {
        lastUsed.lazySet(call.arrived());
        Leased<Servable> there = loaded;
        return there != null && there.lease() ? there : null;
    }

    /** Leases the model for a call, which waits until it is loaded. */
    Leased<Servable> lease(Call call) {
        Leased<Servable> there = leaseIfLoaded(call);
        while (there == null) {
            Leased<Servable> fresh = call.awaitOrFail(awake());
            there = fresh.lease() ? fresh : null;
        }
        return there;
    }

    /** Returns the model, being loaded if it is at rest. */
    synchronized CompletableFuture<Leased<Servable>> awake() {
        Leased<Servable> there = loaded;
        if (there != null) {
            return CompletableFuture.completedFuture(there);
        }
        if (parked != null) {
            awaited = true;
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
            loaders.execute(() -> wake(promise, Optional.empty()));
        } catch (RejectedExecutionException e) {
            loading = null;
            promise.completeExceptionally(closedError());
        } catch (RuntimeException | Error e) { // such as no memory for a thread
            loading = null;
            promise.completeExceptionally(e);
        }
    }

    @SuppressWarnings("CatchingUnchecked")
    private void wake(CompletableFuture<Leased<Servable>> promise, Optional<ModelName> making) {
        try {
            Leased<Servable> fresh = load(making);
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
        return park(there -> true);
    }

    /** As {@link #park}, if nobody calls it. */
    boolean parkIdle() {
        return park(Leased::isIdle);
    }

    private boolean park(Predicate<Leased<Servable>> which) {
        Leased<Servable> there;
        synchronized (this) {
            there = loaded;
            if (there == null || isParkedOrRetired() || !which.test(there)) {
                return false;
            }
            parked = new CompletableFuture<>();
            loaded = null;
        }
        LOG.info("{} makes way for another version", name);
        there.letGo();
        return true;
    }

    /** Has calls wait that come meanwhile, if it is at rest: there would be no room to load it. False if it is not, or they do already. */
    synchronized boolean parkAtRest() {
        if (loaded != null || loading != null || isParkedOrRetired()) {
            return false;
        }
        parked = new CompletableFuture<>();
        return true;
    }

    private boolean isParkedOrRetired() {
        return parked != null || onClosed != null;
    }

    synchronized void revive() {
        if (parked != null && parked.isDone()) {
            parked = null;
        }
    }

    void held() {
        CompletableFuture<Leased<Servable>> mine = new CompletableFuture<>();
        CompletableFuture<Leased<Servable>> there;
        synchronized (this) {
            revive();
            if (loaded != null || isParkedOrRetired()) {
                return;
            }
            there = loading;
            loading = there == null ? mine : there;
        }
        if (there == null) {
            wake(mine, Optional.of(model));
        }
        Call.endless(0).awaitOrFail(there == null ? mine : there);
    }

    void resume() {
        CompletableFuture<Leased<Servable>> waiting;
        synchronized (this) {
            waiting = parked;
            if (waiting == null || waiting.isDone() || onClosed != null) {
                return;
            }
            parked = null;
            if (!awaited) {
                return; // the next call loads it
            }
            awaited = false;
        }
        LOG.info("{} comes back", name);
        wakeLater(waiting);
    }

    void settled() {
        MemoryBudget.Reservation room = first;
        if (room != null) {
            room.settle();
        }
    }

    void moved() {
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
    void failed(MaasException reason) {
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

    void retire(Runnable closed) {
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
