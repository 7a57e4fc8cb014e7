package io.maas.internal.registry;

import io.maas.internal.log.Change;
import io.maas.internal.log.CommitRecord;
import io.maas.internal.log.Op;
import io.maas.model.ModelName;
import io.maas.repository.AliasMove;
import io.maas.repository.Commit;
import io.maas.repository.GateReport;
import io.maas.repository.Origin;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Tells what this registry knows of a version, for another one. */
final class Provenance {
    private final Ledger ledger;
    private final Contents contents;

    Provenance(Ledger ledger, Contents contents) {
        this.ledger = ledger;
        this.contents = contents;
    }

    /** A model as of a commit. */
    record Moment(RegistryState.Head head, Optional<ModelState> model) {}

    /** Returns a model as it is now, and as of when that is. */
    Moment now(ModelName name) {
        RegistryState state = ledger.state();
        return state.consistently(() -> new Moment(state.head(), state.model(name)));
    }

    /** Tells of a version of a model, both as of a commit. */
    Origin of(RegistryState.Head head, ModelState model, VersionState version) {
        return new Origin(
                ledger.format().digest(),
                head.number(),
                head.digest(),
                version.of(model.name()),
                reason(model, version),
                version.standing(),
                version.approvals(),
                moves(model, version),
                reports(version),
                contents.origin(version));
    }

    /** Why it was registered, which stands in the commit alone. */
    private Optional<String> reason(ModelState model, VersionState version) {
        CommitRecord record = ledger.commit(version.commit());
        return record.changes().stream()
                .filter(change -> registers(change, model, version))
                .findFirst()
                .flatMap(Change::reason);
    }

    private static boolean registers(Change change, ModelState model, VersionState version) {
        return change.ops().stream()
                .anyMatch(op -> op instanceof Op.Register register
                        && register.name().equals(model.name())
                        && register.version().equals(version.version()));
    }

    private static List<AliasMove> moves(ModelState model, VersionState version) {
        Optional<String> label = Optional.of(version.version());
        return model.aliases().values().stream()
                .flatMap(alias -> alias.moves().stream())
                .filter(move -> move.from().equals(label) || move.to().equals(label))
                .sorted(Comparator.comparing(AliasMove::commit, BY_TIME))
                .toList();
    }

    static final Comparator<Commit> BY_TIME =
            Comparator.comparingLong(Commit::number).thenComparingInt(Commit::index);

    private Map<String, GateReport> reports(VersionState version) {
        Map<String, GateReport> reports = new TreeMap<>();
        for (String fact : version.facts().keySet()) {
            if (fact.startsWith(Op.Attach.GATE) && fact.indexOf('#') < 0) { // the others were replaced
                String alias = fact.substring(Op.Attach.GATE.length());
                contents.evidence(version, alias).ifPresent(report -> reports.put(alias, report));
            }
        }
        return reports;
    }
}
