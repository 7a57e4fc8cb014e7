package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.internal.monitor.CallFigures;
import io.maas.internal.monitor.Figures;
import io.maas.internal.registry.Registry;
import io.maas.internal.registry.RouteTarget;
import io.maas.internal.registry.VersionState;
import io.maas.model.ModelRef;
import io.maas.model.Signature;
import io.maas.repository.Lifecycle;
import io.maas.tensor.Tensors;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a reference: holds what answers it, the version that it points at or several that share an alias, and swaps it when
 * that changes.
 *
 * <p>A swap loads and tests what is new while the old answers, then points new calls at the new, then lets go of the old. What
 * is in both stays loaded; what is not closes when its last call ends. A call that reads the old version at the very moment it
 * closes is refused the lease and reads again, so no call fails. A version that cannot be loaded changes nothing but the status,
 * and one that is only the shadow not even that: it is tried again, and callers are served meanwhile.
 *
 * <p>Thread-safe.
 */
final class Route {
    private static final Logger LOG = LoggerFactory.getLogger(Route.class);

    private final ModelRef ref;
    private final Registry registry;
    private final ServablePool pool;
    private final Figures figures;
    private final Draw draw;
    private final Shadowing shadowing;
    private final Consumer<Leased<Servable>> replaced;
    private final ShadowTally shadowTally = new ShadowTally();
    private final Current<Arms> arms = new Current<>();
    private volatile @Nullable Failure failure;
    /** Held while loading, which may take long; closing does not wait for it. */
    private final Object loading = new Object();
    /** The version that was loaded last, or tried; guarded by the same. */
    private String attempted = "?";

    /** Why the version that should answer does not. */
    record Failure(String version, MaasException reason) {}

    Route(
            ModelRef ref,
            Registry registry,
            ServablePool pool,
            Figures figures,
            Draw draw,
            Shadowing shadowing,
            Consumer<Leased<Servable>> replaced) {
        this.ref = ref;
        this.registry = registry;
        this.pool = pool;
        this.figures = figures;
        this.draw = draw;
        this.shadowing = shadowing;
        this.replaced = replaced;
    }

    ModelRef ref() {
        return ref;
    }

    Optional<Failure> failure() {
        return Optional.ofNullable(failure);
    }

    /** The version that the reference pointed at when it was last brought up to date. */
    Optional<VersionState> serving() {
        return Optional.ofNullable(arms.get()).map(current -> current.primary().version());
    }

    ShadowTally shadowTally() {
        return shadowTally;
    }

    /**
     * Leases a version that answers now. The caller releases its model.
     *
     * @param key what the call belongs to, if anything
     */
    Arms.Arm lease(Optional<String> key) {
        return leased(arms.lease(current -> current.choose(key, draw), Arms.Arm::lease));
    }

    /** Returns the signature of the version that the reference points at. */
    Signature signature() {
        Arms.Arm arm = leased(arms.lease(Arms::primary, Arms.Arm::lease));
        try {
            return arm.model().value().signature();
        } finally {
            arm.model().release();
        }
    }

    private Arms.Arm leased(Arms.@Nullable Arm arm) {
        if (arm == null) {
            throw closedError();
        }
        return arm;
    }

    /** Hands a copy of a call that was answered to the shadow, if there is one. Never fails, never waits. */
    void mirror(Arms.Arm answered, Tensors inputs, Tensors answer) {
        Arms.ShadowArm shadow = answered.shadow();
        if (shadow != null) {
            shadowing.mirror(this, answered, shadow, inputs, answer);
        }
    }

    private UnavailableException closedError() {
        return new UnavailableException(
                ErrorCode.CLOSED, "call " + ref, "its predictor was closed", "make another from an open platform");
    }

    /** Loads what the reference points at, and throws if that cannot be done. */
    void open() {
        synchronized (loading) {
            Arms first = Arms.load(registry.target(ref), this::hold, this::figures);
            if (!serve(first)) {
                first.release();
                throw closedError();
            }
            first.models().forEach(model -> model.value().settled());
        }
    }

    private Leased<Servable> hold(VersionState version) {
        attempted = version.version();
        return pool.hold(version);
    }

    private CallFigures figures(VersionState version) {
        return figures.calls(ref.name(), version.version(), version.digest());
    }

    /** Brings the route up to date. Returns false if a version that should serve could not be loaded. */
    boolean update() {
        synchronized (loading) {
            Arms current = arms.get();
            return current == null || update(current);
        }
    }

    private boolean update(Arms current) {
        attempted = "?";
        try {
            RouteTarget wanted = registry.target(ref);
            attempted = wanted.primary().version();
            Arms next = current;
            if (current.lacksShadow() || !current.isFor(wanted)) {
                next = Arms.load(wanted, this::hold, this::figures);
                swap(current, next);
            }
            failure = null;
            return !next.lacksShadow();
        } catch (MaasException e) {
            return failed(current, attempted, e);
        } catch (RuntimeException | Error e) {
            // a backend or transform that breaks its promises must not end following
            return failed(
                    current,
                    attempted,
                    new UnavailableException(
                            ErrorCode.MODEL_UNAVAILABLE,
                            "load " + ref,
                            e.toString(),
                            "report this to whoever wrote the backend or the transforms",
                            e));
        }
    }

    private void swap(Arms current, Arms next) {
        if (!serve(next)) {
            next.release();
            return;
        }
        current.release();
        for (Leased<Servable> model : current.models()) {
            if (model.isServed()) {
                model.value().resume(); // elsewhere
            } else {
                model.value().moved();
            }
            replaced.accept(model);
        }
        next.models().forEach(model -> model.value().settled());
        LOG.info("{} is served by {} after {}", ref, shown(next), shown(current));
    }

    private static String shown(Arms arms) {
        return arms.all().stream()
                .map(arm -> "version " + arm.version().version())
                .collect(Collectors.joining(", "));
    }

    /** Points new calls at what was loaded; false if the route was closed meanwhile. */
    private boolean serve(Arms next) {
        boolean serving = arms.set(next);
        if (serving) {
            next.all().forEach(arm -> warnOfDeprecated(arm.version()));
        }
        return serving;
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

    private boolean failed(Arms current, String label, MaasException reason) {
        failure = new Failure(label, reason);
        LOG.error("{} goes on with {}: version {} cannot serve", ref, shown(current), label, reason);
        return false;
    }

    void close() {
        Arms last = arms.close();
        if (last != null) {
            last.release();
        }
    }
}
