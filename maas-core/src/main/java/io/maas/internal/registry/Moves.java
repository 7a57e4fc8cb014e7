package io.maas.internal.registry;

import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.internal.log.Op;
import io.maas.model.ModelName;
import io.maas.repository.AliasMove;
import io.maas.repository.AliasMove.Kind;
import io.maas.repository.ModelVersion;
import io.maas.repository.Release.Publish;
import io.maas.repository.Release.Rollback;
import io.maas.repository.Release.Step;
import io.maas.repository.Release.Unpublish;
import java.util.List;
import java.util.Optional;

/** Decides what an alias does: each method returns the operation, or throws what stands in its way. */
final class Moves {
    private Moves() {}

    /** Returns the move; empty if the alias is there already. */
    static Optional<Op.MoveAlias> decide(Draft draft, Step step) {
        ModelState model = draft.model(step.name()).orElseThrow(() -> Unknown.model(step.name(), List.of()));
        if (step instanceof Publish publish) {
            return publish(model, publish);
        } else if (step instanceof Rollback rollback) {
            return Optional.of(rollback(model, rollback));
        }
        return Optional.of(unpublish(model, (Unpublish) step));
    }

    private static Optional<Op.MoveAlias> publish(ModelState model, Publish step) {
        VersionState version = found(model, step.version());
        requireExpected(model, step);
        Optional<String> from = model.current(step.alias());
        if (from.filter(version.version()::equals).isPresent()) {
            return Optional.empty();
        }
        requireServable(model, version.version(), "publish " + step.version());
        return Optional.of(
                new Op.MoveAlias(model.name(), step.alias(), Kind.PUBLISH, from, Optional.of(version.version())));
    }

    static VersionState found(ModelState model, ModelVersion version) {
        VersionState state =
                model.version(version.version()).orElseThrow(() -> Unknown.version(model, version.version()));
        if (!state.digest().equals(version.digest())) {
            throw Unknown.digest(model, version.digest());
        }
        return state;
    }

    static void requireServable(ModelState model, String label, String doing) {
        if (model.mayServe(label)) {
            return;
        }
        VersionState version = model.version(label).orElseThrow(() -> Unknown.version(model, label));
        throw new ConflictException(
                ErrorCode.YANKED,
                doing,
                model.name() + ":" + label + " was " + Unknown.end(version),
                "publish another version, or reinstate this one if it was only yanked");
    }

    private static Op.MoveAlias rollback(ModelState model, Rollback step) {
        AliasState alias = known(model, step.alias());
        if (step.version().filter(wanted -> model.version(wanted).isEmpty()).isPresent()) {
            throw Unknown.version(model, step.version().get());
        }
        requireExpected(model, step);
        String current = alias.current().orElse("nothing");
        String target = alias.below(label -> model.mayServe(label)
                        && step.version().map(label::equals).orElse(true))
                .orElseThrow(() -> new ConflictException(
                        ErrorCode.NOTHING_TO_ROLL_BACK,
                        "roll back " + model.name() + "@" + step.alias(),
                        step.version()
                                        .map(wanted -> "version " + wanted + " is not below " + current)
                                        .orElse("nothing is below " + current)
                                + " on its publish stack, " + shown(model, alias),
                        "publish the version that is wanted"));
        return new Op.MoveAlias(model.name(), step.alias(), Kind.ROLLBACK, alias.current(), Optional.of(target));
    }

    /** The publish stack, with a note where a version cannot be gone back to. */
    private static List<String> shown(ModelState model, AliasState alias) {
        return alias.stack().stream()
                .map(label -> model.version(label)
                        .filter(version -> !model.mayServe(label))
                        .map(version -> label + " (" + Lifecycles.shown(version.lifecycle()) + ")")
                        .orElse(label))
                .toList();
    }

    private static Op.MoveAlias unpublish(ModelState model, Unpublish step) {
        known(model, step.alias());
        requireExpected(model, step);
        return new Op.MoveAlias(
                model.name(), step.alias(), Kind.UNPUBLISH, model.current(step.alias()), Optional.empty());
    }

    private static AliasState known(ModelState model, String alias) {
        return model.alias(alias)
                .filter(state -> state.current().isPresent())
                .orElseThrow(() -> Unknown.alias(model, alias));
    }

    private static void requireExpected(ModelState model, Step step) {
        Optional<String> current = model.current(step.alias());
        if (step.expected().isPresent() && !step.expected().equals(current)) {
            throw stale(model.name(), step.alias(), current, step.expected().get());
        }
    }

    private static ConflictException stale(ModelName name, String alias, Optional<String> current, String expected) {
        return new ConflictException(
                ErrorCode.STALE,
                "move " + name + "@" + alias,
                "it points at " + current.orElse("nothing") + ", expected " + expected,
                "look at what changed, and ask again");
    }

    /** The move that takes another one back. */
    static Op.MoveAlias undo(Draft draft, Op.MoveAlias done) {
        ModelState model = draft.model(done.name()).orElseThrow(() -> Unknown.model(done.name(), List.of()));
        Optional<String> current = model.current(done.alias());
        if (!current.equals(done.to())) {
            throw stale(done.name(), done.alias(), current, done.to().orElse("nothing"));
        }
        if (done.from().isEmpty()) {
            return new Op.MoveAlias(done.name(), done.alias(), Kind.UNPUBLISH, current, Optional.empty());
        }
        String target = done.from().get();
        if (!model.mayServe(target)) {
            throw new ConflictException(
                    ErrorCode.NOTHING_TO_ROLL_BACK,
                    "undo the move of " + done.name() + "@" + done.alias(),
                    "version " + target + " was "
                            + Unknown.end(model.version(target).orElseThrow()),
                    "publish the version that is wanted");
        }
        boolean below = model.alias(done.alias())
                .flatMap(state -> state.below(target::equals))
                .isPresent();
        AliasMove.Kind kind = done.kind() == Kind.PUBLISH && below ? Kind.ROLLBACK : Kind.PUBLISH;
        return new Op.MoveAlias(done.name(), done.alias(), kind, current, done.from());
    }
}
