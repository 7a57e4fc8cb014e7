package io.maas.internal.registry;

import io.maas.error.CommitStateUnknownException;
import io.maas.error.ConflictException;
import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.NotFoundException;
import io.maas.internal.gate.GateReportCodec;
import io.maas.internal.gate.PublishGate;
import io.maas.internal.gate.Subject;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.CommitLog;
import io.maas.internal.log.CommitRecord;
import io.maas.internal.log.Op;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.TrustKey;
import io.maas.repository.AliasMove;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.GateReport;
import io.maas.repository.GateReport.Check;
import io.maas.repository.ModelDetails;
import io.maas.repository.ModelVersion;
import io.maas.repository.Policy;
import io.maas.repository.Release;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Moves aliases. What is published passes the gate first, which takes as long as reading and running the model does; only
 * then is the commit decided. If what the gate went by has changed by then, such as the policy or the version that is
 * replaced, the gate looks again.
 */
final class Publisher {
    static final int MOST_LOOKS = 64;

    private final Ledger ledger;
    private final Contents contents;
    private final Changes changes;
    private final RegistrySettings settings;
    private final PublishGate gate;
    private volatile @Nullable Prober prober;

    Publisher(Ledger ledger, Contents contents, Changes changes, RegistrySettings settings) {
        this.ledger = ledger;
        this.contents = contents;
        this.changes = changes;
        this.settings = settings;
        this.gate = new PublishGate(settings.limits());
    }

    void prober(Prober value) {
        prober = value;
    }

    /** Looks at a version without publishing it. */
    GateReport check(ModelVersion version, String alias) {
        ledger.refresh();
        try (Trials trials = new Trials()) {
            return look(ledger.state().draft(), new Release.Publish(version, alias, Optional.empty()), trials)
                    .report();
        }
    }

    /** Makes all moves of a release in one commit. */
    Commit release(Release release, String doing) {
        changes.requireWritable(doing);
        if (release.steps().isEmpty()) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING, doing, "the release has no step", "add what is to be moved");
        }
        List<String> intent = new ArrayList<>(
                List.of("release", Boolean.toString(release.force().isPresent())));
        release.steps().forEach(step -> intent.add(step.toString()));
        // one token for all looks: if a commit's outcome is unknown, whoever repeats the call must find it
        ChangeOptions options =
                release.options().token(settings.token(release.options().token()));
        Changes.Who who = changes.who(options);
        boolean known = ledger.use(options.token().orElseThrow()).isPresent();
        try (Trials trials = new Trials()) {
            return lookingAgain(doing, () -> {
                Map<Release.Step, Look> seen = known ? Map.of() : look(release, who, trials);
                requirePassed(release, seen);
                return commit(
                        release,
                        options,
                        intent,
                        (draft, evidence) -> decide(draft, release, who, seen, evidence, doing),
                        seen);
            });
        }
    }

    /** Makes a change again as long as what the gate went by changes while it looks. */
    static Commit lookingAgain(String doing, Supplier<Commit> attempt) {
        for (int looks = 1; ; looks++) {
            try {
                return attempt.get();
            } catch (LookAgain e) {
                if (looks == MOST_LOOKS) {
                    throw new ConflictException(
                            ErrorCode.STALE,
                            doing,
                            "what the gate went by changed " + looks + " times while it looked",
                            "do it again when others are done");
                }
            }
        }
    }

    /** Takes back the moves of an earlier change. */
    Commit undo(Commit change, ChangeOptions options) {
        String doing = "undo commit " + change.number();
        changes.requireWritable(doing);
        List<Op.MoveAlias> done = movesOf(change, doing);
        if (done.isEmpty()) {
            throw new ConflictException(
                    ErrorCode.NOTHING_TO_ROLL_BACK, doing, "it moved no alias", "name the commit of a release");
        }
        Changes.Who who = changes.who(options);
        List<String> intent = List.of("undo", Long.toString(change.number()), Integer.toString(change.index()));
        return changes.make(intent, options, before -> {
            Draft draft = before.copy();
            List<Op> ops = new ArrayList<>();
            for (Op.MoveAlias move : done) {
                ModelState model = draft.model(move.name()).orElseThrow(() -> Unknown.model(move.name(), List.of()));
                Changes.requireNoHold(draft, model, who, doing);
                ops.add(Moves.undo(draft, move));
            }
            return new Proposal.Decision.Write<>(List.copyOf(ops));
        });
    }

    private List<Op.MoveAlias> movesOf(Commit change, String doing) {
        CommitRecord record = ledger.commit(change.number());
        if (change.index() < 0 || change.index() >= record.changes().size()) {
            throw new NotFoundException(
                    ErrorCode.UNKNOWN_RECORD,
                    doing,
                    "it has no change " + change.index(),
                    "give the commit that was returned when the change was made");
        }
        return record.changes().get(change.index()).ops().stream()
                .filter(Op.MoveAlias.class::isInstance)
                .map(Op.MoveAlias.class::cast)
                .toList();
    }

    /** What the gate found, and what it went by. */
    record Look(Basis basis, GateReport report) {}

    /** What the gate's answer rests on, but for the content, which does not change. */
    record Basis(
            Optional<String> current,
            Policy policy,
            List<TrustKey> keys,
            List<Commit> approvals,
            List<String> missing) {}

    /** Says that the gate has to look again. */
    static final class LookAgain extends RuntimeException {
        private static final long serialVersionUID = 1;

        LookAgain() {
            super("the gate has to look again", null, false, false);
        }
    }

    private Map<Release.Step, Look> look(Release release, Changes.Who who, Trials trials) {
        ledger.refresh(); // what others have done since is not worth reading a model for to find out
        Map<Release.Step, Look> seen = new HashMap<>();
        Draft draft = ledger.state().draft();
        for (Release.Step step : release.steps()) {
            // what cannot be done is refused before anything is read
            Optional<Op.MoveAlias> move = Moves.decide(draft, step);
            draft.model(step.name())
                    .ifPresent(model ->
                            move.ifPresent(any -> Changes.requireNoHold(draft, model, who, "move " + any.subject())));
            if (step instanceof Release.Publish publish && move.isPresent()) {
                seen.put(step, look(draft, publish, trials));
            }
        }
        return seen;
    }

    /** Looks at a version that a draft has. */
    Look look(Draft draft, Release.Publish step, Trials trials) {
        ModelState model = draft.model(step.name()).orElseThrow(() -> Unknown.model(step.name(), List.of()));
        VersionState version = Moves.found(model, step.version());
        Manifest manifest = contents.manifest(version);
        Basis basis = basis(draft, model, version, manifest, step.alias());
        Optional<VersionState> published = basis.current().flatMap(model::version);
        Subject subject = new Subject(
                version.of(model.name()),
                step.alias(),
                manifest,
                () -> contents.bundle(version),
                contents.probe(version).map(ModelDetails.Probe::signature),
                basis.approvals(),
                published.map(now ->
                        new Subject.Published(now.version(), contents.probe(now).map(ModelDetails.Probe::signature))),
                published
                        .map(now -> draft.dependents(model.name(), now.digest()).stream()
                                .map(ModelVersion::toString)
                                .toList())
                        .orElse(List.of()),
                basis.missing(),
                basis.policy(),
                basis.keys(),
                settings.clock().instant());
        return new Look(basis, gate.judge(subject, trials.examine(subject, version)));
    }

    private static Basis basis(Draft draft, ModelState model, VersionState version, Manifest manifest, String alias) {
        List<String> missing = new ArrayList<>();
        for (Manifest.Dependency need : manifest.dependsOn()) {
            boolean there = draft.model(need.model())
                    .flatMap(other -> other.digest(need.digest()))
                    .isPresent();
            if (!there) {
                missing.add(need.model() + "@" + need.digest());
            }
        }
        return new Basis(
                model.current(alias),
                draft.common().policyFor(model.name()),
                List.copyOf(draft.common().keys().values()),
                version.approvals(),
                missing);
    }

    /** Refuses what the gate found something about, unless it is forced. */
    static void requirePassed(Release release, Map<Release.Step, Look> seen) {
        if (release.force().isPresent()) {
            return;
        }
        for (Look look : seen.values()) {
            List<Check> failures = look.report().failures();
            if (!failures.isEmpty()) {
                List<String> findings = new ArrayList<>();
                failures.forEach(
                        check -> findings.add(check.gate().name().toLowerCase(Locale.ROOT) + ": " + check.finding()));
                throw new DeniedException(
                        failures.get(0).code().orElse(ErrorCode.STALE),
                        "publish " + look.report().version() + " as "
                                + look.report().alias(),
                        String.join("; ", findings),
                        "mend what was found, or publish with force(reason)");
            }
        }
    }

    /** Commits what was looked at, with the reports as its evidence. */
    Commit commit(
            Release release, ChangeOptions options, List<String> intent, Decide decide, Map<Release.Step, Look> seen) {
        Map<Release.Step, BlobKey> evidence = new HashMap<>();
        boolean keep = false;
        try {
            seen.forEach((step, look) -> evidence.put(step, store(look.report(), release.force())));
            Commit commit = changes.make(intent, options, draft -> decide.decide(draft, evidence));
            keep = true;
            return commit;
        } catch (CommitStateUnknownException | Error e) {
            keep = true; // the commit may be there, and needs its evidence
            throw e;
        } finally {
            if (!keep) {
                contents.blobs().discard(evidence.values());
            }
        }
    }

    /** Decides the moves, given where the evidence lies. */
    interface Decide {
        Proposal.Decision<Commit> decide(Draft draft, Map<Release.Step, BlobKey> evidence);
    }

    private BlobKey store(GateReport found, Optional<String> force) {
        byte[] bytes = evidence(found, force);
        Blobs blobs = contents.blobs();
        BlobKey blob = blobs.upload(
                Digest.of(bytes), CommitLog.source(bytes), ledger.state().head().number());
        blobs.forgetWritten(List.of(blob));
        return blob;
    }

    /** The document that is kept of what was found. */
    static byte[] evidence(GateReport found, Optional<String> force) {
        return GateReportCodec.write(new GateReport(
                found.version(),
                found.alias(),
                found.replaces(),
                found.at(),
                found.checks(),
                found.compatibility(),
                found.dependents(),
                force));
    }

    private Proposal.Decision<Commit> decide(
            Draft before,
            Release release,
            Changes.Who who,
            Map<Release.Step, Look> seen,
            Map<Release.Step, BlobKey> evidence,
            String doing) {
        Draft draft = before.copy();
        List<Op> ops = new ArrayList<>();
        for (Release.Step step : release.steps()) {
            Optional<Op.MoveAlias> move = Moves.decide(draft, step);
            if (move.isEmpty()) {
                continue;
            }
            ModelState model = draft.model(step.name()).orElseThrow(() -> Unknown.model(step.name(), List.of()));
            Changes.requireNoHold(draft, model, who, doing);
            if (step instanceof Release.Publish publish) {
                requireSame(draft, model, publish, seen.get(step));
                BlobKey report = Objects.requireNonNull(evidence.get(step));
                if (draft.isDoomed(report)) {
                    throw new LookAgain(); // taken for garbage before the commit could name it
                }
                ops.add(new Op.Attach(
                        model.name(), publish.version().version(), Op.Attach.GATE + publish.alias(), report));
            }
            ops.add(move.get());
        }
        return ops.isEmpty()
                ? Changes.already(latest(draft, release.steps()))
                : new Proposal.Decision.Write<>(List.copyOf(ops));
    }

    /** Says that the gate has to look again if what it went by is different in a draft. */
    void requireSame(Draft draft, ModelState model, Release.Publish step, @Nullable Look look) {
        VersionState version = Moves.found(model, step.version());
        if (look == null
                || !look.basis().equals(basis(draft, model, version, contents.manifest(version), step.alias()))) {
            throw new LookAgain();
        }
    }

    /** The commit of the latest of the moves that made things so. */
    private static Commit latest(Draft draft, List<Release.Step> steps) {
        List<AliasMove> moves = new ArrayList<>();
        for (Release.Step step : steps) {
            draft.model(step.name())
                    .flatMap(model -> model.alias(step.alias()))
                    .ifPresent(
                            alias -> moves.add(alias.moves().get(alias.moves().size() - 1)));
        }
        return moves.stream()
                .map(AliasMove::commit)
                .max(Comparator.comparingLong(Commit::number))
                .orElseThrow();
    }

    /** What was examined: once, however often the gate looks. Models stay loaded until the commit is made. */
    final class Trials implements AutoCloseable {
        private final Map<Digest, PublishGate.Examined> examined = new HashMap<>();
        private final List<Prober.Trial> running = new ArrayList<>();

        PublishGate.Examined examine(Subject subject, VersionState version) {
            PublishGate.Examined known = examined.get(version.digest());
            if (known == null) {
                known = gate.examine(subject, () -> tryOut(version));
                examined.put(version.digest(), known);
            }
            return known;
        }

        private String tryOut(VersionState version) {
            Prober asked = prober;
            if (asked == null) {
                return "not run: this registry was opened without engines";
            }
            Prober.Trial trial = asked.tryOut(version);
            running.add(trial);
            return trial.finding();
        }

        @Override
        public void close() {
            running.forEach(Prober.Trial::close);
        }
    }
}
