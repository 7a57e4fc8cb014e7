package io.maas.internal.registry;

import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.internal.log.Op;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.Lifecycle;
import io.maas.repository.ModelVersion;
import java.util.List;
import java.util.Locale;

/** Moves versions along their life. */
final class Lifecycles {
    private final Changes changes;

    Lifecycles(Changes changes) {
        this.changes = changes;
    }

    Commit move(ModelVersion version, Lifecycle to, ChangeOptions options) {
        String doing = doing(to) + " " + version;
        changes.requireWritable(doing);
        List<String> intent = List.of(
                "lifecycle",
                version.name().value(),
                version.version(),
                version.digest().hex(),
                to.name());
        Changes.Who who = changes.who(options);
        return changes.make(intent, options, draft -> decide(draft, version, to, who, doing));
    }

    private Proposal.Decision<Commit> decide(
            Draft draft, ModelVersion version, Lifecycle to, Changes.Who who, String doing) {
        ModelState model = draft.model(version.name()).orElseThrow(() -> Unknown.model(version.name(), List.of()));
        VersionState state = Moves.found(model, version);
        if (state.lifecycle() == to) {
            return Changes.already(state.standing().since().orElseThrow(() -> stale(version, state, doing)));
        }
        if (state.lifecycle() == Lifecycle.DELETED) {
            throw stale(version, state, doing);
        }
        Changes.requireNoHold(draft, model, who, doing);
        List<String> users = draft.users(model, state, to);
        if (!users.isEmpty()) {
            throw new ConflictException(
                    ErrorCode.IN_USE,
                    doing,
                    "it is used by " + String.join(", ", users),
                    "move these to another version first");
        }
        return Changes.write(new Op.SetLifecycle(model.name(), state.version(), state.lifecycle(), to));
    }

    private static ConflictException stale(ModelVersion version, VersionState state, String doing) {
        boolean deleted = state.lifecycle() == Lifecycle.DELETED;
        return new ConflictException(
                ErrorCode.STALE,
                doing,
                deleted ? version + " is deleted" : version + " is as it was registered",
                deleted ? "register the package again" : "there is nothing to do");
    }

    private static String doing(Lifecycle to) {
        return switch (to) {
            case ACTIVE -> "reinstate";
            case DEPRECATED -> "deprecate";
            case YANKED -> "yank";
            case DELETED -> "delete";
        };
    }

    /** A lifecycle in the words of a sentence. */
    static String shown(Lifecycle lifecycle) {
        return lifecycle.name().toLowerCase(Locale.ROOT);
    }
}
