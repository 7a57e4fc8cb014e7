package io.maas.internal.serving;

import io.maas.error.CancelledException;
import io.maas.error.DeadlineExceededException;
import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.internal.registry.Registry;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The routes that somebody uses, and how they follow the registry: each looks at the commits that concern it, on a thread that
 * may block, and tries again later what it could not serve. Thread-safe.
 */
final class Following {
    private static final long FIRST_RETRY_SECONDS = 1;
    private static final long LAST_RETRY_SECONDS = 300;

    private final Registry registry;
    private final Threads threads;
    private final Function<ModelRef, Route> makeRoute;
    /** Also the lock that guards it and the entries in it. */
    private final Map<ModelRef, Entry> routes = new HashMap<>();

    private volatile Runnable onChange = () -> {};
    /** Models that were tried out and are about to be served; guarded as the routes are. */
    private final List<Kept> kept = new ArrayList<>();

    private boolean closed;

    private record Kept(ModelName name, Leased<Servable> model) {}

    /** A route, who uses it, and which commits it has yet to look at. */
    static final class Entry {
        private final Route route;
        private int users;
        private boolean opened;
        private long wanted = -1;
        private long applied = -1;
        /** As {@link #applied}, once what the change made superfluous was let go of. */
        private long settled = -1;

        private boolean scheduled;
        private boolean retrying;
        private long retrySeconds = FIRST_RETRY_SECONDS;

        private Entry(Route route) {
            this.route = route;
        }

        Route route() {
            return route;
        }

        private boolean pending() {
            return applied < wanted;
        }

        private boolean isUnsettled(long commit) {
            return settled < wanted && settled < commit;
        }
    }

    /**
     * Creates it, with no routes.
     *
     * @param makeRoute makes a route, which is not open yet
     */
    Following(Registry registry, Threads threads, Function<ModelRef, Route> makeRoute) {
        this.registry = registry;
        this.threads = threads;
        this.makeRoute = makeRoute;
    }

    // ---- who uses what

    /** Returns the entry of a reference, whose route is open, made if need be. Whoever asks leaves it once. */
    Entry enter(ModelRef ref) {
        Entry entry = entry(ref);
        try {
            synchronized (entry) {
                if (!entry.opened) {
                    long head = registry.head();
                    entry.route.open();
                    entry.opened = true;
                    applied(entry, head);
                }
            }
            return entry;
        } catch (RuntimeException | Error e) {
            leave(entry);
            throw e;
        }
    }

    private Entry entry(ModelRef ref) {
        synchronized (routes) {
            if (closed) {
                throw new UnavailableException(
                        ErrorCode.CLOSED, "make a predictor for " + ref, "the platform was closed", "open it again");
            }
            Entry entry = routes.computeIfAbsent(ref, r -> new Entry(makeRoute.apply(r)));
            entry.users++;
            return entry;
        }
    }

    /** Closes the route if nobody else uses it. */
    void leave(Entry entry) {
        synchronized (routes) {
            entry.users--;
            if (entry.users > 0) {
                return;
            }
            routes.remove(entry.route.ref(), entry);
            routes.notifyAll();
        }
        entry.route.close();
    }

    /** Returns the route of a reference, if somebody uses it. */
    Optional<Route> find(ModelRef ref) {
        synchronized (routes) {
            return Optional.ofNullable(routes.get(ref)).map(Entry::route);
        }
    }

    /** Returns the routes that somebody uses. */
    List<Route> all() {
        synchronized (routes) {
            return routes.values().stream().map(Entry::route).toList();
        }
    }

    // ---- commits

    /** Called under the registry's lock: notes what has to be done, and leaves it to another thread. */
    void committed(long number, Collection<ModelName> changed) {
        synchronized (routes) {
            for (Entry entry : routes.values()) {
                if (entry.route.ref() instanceof ModelRef.ByAlias alias && changed.contains(alias.name())) {
                    entry.wanted = number;
                    schedule(entry);
                }
            }
        }
    }

    private void schedule(Entry entry) {
        if (!entry.scheduled && !closed) {
            entry.scheduled = true;
            threads.load(() -> update(entry));
        }
    }

    private void update(Entry entry) {
        synchronized (routes) {
            entry.scheduled = false;
        }
        long head = registry.head();
        boolean served = entry.route.update();
        applied(entry, head);
        synchronized (routes) {
            if (entry.pending()) {
                schedule(entry);
            } else if (served) {
                entry.retrySeconds = FIRST_RETRY_SECONDS;
            } else if (!closed && entry.users > 0 && !entry.retrying) {
                // what was wrong may pass: a full disk, a store that cannot be reached
                entry.retrying = true;
                threads.later(entry.retrySeconds, TimeUnit.SECONDS, () -> retry(entry));
                entry.retrySeconds = Math.min(LAST_RETRY_SECONDS, entry.retrySeconds * 2);
            }
        }
    }

    /** Lets go of a model that was tried out, once the routes that may serve it now have looked. */
    void releaseOnceTaken(ModelName name, Leased<Servable> model) {
        synchronized (routes) {
            if (!closed && isPending(name)) {
                kept.add(new Kept(name, model));
                return;
            }
        }
        model.letGo();
    }

    private boolean isPending(ModelName name) {
        return routes.values().stream()
                .anyMatch(entry -> entry.route.ref().name().equals(name) && entry.pending());
    }

    private void releaseTaken() {
        List<Kept> taken = new ArrayList<>();
        synchronized (routes) {
            for (Kept one : kept) {
                if (closed || !isPending(one.name())) {
                    taken.add(one);
                }
            }
            kept.removeAll(taken);
        }
        taken.forEach(one -> one.model().letGo());
    }

    private void retry(Entry entry) {
        synchronized (routes) {
            entry.retrying = false;
            schedule(entry);
        }
    }

    private void applied(Entry entry, long head) {
        synchronized (routes) {
            entry.applied = Math.max(entry.applied, head);
        }
        releaseTaken();
        synchronized (routes) {
            entry.settled = Math.max(entry.settled, head);
            routes.notifyAll();
        }
        onChange.run();
    }

    /** Calls {@code listener} whenever a route has looked at the registry. It must not block. */
    void onChange(Runnable listener) {
        onChange = listener;
    }

    /**
     * Waits until every route has looked at a commit and serves what it asks for.
     *
     * @throws UnavailableException if one cannot, or time runs out
     */
    void await(long commit, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (routes) {
            while (routes.values().stream().anyMatch(entry -> entry.isUnsettled(commit))) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    throw new DeadlineExceededException(
                            "wait until commit " + commit + " is served",
                            "it was not within " + timeout,
                            "allow more time, or look at Maas.status()");
                }
                waitOn(left);
            }
            for (Entry entry : routes.values()) {
                if (entry.wanted < commit) {
                    continue; // what it cannot serve was asked for earlier
                }
                entry.route.failure().ifPresent(failure -> {
                    throw new UnavailableException(
                            ErrorCode.MODEL_UNAVAILABLE,
                            "serve " + entry.route.ref() + " as of commit " + commit,
                            "version " + failure.version() + " cannot be loaded: "
                                    + failure.reason().getMessage(),
                            "roll back, or mend what the message names",
                            failure.reason());
                });
            }
        }
    }

    private void waitOn(long millis) {
        try {
            routes.wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException("wait for a commit", "the thread was interrupted", "ask again", e);
        }
    }

    /** Closes every route, and lets in no more; false if that was done before. */
    boolean close() {
        List<Route> all;
        synchronized (routes) {
            if (closed) {
                return false;
            }
            closed = true;
            all = all();
            routes.clear();
            routes.notifyAll();
        }
        all.forEach(Route::close);
        releaseTaken();
        return true;
    }
}
