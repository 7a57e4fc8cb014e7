package io.maas.internal.registry;

import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.internal.log.Op;
import io.maas.model.Digest;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Asks the committer for changes whose answer is their commit. */
final class Changes {
    private final Ledger ledger;
    private final Committer committer;
    private final RegistrySettings settings;

    Changes(Ledger ledger, Committer committer, RegistrySettings settings) {
        this.ledger = ledger;
        this.committer = committer;
        this.settings = settings;
    }

    /** What to do, decided against the state just before the commit. */
    interface Decide extends Function<Draft, Proposal.Decision<Commit>> {}

    /**
     * Makes a change.
     *
     * @param intent what is asked for, so that a token that is used again for something else is noticed
     */
    Commit make(List<String> intent, ChangeOptions options, Decide decide) {
        return make(intent, options, decide, (commit, ops) -> commit);
    }

    /** As above, with an answer of its own. */
    <T> T make(
            List<String> intent,
            ChangeOptions options,
            Function<Draft, Proposal.Decision<T>> decide,
            BiFunction<Commit, List<Op>, T> result) {
        return committer.commit(new Proposal<>(
                settings.token(options.token()),
                intent(intent),
                actor(options),
                RegistrySettings.reason(options.reason()),
                decide,
                result));
    }

    String actor(ChangeOptions options) {
        return settings.actor(options.actor());
    }

    /** Returns who makes a change, by name. */
    String named(ChangeOptions options) {
        return settings.named(options.actor());
    }

    /** Returns how other actors stand in the log. */
    String[] logged(Collection<String> names) {
        return names.stream().map(settings::logged).toArray(String[]::new);
    }

    void requireWritable(String doing) {
        if (settings.readOnly()) {
            throw new DeniedException(
                    ErrorCode.READ_ONLY, doing, "the platform was opened to read only", "open it without readOnly()");
        }
        ledger.requireConfirmed();
    }

    /** Refuses a change to a model on hold, unless its actor may make it and says that it is meant. */
    void requireNoHold(Draft draft, ModelState model, ChangeOptions options, String doing) {
        if (model.hold().isPresent()) {
            requireNoHold(draft, model, options, actor(options), doing);
        }
    }

    /** As above, for whoever has asked before how the actor stands in the log, which may take a while. */
    static void requireNoHold(Draft draft, ModelState model, ChangeOptions options, String actor, String doing) {
        if (model.hold().isEmpty()) {
            return;
        }
        Commit hold = model.hold().get();
        boolean may = mayRelease(draft, model, actor);
        if (options.hold() == ChangeOptions.OnHold.OVERRIDE && may) {
            return;
        }
        throw new DeniedException(
                ErrorCode.ON_HOLD,
                doing,
                model.name() + " was put on hold by " + hold.actor() + " in commit " + hold.number()
                        + hold.reason().map(why -> ", '" + why + "'").orElse(""),
                may
                        ? "take it off hold, or say despiteHold()"
                        : "ask " + hold.actor() + " or one of the policy's holders, "
                                + draft.common().policyFor(model.name()).holders());
    }

    static boolean mayRelease(Draft draft, ModelState model, String actor) {
        return model.hold().filter(hold -> hold.actor().equals(actor)).isPresent()
                || draft.common().policyFor(model.name()).holders().contains(actor);
    }

    static Proposal.Decision<Commit> write(Op... ops) {
        return new Proposal.Decision.Write<>(List.of(ops));
    }

    static Proposal.Decision<Commit> already(Commit commit) {
        return new Proposal.Decision.Already<>(commit);
    }

    static String intent(List<String> parts) {
        return Digest.of(String.join("\n", parts).getBytes(StandardCharsets.UTF_8))
                .abbreviated();
    }
}
