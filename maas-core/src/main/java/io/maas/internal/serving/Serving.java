package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.internal.cache.BundleCache;
import io.maas.internal.monitor.Figures;
import io.maas.internal.registry.Registry;
import io.maas.internal.registry.VersionState;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import io.maas.monitor.Monitor;
import io.maas.predict.Predictor;
import io.maas.spi.BackendProvider;
import io.maas.spi.TransformProvider;
import io.maas.tensor.Tensors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All routes of a platform, and what moves them when the registry changes. Thread-safe. */
public final class Serving implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Serving.class);
    private static final Duration LONG_HELD = Duration.ofMinutes(1);
    private static final Duration DRAIN = Duration.ofSeconds(30);
    private static final long FIRST_RETRY_SECONDS = 1;
    private static final long LAST_RETRY_SECONDS = 300;

    private final Registry registry;
    private final Threads threads;
    private final Backends backends;
    private final Devices devices;
    private final Figures figures;
    private final MemoryBudget budget;
    private final ServablePool pool;
    private final Draw draw;
    private final Shadowing shadowing;
    /** Also the lock that guards it and the entries in it. */
    private final Map<ModelRef, Entry> routes = new HashMap<>();

    private volatile Runnable onChange = () -> {};
    /** Models that were tried out and are about to be served; guarded as the routes are. */
    private final List<Kept> kept = new ArrayList<>();

    private boolean closed;

    private record Kept(ModelName name, Leased<Servable> model) {}

    /** A route, who uses it, and which commits it has yet to look at. */
    private static final class Entry {
        final Route route;
        int users;
        boolean opened;
        long wanted = -1;
        long applied = -1;
        /** As {@link #applied}, once what the change made superfluous was let go of. */
        long settled = -1;

        boolean scheduled;
        boolean retrying;
        long retrySeconds = FIRST_RETRY_SECONDS;

        Entry(Route route) {
            this.route = route;
        }

        boolean pending() {
            return applied < wanted;
        }

        boolean isUnsettled(long commit) {
            return settled < wanted && settled < commit;
        }
    }

    /**
     * Starts serving.
     *
     * @param backendProviders the backends to use, or nothing for those on the class path
     * @param transformProviders the transforms to use, or nothing for those on the class path
     */
    public Serving(
            Registry registry,
            BundleCache cache,
            Threads threads,
            List<BackendProvider> backendProviders,
            List<TransformProvider> transformProviders,
            ServingSettings settings) {
        this.registry = registry;
        this.threads = threads;
        this.backends = backendProviders.isEmpty() ? Backends.discovered() : new Backends(backendProviders);
        Transforms transforms =
                transformProviders.isEmpty() ? Transforms.discovered() : new Transforms(transformProviders);
        this.figures = new Figures(settings.clock(), System::nanoTime);
        this.devices = new Devices(settings.device(), settings.cores(), settings.limits(), threads.timer());
        ModelLoader loader = new ModelLoader(
                registry,
                cache,
                backends,
                transforms,
                devices,
                figures,
                new ProgramRule(registry, settings.programs()),
                settings.maxPositions());
        this.budget = new MemoryBudget(settings.modelMemory());
        this.pool = new ServablePool(version -> resident(loader, version), settings.traced());
        this.draw = settings.draw();
        this.shadowing = new Shadowing(draw);
        registry.prober(new Rehearsal(registry, loader, pool, budget, this::releaseOnceTaken));
        registry.onCommit(this::committed);
    }

    /** Loads a version, to be held by whoever serves it; its answers outlive the times when it is at rest. */
    private Servable resident(ModelLoader loader, VersionState version) {
        Manifest manifest = registry.manifest(version);
        ResidentModel model = new ResidentModel(
                manifest.name() + ":" + version.version(),
                () -> loader.load(version),
                budget,
                loader.estimate(version),
                threads.loaders());
        return manifest.runtime()
                .cache()
                .<Servable>map(settings -> new AnswerCache(model, settings))
                .orElse(model);
    }

    /** Returns a predictor for a reference, with its model loaded. */
    public Predictor<Tensors, Tensors> predictor(ModelRef ref) {
        Entry entry = enter(ref);
        try {
            synchronized (entry) {
                if (!entry.opened) {
                    long head = registry.head();
                    entry.route.open();
                    entry.opened = true;
                    applied(entry, head);
                }
            }
            return new ModelPredictor(entry.route, threads, () -> leave(entry));
        } catch (RuntimeException | Error e) {
            leave(entry);
            throw e;
        }
    }

    private Entry enter(ModelRef ref) {
        synchronized (routes) {
            if (closed) {
                throw new UnavailableException(
                        ErrorCode.CLOSED, "make a predictor for " + ref, "the platform was closed", "open it again");
            }
            Entry entry = routes.computeIfAbsent(
                    ref, r -> new Entry(new Route(r, registry, pool, figures, draw, shadowing, this::expectClosed)));
            entry.users++;
            return entry;
        }
    }

    private void leave(Entry entry) {
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

    /** Returns the figures of what is served. */
    public Monitor monitor() {
        return new ServingMonitor(figures, devices, pool);
    }

    /** A version that was replaced is closed when its last call ends. If it is not after a long while, somebody forgot to let go. */
    private void expectClosed(Leased<Servable> model) {
        threads.later(LONG_HELD.toSeconds(), TimeUnit.SECONDS, () -> {
            if (!model.isClosed()) {
                pool.report(model);
            }
        });
    }

    // ---- following the registry

    /** Called under the registry's lock: notes what has to be done, and leaves it to another thread. */
    private void committed(long number, Collection<ModelName> changed) {
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
    private void releaseOnceTaken(ModelName name, Leased<Servable> model) {
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
    public void onChange(Runnable listener) {
        onChange = listener;
    }

    /**
     * Waits until every route has looked at a commit and serves what it asks for.
     *
     * @throws UnavailableException if one cannot, or time runs out
     */
    public void await(long commit, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (routes) {
            while (routes.values().stream().anyMatch(entry -> entry.isUnsettled(commit))) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    throw new UnavailableException(
                            ErrorCode.DEADLINE_EXCEEDED,
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
            throw new UnavailableException(
                    ErrorCode.CANCELLED, "wait for a commit", "the thread was interrupted", "ask again", e);
        }
    }

    /**
     * What is known of one route.
     *
     * @param ref the reference
     * @param desired the version that it points at, if it points at one
     * @param actual the version that answers
     * @param digest the bundle that answers
     * @param reason why they differ, if they do for a reason
     */
    public record RouteState(
            ModelRef ref,
            Optional<String> desired,
            Optional<String> actual,
            Optional<Digest> digest,
            Optional<MaasException> reason) {}

    /** Returns why a reference cannot be called, or not with what it points at; nothing if it can. */
    public Optional<String> whyNotReady(ModelRef ref) {
        Entry entry;
        synchronized (routes) {
            entry = routes.get(ref);
        }
        if (entry == null || entry.route.serving().isEmpty()) {
            return Optional.of("it has no predictor");
        }
        RouteState state = state(entry.route);
        if (state.reason().isPresent()) {
            return state.reason().map(Throwable::getMessage);
        }
        return state.desired().equals(state.actual())
                ? Optional.empty()
                : Optional.of("version " + state.actual().orElse("?") + " answers, and it points at "
                        + state.desired().map(version -> "version " + version).orElse("nothing"));
    }

    /** Tells {@code listener} what shadows answer. */
    public void onShadow(ShadowListener listener) {
        shadowing.listener(listener);
    }

    /** Returns what became of the copies that the shadows of a reference were to get, if it has predictors. */
    public Optional<ShadowTally.Counts> shadowCounts(ModelRef ref) {
        synchronized (routes) {
            return Optional.ofNullable(routes.get(ref))
                    .map(entry -> entry.route.shadowTally().counts());
        }
    }

    /** Returns what each route serves, and what it should. */
    public List<RouteState> states() {
        List<Route> all = new ArrayList<>();
        synchronized (routes) {
            routes.values().forEach(entry -> all.add(entry.route));
        }
        return all.stream().map(this::state).toList();
    }

    private RouteState state(Route route) {
        Optional<String> desired;
        try {
            desired = Optional.of(registry.resolveState(route.ref()).version());
        } catch (MaasException unknown) {
            desired = Optional.empty();
        }
        Optional<VersionState> actual = route.serving();
        return new RouteState(
                route.ref(),
                desired,
                actual.map(VersionState::version),
                actual.map(VersionState::digest),
                route.failure().map(Route.Failure::reason));
    }

    /** Refuses new calls, waits for those that run, and closes every model. Closing twice is harmless. */
    @Override
    public void close() {
        List<Entry> all;
        synchronized (routes) {
            if (closed) {
                return;
            }
            closed = true;
            all = List.copyOf(routes.values());
            routes.clear();
            routes.notifyAll();
        }
        all.forEach(entry -> entry.route.close());
        shadowing.close();
        releaseTaken();
        boolean drained = false;
        try {
            drained = pool.awaitEmpty(DRAIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        devices.close();
        if (drained) {
            backends.close();
        } else {
            // closing an engine under a running call would take the whole process down
            LOG.warn("Calls still run; the engines stay loaded until the process ends");
            pool.reportHeld();
        }
    }
}
