package io.maas;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.internal.cache.BundleCache;
import io.maas.internal.registry.Registry;
import io.maas.internal.serving.Serving;
import io.maas.internal.serving.Threads;
import io.maas.model.ModelRef;
import io.maas.monitor.Monitor;
import io.maas.predict.Predictor;
import io.maas.repository.Commit;
import io.maas.repository.ModelRepository;
import io.maas.spi.ObjectStore;
import io.maas.tensor.Tensors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model platform inside this process.
 *
 * <pre>{@code
 * try (Maas maas = Maas.builder().store(Path.of("models")).actor("ci").open()) {
 *     ModelVersion version = maas.repository().register(PackageSource.directory(Path.of("digits")));
 *     maas.repository().publish(version, PublishOptions.toProduction().reason("better on 7s"));
 *     Predictor<Tensors, Tensors> digits = maas.predictor("digits");
 *     Tensors answer = digits.predict(Tensors.of("image", Tensor.of(pixels, 1, 64)));
 * }
 * }</pre>
 *
 * <p>A platform owns its threads, its predictors and the models they loaded; closing it ends them all, once the calls
 * that run have returned. Several platforms, in this process or others, may share one store. Thread-safe.
 */
public final class Maas implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Maas.class);
    private static final long SETTLED_MS = 200;
    private static final long REMEMBER_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final ObjectStore store;
    private final Registry registry;
    private final BundleCache cache;
    private final Threads threads;
    private final Serving serving;
    private final HostStanding standing;
    private final Duration pollInterval;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean maintaining = new AtomicBoolean();
    private final AtomicBoolean reporting = new AtomicBoolean();
    /** Held while the newest state is written to this host's disk. */
    private final Object remembering = new Object();

    private boolean remembered;
    private long rememberedAt;

    Maas(
            ObjectStore store,
            Registry registry,
            BundleCache cache,
            Threads threads,
            Serving serving,
            HostStanding standing,
            Duration poll) {
        this.store = store;
        this.registry = registry;
        this.cache = cache;
        this.threads = threads;
        this.serving = serving;
        this.standing = standing;
        this.pollInterval = poll;
        registry.onCommit((number, models) -> maintainSoon());
        serving.onChange(this::reportSoon);
        threads.later(SETTLED_MS, TimeUnit.MILLISECONDS, this::remember);
        reportSoon();
        pollSoon();
    }

    /** Returns a builder; a store is all that it needs to be told. */
    public static MaasBuilder builder() {
        return new MaasBuilder();
    }

    /** Returns the registry. */
    public ModelRepository repository() {
        return registry;
    }

    /** Makes a predictor for a reference written as text; see {@link ModelRef}. */
    public Predictor<Tensors, Tensors> predictor(String ref) {
        return predictor(ModelRef.parse(ref));
    }

    /**
     * Makes a predictor that answers with whatever a reference points at. The model is loaded and tested before this
     * returns. Predictors for one reference share the model; closing them is optional.
     *
     * @throws io.maas.error.NotFoundException if the reference points at nothing
     * @throws InvalidInputException if the model is refused by its engine
     * @throws UnavailableException if the model cannot be loaded here
     */
    public Predictor<Tensors, Tensors> predictor(ModelRef ref) {
        requireOpen("make a predictor for " + ref);
        return serving.predictor(ref);
    }

    /** Waits up to a minute until this process serves a commit; see {@link #awaitServing(Commit, Duration)}. */
    public void awaitServing(Commit commit) {
        awaitServing(commit, Duration.ofMinutes(1));
    }

    /**
     * Waits until every predictor of this process answers with what a commit asks for. Publishing returns when the change
     * is durable; loading the new version takes longer.
     *
     * @throws UnavailableException {@link ErrorCode#MODEL_UNAVAILABLE} if a version cannot be loaded, {@link
     *     ErrorCode#DEADLINE_EXCEEDED} if time runs out
     */
    public void awaitServing(Commit commit, Duration timeout) {
        requireOpen("wait for commit " + commit.number());
        if (registry.head() < commit.number()) {
            registry.refresh();
        }
        serving.await(commit.number(), timeout);
    }

    /**
     * Waits until so many hosts report that they serve a commit, this one among them if it does. A host serves a commit when
     * it knows it, and every reference that its predictors follow to a model that the commit changed is answered by what it
     * points at. Hosts that only read, or do not poll, do not report; see {@link Status#hosts()}.
     *
     * @throws UnavailableException {@link ErrorCode#DEADLINE_EXCEEDED} if time runs out; it names the hosts that lag, and why
     */
    public void awaitServing(Commit commit, int hosts, Duration timeout) {
        requireOpen("wait for commit " + commit.number());
        new ServingWait(registry, standing, pollInterval, commit).forAnyOf(hosts, timeout);
    }

    /**
     * Waits until all hosts of these names report that they serve a commit; see {@link #awaitServing(Commit, int, Duration)}.
     *
     * @param hosts names as given to {@link MaasBuilder#host(String)}
     * @throws UnavailableException {@link ErrorCode#DEADLINE_EXCEEDED} if time runs out; it names the hosts that lag, and why
     */
    public void awaitServing(Commit commit, Collection<String> hosts, Duration timeout) {
        requireOpen("wait for commit " + commit.number());
        new ServingWait(registry, standing, pollInterval, commit).forNamed(hosts, timeout);
    }

    /** Tells whether models can be called whose references are written as text; see {@link #ready(Collection)}. */
    public Readiness ready(String... refs) {
        return ready(Arrays.stream(refs).map(ModelRef::parse).toList());
    }

    /**
     * Tells whether models can be called now: a predictor was made for each, and answers with what its reference points at. Loads
     * nothing and waits for nothing, so that a health check may ask often. A model that goes on with an earlier version because the
     * one that is asked for cannot be loaded is not ready; {@link #status()} tells more. A closed platform is never ready.
     */
    public Readiness ready(Collection<ModelRef> refs) {
        boolean open = !closed.get();
        List<Readiness.Missing> missing = new ArrayList<>();
        for (ModelRef ref : refs) {
            Optional<String> why = open ? serving.whyNotReady(ref) : Optional.of("the platform was closed");
            why.ifPresent(reason -> missing.add(new Readiness.Missing(ref, reason)));
        }
        return new Readiness(open, missing);
    }

    /**
     * Returns the devices of this host that failed in a way that only a new process cures, as a graphics processor does after some
     * errors: calls of models on them end with {@link ErrorCode#DEVICE_LOST}. If there is one, whoever supervises the process should
     * start it again.
     */
    public List<String> lostDevices() {
        return serving.lostDevices();
    }

    /** Returns the figures of what this host serves. They can be read after the platform was closed. */
    public Monitor monitor() {
        return serving.monitor();
    }

    /**
     * Returns what this host does, and what the others say that they do. The store is asked for the latter: where it does not
     * answer within a few seconds, what it said before is returned, and it is not waited for again until it answers. A closed
     * platform tells only of itself.
     */
    public Status status() {
        return closed.get() ? standing.alone() : standing.status();
    }

    /** Tells the other hosts what this one does, as polling does by itself. */
    void report() {
        standing.report();
    }

    /** Deletes the reports of hosts that are gone for long, as polling does by itself. */
    void tidy() {
        standing.tidy();
    }

    /** What serves, for those who watch it. */
    Serving serving() {
        return serving;
    }

    private void requireOpen(String doing) {
        if (closed.get()) {
            throw new UnavailableException(ErrorCode.CLOSED, doing, "the platform was closed", "open it again");
        }
    }

    // ---- background

    private void pollSoon() {
        if (closed.get() || pollInterval.isZero()) {
            return;
        }
        // jitter keeps the hosts of one store from asking in step
        long nanos =
                (long) (pollInterval.toNanos() * ThreadLocalRandom.current().nextDouble(0.8, 1.2));
        threads.later(nanos, TimeUnit.NANOSECONDS, this::poll);
    }

    private void poll() {
        try {
            if (quietly("followed", registry::refresh)) {
                quietly("told what this host does", standing::reportIfDue);
                quietly("tidied", standing::tidy);
            }
            remember();
        } finally {
            pollSoon(); // whatever happened: a host that stops asking would serve old versions forever
        }
    }

    /** Folds the log a while after a commit, once however many commits there were. */
    private void maintainSoon() {
        if (!closed.get() && maintaining.compareAndSet(false, true)) {
            threads.later(SETTLED_MS, TimeUnit.MILLISECONDS, this::maintain);
        }
    }

    /** Tells the others of a swap before the next poll; a host that does not poll tells nothing. */
    private void reportSoon() {
        if (!closed.get() && !pollInterval.isZero() && reporting.compareAndSet(false, true)) {
            threads.later(SETTLED_MS, TimeUnit.MILLISECONDS, () -> {
                reporting.set(false);
                if (!closed.get()) {
                    quietly("told what this host does", standing::reportIfDue);
                }
            });
        }
    }

    /** Keeps the newest state on this host; a large one takes its time, so not after every commit. */
    private void remember() {
        synchronized (remembering) {
            long now = System.nanoTime();
            if (!closed.get() && (!remembered || now - rememberedAt >= REMEMBER_NANOS)) {
                registry.remember();
                remembered = registry.head() >= 0;
                rememberedAt = now;
            }
        }
    }

    private void maintain() {
        if (maintaining.compareAndSet(true, false)) {
            quietly("folded", registry::maintain);
            remember();
        }
    }

    /** Does what is tried again anyway; what goes wrong meanwhile is worth a line, unless the platform closes. */
    private boolean quietly(String what, Runnable task) {
        try {
            task.run();
            return true;
        } catch (RuntimeException e) {
            if (!closed.get()) {
                LOG.warn("The log in {} cannot be {} at the moment; models go on serving", store, what, e);
            }
            return false;
        }
    }

    /** Refuses new calls, waits for those that run, and frees everything. Closing twice is harmless. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try (store;
                cache;
                threads;
                standing) {
            registry.close();
            serving.close();
            maintain(); // leaves the hint of commits that were made just now
            synchronized (remembering) {
                registry.remember();
            }
        }
    }
}
