package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.internal.registry.VersionState;
import io.maas.model.Digest;
import io.maas.monitor.CacheStats;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loaded models by digest: aliases and predictors that point at one bundle share it, and it is loaded once however
 * many ask at the same time. A model is closed when the last who holds it lets go. Thread-safe.
 */
final class ServablePool {
    private static final Logger LOG = LoggerFactory.getLogger(ServablePool.class);

    private final Function<VersionState, Servable> loader;
    private final Map<Digest, CompletableFuture<Leased<Servable>>> models = new HashMap<>();

    private final boolean traced;
    /** Models that are loaded, or being so, and not closed yet; guarded by the map, which forgets those that a fresh one replaces. */
    private int open;
    /** Guarded by the same. */
    private boolean closed;

    /**
     * Creates it, empty.
     *
     * @param loader loads a version
     * @param traced whether to remember where leases were taken
     */
    ServablePool(Function<VersionState, Servable> loader, boolean traced) {
        this.loader = loader;
        this.traced = traced;
    }

    /**
     * Returns the model, loaded if need be. The caller holds it, and lets go of it once.
     *
     * @throws UnavailableException {@link ErrorCode#CLOSED} if it would have to be loaded, and this was closed
     */
    Leased<Servable> hold(VersionState version) {
        while (true) {
            CompletableFuture<Leased<Servable>> mine = new CompletableFuture<>();
            CompletableFuture<Leased<Servable>> there;
            synchronized (models) {
                there = models.get(version.digest());
                if (there == null) {
                    requireOpen();
                    models.put(version.digest(), mine);
                    open++;
                }
            }
            if (there == null) {
                return load(version, mine);
            }
            Leased<Servable> shared = join(there);
            if (shared.hold()) {
                return ready(shared);
            }
            synchronized (models) {
                models.remove(version.digest(), there); // nobody holds it any more, though it may still run
            }
        }
    }

    private static Leased<Servable> ready(Leased<Servable> held) {
        try {
            held.value().held();
            return held;
        } catch (RuntimeException | Error e) {
            held.letGo();
            throw e;
        }
    }

    /**
     * Counts a model that is to be loaded, and not into here, until it is closed.
     *
     * @param atEnd is done then
     * @return what to do when it is closed, once
     * @throws UnavailableException {@link ErrorCode#CLOSED} if this was closed
     */
    Runnable outside(Runnable atEnd) {
        synchronized (models) {
            requireOpen();
            return counted(atEnd);
        }
    }

    /** Counts a model that could not be made ready, and is counted here or {@link #outside} until this returns, until it is closed. */
    Runnable leftOver(Runnable atEnd) {
        synchronized (models) {
            return counted(atEnd);
        }
    }

    private Runnable counted(Runnable atEnd) {
        open++;
        return () -> {
            atEnd.run();
            synchronized (models) {
                open--;
                models.notifyAll();
            }
        };
    }

    private void requireOpen() {
        if (closed) {
            throw new UnavailableException(
                    ErrorCode.CLOSED, "load a model", "the platform was closed", "open a platform again");
        }
    }

    /** Takes no more models. */
    void close() {
        synchronized (models) {
            closed = true;
        }
    }

    private Leased<Servable> load(VersionState version, CompletableFuture<Leased<Servable>> promise) {
        try {
            Servable model = loader.apply(version);
            Leased<Servable> leased = new Leased<>(
                    model, () -> model.retire(() -> ended(version.digest(), promise)), new LeaseTrace(traced));
            promise.complete(leased);
            return leased;
        } catch (RuntimeException | Error e) {
            ended(version.digest(), promise);
            promise.completeExceptionally(e);
            throw e;
        }
    }

    private void ended(Digest digest, CompletableFuture<Leased<Servable>> model) {
        synchronized (models) {
            models.remove(digest, model);
            open--;
            models.notifyAll();
        }
    }

    /** Waits until every model is closed, which is when the last running call has ended; false if time runs out. */
    boolean awaitEmpty(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (models) {
            while (open > 0) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    return false;
                }
                models.wait(left);
            }
            return true;
        }
    }

    /** Says which models are held, and where those leases were taken, if that is remembered. */
    void reportHeld() {
        List<CompletableFuture<Leased<Servable>>> all;
        synchronized (models) {
            all = List.copyOf(models.values());
        }
        for (CompletableFuture<Leased<Servable>> one : all) {
            if (one.isDone() && !one.isCompletedExceptionally()) {
                report(one.join());
            }
        }
    }

    /** Says where the leases of a model were taken that are open. */
    void report(Leased<Servable> model) {
        List<Throwable> open = model.trace().open();
        if (!traced) {
            LOG.warn(
                    "{} is still held; Maas.builder().traceLeases() tells by whom",
                    model.value().signature());
        }
        open.forEach(where -> LOG.warn("{} is still held", model.value().signature(), where));
    }

    /** Tells what the cache of a bundle has to tell; nothing for those without. */
    CacheStats cacheStats(Digest digest) {
        CompletableFuture<Leased<Servable>> there;
        synchronized (models) {
            there = models.get(digest);
        }
        if (there == null || !there.isDone() || there.isCompletedExceptionally()) {
            return CacheStats.none();
        }
        return there.join().value().cacheStats();
    }

    private static Leased<Servable> join(CompletableFuture<Leased<Servable>> model) {
        try {
            return model.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            } else if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw e;
        }
    }
}
