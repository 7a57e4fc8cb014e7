package io.maas.internal.serving;

import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.internal.cache.BundleCache;
import io.maas.internal.monitor.Figures;
import io.maas.internal.registry.Registry;
import io.maas.internal.registry.VersionState;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.ModelRef;
import io.maas.monitor.Monitor;
import io.maas.predict.Predictor;
import io.maas.spi.BackendProvider;
import io.maas.spi.TransformProvider;
import io.maas.tensor.Tensors;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a platform serves: its predictors, their models, and what is known of both. Thread-safe. */
public final class Serving implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Serving.class);
    private static final Duration LONG_HELD = Duration.ofMinutes(1);
    private static final Duration DRAIN = Duration.ofSeconds(30);

    private final Registry registry;
    private final Threads threads;
    private final Backends backends;
    private final Devices devices;
    private final Figures figures;
    private final MemoryBudget budget;
    private final ServablePool pool;
    private final Draw draw;
    private final Shadowing shadowing;
    private final Following following;

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
                settings.maxPositions(),
                this::discard);
        this.budget = new MemoryBudget(settings.modelMemory(), settings.swaps());
        this.pool = new ServablePool(version -> resident(loader, version), settings.traced());
        this.draw = settings.draw();
        this.shadowing = new Shadowing(draw);
        this.following = new Following(
                registry, threads, ref -> new Route(ref, registry, pool, figures, draw, shadowing, this::expectClosed));
        registry.prober(new Rehearsal(registry, loader, pool, budget, following::releaseOnceTaken));
        registry.onCommit(following::committed);
    }

    /** Loads a version, to be held by whoever serves it; its answers outlive the times when it is at rest. */
    private Servable resident(ModelLoader loader, VersionState version) {
        Manifest manifest = registry.manifest(version);
        ResidentModel model = new ResidentModel(
                manifest.name(),
                version.version(),
                () -> loader.load(version),
                budget,
                loader.estimate(version),
                threads.loaders());
        return manifest.runtime()
                .cache()
                .<Servable>map(settings -> new AnswerCache(model, settings))
                .orElse(model);
    }

    /** Closes a model that could not be made ready. It counts until then: a run of it that nobody waits for any more may go on. */
    private void discard(Servable model, long estimate) {
        MemoryBudget.Reservation room = budget.taken(Math.max(estimate, model.nativeBytes()));
        model.retire(pool.leftOver(room::release));
    }

    /** Returns a predictor for a reference, with its model loaded. */
    public Predictor<Tensors, Tensors> predictor(ModelRef ref) {
        Following.Entry entry = following.enter(ref);
        return new ModelPredictor(entry.route(), threads, () -> following.leave(entry));
    }

    /** Returns the figures of what is served. */
    public Monitor monitor() {
        return new ServingMonitor(figures, devices, pool);
    }

    /**
     * A model that no route serves any more is closed when its last call ends. If that goes on after a long while, somebody forgot to
     * let go.
     */
    private void expectClosed(Leased<Servable> model) {
        threads.later(LONG_HELD.toSeconds(), TimeUnit.SECONDS, () -> {
            if (model.isOnlyUsed()) {
                pool.report(model);
            }
        });
    }

    /** Calls {@code listener} whenever a route has looked at the registry. It must not block. */
    public void onChange(Runnable listener) {
        following.onChange(listener);
    }

    /**
     * Waits until every route has looked at a commit and serves what it asks for.
     *
     * @throws UnavailableException if one cannot, or time runs out
     */
    public void await(long commit, Duration timeout) {
        following.await(commit, timeout);
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
        Optional<Route> route = following.find(ref);
        if (route.flatMap(Route::serving).isEmpty()) {
            return Optional.of("it has no predictor");
        }
        RouteState state = state(route.get());
        if (state.reason().isPresent()) {
            return state.reason().map(Throwable::getMessage);
        }
        return state.desired().equals(state.actual())
                ? Optional.empty()
                : Optional.of("version " + state.actual().orElse("?") + " answers, and it points at "
                        + state.desired().map(version -> "version " + version).orElse("nothing"));
    }

    /** Returns the devices that only a new process can use again. */
    public List<String> lostDevices() {
        return devices.lost();
    }

    /** Tells {@code listener} what shadows answer. */
    public void onShadow(ShadowListener listener) {
        shadowing.listener(listener);
    }

    /** Returns what became of the copies that the shadows of a reference were to get, if it has predictors. */
    public Optional<ShadowTally.Counts> shadowCounts(ModelRef ref) {
        return following.find(ref).map(route -> route.shadowTally().counts());
    }

    /** Returns what each route serves, and what it should. */
    public List<RouteState> states() {
        return following.all().stream().map(this::state).toList();
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
        if (!following.close()) {
            return;
        }
        shadowing.close();
        pool.close();
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
