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
import java.util.Optional;
import java.util.Set;
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

    /** Returns the commit of the change that was made with a token, if that is remembered. */
    Optional<Commit> made(String token) {
        return committer.made(token);
    }

    String actor(ChangeOptions options) {
        return settings.actor(options.actor());
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

    /**
     * Who makes a change. Found out once, before the change is decided: pseudonyms may be kept far away, and nobody commits
     * while something is decided.
     *
     * @param actor as it is to stand in the log
     * @param names how the same actor may stand there: the log may be older than the use of pseudonyms
     * @param hold what a hold means for the change
     */
    record Who(String actor, Set<String> names, ChangeOptions.OnHold hold) {}

    Who who(ChangeOptions options) {
        String actor = settings.actor(options.actor());
        return new Who(actor, Set.copyOf(List.of(actor, settings.named(options.actor()))), options.hold());
    }

    /** Refuses a change to a model on hold, unless its actor may make it and says that it is meant. */
    static void requireNoHold(Draft draft, ModelState model, Who who, String doing) {
        if (model.hold().isEmpty()) {
            return;
        }
        Commit hold = model.hold().get();
        Set<String> holders = draft.common().policyFor(model.name()).holders();
        boolean may = who.names().contains(hold.actor()) || who.names().stream().anyMatch(holders::contains);
        if (who.hold() == ChangeOptions.OnHold.OVERRIDE && may) {
            return;
        }
        throw new DeniedException(
                ErrorCode.ON_HOLD,
                doing,
                model.name() + " was put on hold by " + hold.actor() + " in commit " + hold.number()
                        + hold.reason().map(why -> ", '" + why + "'").orElse(""),
                may
                        ? "take it off hold, or say despiteHold()"
                        : "ask " + hold.actor() + " or one of the policy's holders, " + holders);
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
