package io.maas.internal.serving;

import io.maas.internal.monitor.CallFigures;
import io.maas.internal.registry.RouteTarget;
import io.maas.internal.registry.VersionState;
import io.maas.internal.schedule.Call;
import io.maas.predict.ArmChoice;
import io.maas.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What answers a route, loaded: one version or several that share its calls, and a shadow. Holds each of them once, until it
 * is released; a route replaces it as a whole. Immutable.
 */
final class Arms {
    private static final Logger LOG = LoggerFactory.getLogger(Arms.class);

    private final RouteTarget target;
    private final Arm[] arms;
    /** The sums of the weights up to and with each arm. */
    private final int[] upTo;

    private final @Nullable ShadowArm shadow;

    /**
     * A version that answers.
     *
     * @param version the version
     * @param model its model; leased by whoever calls it
     * @param figures what counts its calls
     * @param isShared whether others answer too
     * @param shadow who gets copies of what it answers
     */
    record Arm(
            VersionState version,
            Leased<Servable> model,
            CallFigures figures,
            boolean isShared,
            @Nullable ShadowArm shadow) {
        /** Why a call of a key, or of none, came to it. */
        ArmChoice choice(Optional<String> key) {
            if (!isShared) {
                return ArmChoice.PRIMARY;
            }
            return key.isPresent() ? ArmChoice.STICKY : ArmChoice.WEIGHTED;
        }

        /** Takes a lease of its model, or returns false if that was closed. */
        boolean lease() {
            return model.lease();
        }

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

    /**
     * A version that gets copies of calls.
     *
     * @param version the version
     * @param model its model; leased by whoever calls it
     * @param fraction of how many calls
     */
    record ShadowArm(VersionState version, Leased<Servable> model, double fraction) {}

    private Arms(
            RouteTarget target,
            List<Leased<Servable>> models,
            Function<VersionState, CallFigures> figures,
            @Nullable ShadowArm shadow) {
        this.target = target;
        this.shadow = shadow;
        this.arms = new Arm[models.size()];
        this.upTo = new int[models.size()];
        int sum = 0;
        for (int i = 0; i < arms.length; i++) {
            RouteTarget.Arm arm = target.arms().get(i);
            arms[i] = new Arm(arm.version(), models.get(i), figures.apply(arm.version()), target.isShared(), shadow);
            sum += arm.weight();
            upTo[i] = sum;
        }
    }

    /**
     * Loads everything that a target asks for. A shadow that cannot be loaded is left out, whatever is wrong with it.
     *
     * @param hold returns a loaded model, which its caller lets go of
     * @param figures returns what counts the calls of a version
     */
    static Arms load(
            RouteTarget target,
            Function<VersionState, Leased<Servable>> hold,
            Function<VersionState, CallFigures> figures) {
        List<Leased<Servable>> models = new ArrayList<>();
        try {
            for (RouteTarget.Arm arm : target.arms()) {
                models.add(hold.apply(arm.version()));
            }
            return new Arms(target, models, figures, shadow(target, hold));
        } catch (RuntimeException | Error e) {
            models.forEach(Leased::letGo);
            throw e;
        }
    }

    private static @Nullable ShadowArm shadow(RouteTarget target, Function<VersionState, Leased<Servable>> hold) {
        if (target.shadow().isEmpty()) {
            return null;
        }
        RouteTarget.Shadow wanted = target.shadow().get();
        try {
            return new ShadowArm(wanted.version(), hold.apply(wanted.version()), wanted.fraction());
        } catch (RuntimeException | Error e) {
            LOG.warn(
                    "The shadow, version {}, cannot be loaded; callers do not notice",
                    wanted.version().version(),
                    e);
            return null;
        }
    }

    /** Returns the version that answers a call. */
    Arm choose(Optional<String> key, Draw draw) {
        if (arms.length == 1) {
            return arms[0];
        }
        int total = upTo[upTo.length - 1];
        int position = key.isPresent() ? StickyHash.position(key.get(), total) : draw.below(total);
        int at = 0;
        while (position >= upTo[at]) {
            at++;
        }
        return arms[at];
    }

    /** Returns the version that the reference points at. */
    Arm primary() {
        for (Arm arm : arms) {
            if (arm.version().version().equals(target.primary().version())) {
                return arm;
            }
        }
        throw new IllegalStateException(
                "the log gives version " + target.primary().version() + " no share");
    }

    List<Arm> all() {
        return List.of(arms);
    }

    /** Returns what it holds, the shadow included. */
    List<Leased<Servable>> models() {
        return Stream.concat(
                        Arrays.stream(arms).map(Arm::model),
                        Stream.ofNullable(shadow).map(ShadowArm::model))
                .toList();
    }

    /** Tells whether a target asks for just this. */
    boolean isFor(RouteTarget other) {
        return target.isSameAs(other);
    }

    /** Tells whether the shadow that is asked for could not be loaded. */
    boolean lacksShadow() {
        return target.shadow().isPresent() && shadow == null;
    }

    void release() {
        models().forEach(Leased::letGo);
    }
}
