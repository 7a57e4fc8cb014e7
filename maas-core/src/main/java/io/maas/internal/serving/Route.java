package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.internal.monitor.CallFigures;
import io.maas.internal.monitor.Figures;
import io.maas.internal.registry.Registry;
import io.maas.internal.registry.VersionState;
import io.maas.internal.schedule.Call;
import io.maas.model.ModelRef;
import io.maas.repository.Lifecycle;
import io.maas.tensor.Tensors;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a reference: holds the version that it points at, and swaps it when it moves.
 *
 * <p>A swap loads and tests the new version while the old one answers, then points new calls at the new one, then lets go
 * of the old one, which closes when its last call ends. A call that reads the old version at the very moment it closes is
 * refused the lease and reads again, so no call fails. A version that cannot be loaded changes nothing but the status.
 *
 * <p>Thread-safe.
 */
final class Route {
    private static final Logger LOG = LoggerFactory.getLogger(Route.class);

    private final ModelRef ref;
    private final Registry registry;
    private final ServablePool pool;
    private final Figures figures;
    private volatile @Nullable Live live;
    private volatile @Nullable Failure failure;
    /** Held while loading, which may take long; closing does not wait for it. */
    private final Object loading = new Object();

    private boolean closed;

    /** The version that answers, and what counts its calls. */
    record Live(VersionState version, Leased<Servable> model, CallFigures figures) {
        /** Notes a call that was answered. */
        void succeeded(Tensors inputs, Call call) {
            long now = System.nanoTime();
            figures.succeeded(
                    model.value().rows(inputs), call.queuedNanos(), call.engineNanos(), now - call.arrived(), now);
        }

        /** Notes a call that was not. */
        void failed(Throwable reason) {
            figures.failed(reason, System.nanoTime());
        }
    }

    /** Why the version that should answer does not. */
    record Failure(String version, MaasException reason) {}

    Route(ModelRef ref, Registry registry, ServablePool pool, Figures figures) {
        this.ref = ref;
        this.registry = registry;
        this.pool = pool;
        this.figures = figures;
    }

    ModelRef ref() {
        return ref;
    }

    Optional<Failure> failure() {
        return Optional.ofNullable(failure);
    }

    Optional<VersionState> serving() {
        return Optional.ofNullable(live).map(Live::version);
    }

    /** Leases the version that answers now. The caller releases its model. */
    Live lease() {
        Live current = live;
        while (current != null && !current.model().lease()) {
            current = live;
        }
        if (current == null) {
            throw closedError();
        }
        return current;
    }

    private UnavailableException closedError() {
        return new UnavailableException(
                ErrorCode.CLOSED, "call " + ref, "its predictor was closed", "make another from an open platform");
    }

    /** Loads what the reference points at, and throws if that cannot be done. */
    void open() {
        synchronized (loading) {
            VersionState wanted = registry.resolveState(ref);
            Leased<Servable> model = pool.hold(wanted);
            if (!serve(live(wanted, model))) {
                model.release();
                throw closedError();
            }
        }
    }

    /** Brings the route up to date. Returns false if the version that should answer could not be loaded. */
    boolean update() {
        synchronized (loading) {
            Live current = live;
            return current == null || update(current);
        }
    }

    private boolean update(Live current) {
        String label = "?";
        try {
            VersionState wanted = registry.resolveState(ref);
            label = wanted.version();
            if (!wanted.digest().equals(current.version().digest())) {
                swap(current, live(wanted, pool.hold(wanted)));
            } else if (!label.equals(current.version().version())) {
                serve(live(wanted, current.model())); // the same bundle under another label
            }
            failure = null;
            return true;
        } catch (MaasException e) {
            return failed(current, label, e);
        } catch (RuntimeException | Error e) {
            // a backend or transform that breaks its promises must not end following
            return failed(
                    current,
                    label,
                    new UnavailableException(
                            ErrorCode.MODEL_UNAVAILABLE,
                            "load " + ref,
                            e.toString(),
                            "report this to whoever wrote the backend or the transforms",
                            e));
        }
    }

    private Live live(VersionState version, Leased<Servable> model) {
        return new Live(version, model, figures.calls(ref.name(), version.version(), version.digest()));
    }

    private void swap(Live current, Live next) {
        if (!serve(next)) {
            next.model().release();
            return;
        }
        current.model().release();
        LOG.info(
                "{} is served by version {} after {}",
                ref,
                next.version().version(),
                current.version().version());
    }

    /** Points new calls at a version; false if the route was closed meanwhile. */
    private synchronized boolean serve(Live next) {
        if (!closed) {
            live = next;
            warnOfDeprecated(next.version());
        }
        return !closed;
    }

    private void warnOfDeprecated(VersionState version) {
        if (version.standing().lifecycle() == Lifecycle.DEPRECATED) {
            version.standing()
                    .since()
                    .ifPresent(by -> LOG.warn(
                            "{} is served by version {}, which {} deprecated in commit {}: {}",
                            ref,
                            version.version(),
                            by.actor(),
                            by.number(),
                            by.reason().orElse("no reason was given")));
        }
    }

    private boolean failed(Live current, String label, MaasException reason) {
        failure = new Failure(label, reason);
        LOG.error(
                "{} goes on with version {}: version {} cannot serve",
                ref,
                current.version().version(),
                label,
                reason);
        return false;
    }

    synchronized void close() {
        Live current = live;
        closed = true;
        live = null;
        if (current != null) {
            current.model().release();
        }
    }
}
