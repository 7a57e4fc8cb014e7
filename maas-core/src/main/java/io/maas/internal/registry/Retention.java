package io.maas.internal.registry;

import io.maas.internal.log.Op;
import io.maas.model.ModelName;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.Lifecycle;
import io.maas.repository.Maintenance.Mode;
import io.maas.repository.ModelVersion;
import io.maas.repository.RetentionReport;
import io.maas.repository.RetireOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Deletes the versions that a policy does not keep, model by model. Who needs a version is said in {@link Draft#keepers}
 * alone, for whatever comes to need one, and looked at again right before the commit.
 */
final class Retention {
    private static final Commit PROVISIONAL = new Commit(Long.MAX_VALUE, 0, Instant.EPOCH, "", Optional.empty());

    private final Ledger ledger;
    private final Changes changes;
    private final RetireOptions options;
    private final List<ModelVersion> retired = new ArrayList<>();
    private final List<Commit> commits = new ArrayList<>();
    private final Map<ModelName, Commit> held = new TreeMap<>();

    Retention(Ledger ledger, Changes changes, RetireOptions options) {
        this.ledger = ledger;
        this.changes = changes;
        this.options = options;
    }

    /** What became of a model. */
    private record Outcome(List<Commit> commits, List<Op> ops) {}

    RetentionReport run() {
        Draft imagined = ledger.state().draft(); // in a dry run: with the models before as they would be
        for (ModelState model : ledger.state().sortedModels()) {
            if (!isCrowded(imagined, model)) {
                continue;
            }
            if (model.hold().isPresent()) {
                hold(model, plan(imagined.copy(), model.name()));
            } else if (options.mode() == Mode.DRY_RUN) {
                note(model.name(), plan(imagined, model.name()));
            } else {
                retire(model.name());
            }
        }
        return new RetentionReport(options.mode(), retired, commits, held);
    }

    /** Tells cheaply whether a model has more versions that no alias needs than its policy keeps. */
    private static boolean isCrowded(Draft draft, ModelState model) {
        OptionalInt kept = draft.common().policyFor(model.name()).keepUnpublished();
        return kept.isPresent()
                && model.live()
                                .filter(version ->
                                        model.returningTo(version.version()).isEmpty())
                                .count()
                        > kept.getAsInt();
    }

    private void retire(ModelName name) {
        int kept = ledger.state().common().policyFor(name).keepUnpublished().orElse(0);
        String rule = "the policy keeps " + kept + " unpublished";
        ChangeOptions change = ChangeOptions.because(
                options.reason().map(why -> why + " (" + rule + ")").orElse(rule));
        Outcome outcome = changes.make(
                List.of("retire", name.value()),
                options.actor().map(change::actor).orElse(change),
                draft -> decide(draft, name, kept),
                (commit, ops) -> new Outcome(List.of(commit), ops));
        commits.addAll(outcome.commits());
        note(name, outcome.ops());
    }

    /** Against the state just before the commit. Whatever changed since, rule and hold included, counts. */
    private Proposal.Decision<Outcome> decide(Draft draft, ModelName name, int kept) {
        held.remove(name); // this may be decided again
        ModelState model = draft.model(name).orElseThrow(() -> Unknown.model(name, List.of()));
        OptionalInt now = draft.common().policyFor(name).keepUnpublished();
        boolean sameRule = now.isPresent() && now.getAsInt() == kept;
        List<Op> ops = sameRule ? superfluous(draft.copy(), name) : List.of();
        if (!ops.isEmpty() && model.hold().isPresent()) {
            hold(model, ops);
            ops = List.of();
        }
        return ops.isEmpty()
                ? new Proposal.Decision.Already<>(new Outcome(List.of(), List.of()))
                : new Proposal.Decision.Write<>(ops);
    }

    private List<Op> plan(Draft draft, ModelName name) {
        ledger.lock().lock(); // so that nothing is committed between looking and applying
        try {
            return superfluous(draft, name);
        } finally {
            ledger.lock().unlock();
        }
    }

    /** What to delete of a model, newest first, applied to the draft one by one: two may be needed only as one of them. */
    private static List<Op> superfluous(Draft draft, ModelName name) {
        List<Op> ops = new ArrayList<>();
        Optional<ModelState> model = draft.model(name);
        OptionalInt kept = draft.common().policyFor(name).keepUnpublished();
        if (model.isEmpty() || kept.isEmpty()) {
            return ops;
        }
        List<VersionState> live = model.get().live().toList();
        int left = kept.getAsInt();
        for (int i = live.size() - 1; i >= 0; i--) {
            VersionState version = live.get(i);
            boolean needed =
                    !draft.keepers(draft.model(name).orElseThrow(), version).isEmpty();
            if (needed || left-- > 0) {
                continue;
            }
            Op op = new Op.SetLifecycle(name, version.version(), version.lifecycle(), Lifecycle.DELETED);
            draft.apply(PROVISIONAL, List.of(op));
            ops.add(op);
        }
        return ops;
    }

    private void hold(ModelState model, List<Op> ops) {
        if (!ops.isEmpty()) {
            held.put(model.name(), model.hold().orElseThrow());
        }
    }

    private void note(ModelName name, List<Op> ops) {
        ModelState model = ledger.state().model(name).orElseThrow();
        for (Op op : ops) {
            String label = ((Op.SetLifecycle) op).version();
            retired.add(model.version(label).orElseThrow().of(name));
        }
    }
}
