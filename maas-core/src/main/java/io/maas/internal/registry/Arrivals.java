package io.maas.internal.registry;

import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.internal.bundle.Bundle;
import io.maas.internal.bundle.BundleReader;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.Op;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.repository.AliasMove;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.Lifecycle;
import io.maas.repository.ModelVersion;
import io.maas.repository.Release;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Takes versions that come from another registry. They are checked and asked about as any package that is registered is;
 * what the other registry knows is attached as evidence and decides nothing. All of it is one commit.
 */
final class Arrivals {
    private final Ledger ledger;
    private final Reception reception;
    private final Publisher publisher;
    private final Committer committer;
    private final Changes changes;
    private final RegistrySettings settings;

    Arrivals(
            Ledger ledger,
            Reception reception,
            Publisher publisher,
            Committer committer,
            Changes changes,
            RegistrySettings settings) {
        this.ledger = ledger;
        this.reception = reception;
        this.publisher = publisher;
        this.committer = committer;
        this.changes = changes;
        this.settings = settings;
    }

    /** Reads packages as this registry wants them to be. */
    BundleReader reader() {
        return new BundleReader(settings.limits());
    }

    /** Makes sure that something can be changed here. */
    void requireWritable(String doing) {
        changes.requireWritable(doing);
    }

    /** Tells whether a bundle is here. */
    boolean has(ModelName name, Digest digest) {
        return ledger.state().model(name).flatMap(model -> model.digest(digest)).isPresent();
    }

    /** Reads what others committed. */
    void refresh() {
        ledger.refresh();
    }

    /** Takes a delivery; returns the versions as they are here, in the order of the arrivals. */
    List<ModelVersion> take(Delivery asked) {
        changes.requireWritable(asked.doing());
        ledger.refresh();
        // one token for all tries: if a commit's outcome is unknown, whoever repeats the call must find it
        Delivery delivery =
                asked.with(asked.options().token(settings.token(asked.options().token())));
        if (ledger.isUsed(delivery.options().token().orElseThrow())) {
            return committer.commit(proposal(delivery, Map.of(), Looks.NONE));
        }
        try (Publisher.Trials trials = publisher.new Trials()) {
            return reception.run(uploads -> attempt(delivery, uploads, trials));
        }
    }

    private List<ModelVersion> attempt(Delivery delivery, Uploads uploads, Publisher.Trials trials) {
        // what cannot be is refused before anything is stored
        Draft now = ledger.state().draft();
        Plan plan = Plan.of(now, delivery);
        if (!plan.stacks().isEmpty()) {
            now.model(delivery.model())
                    .ifPresent(model ->
                            Changes.requireNoHold(now, model, changes.who(delivery.options()), delivery.doing()));
        }
        Map<Arrival, Candidate> candidates = new LinkedHashMap<>();
        for (int i = 0; i < delivery.arrivals().size(); i++) {
            if (plan.fresh().get(i)) {
                Arrival arrival = delivery.arrivals().get(i);
                candidates.put(arrival, candidate(arrival, uploads));
            }
        }
        for (int looks = 1; ; looks++) {
            Looks seen = look(delivery, candidates, uploads, trials);
            try {
                return committer.commit(proposal(delivery, candidates, seen));
            } catch (Publisher.LookAgain e) {
                uploads.discard(seen.evidence().values());
                if (looks == Publisher.MOST_LOOKS) {
                    throw new ConflictException(
                            ErrorCode.STALE,
                            delivery.doing(),
                            "what the gate went by changed " + looks + " times while it looked",
                            "import again when others are done");
                }
            }
        }
    }

    private Candidate candidate(Arrival arrival, Uploads uploads) {
        try (Bundle bundle = arrival.files().apply(uploads)) {
            Candidate stored = reception.store(bundle, arrival.label(), uploads);
            // what was yanked may have been for what it does to an engine
            Candidate probed = arrival.lifecycle() == Lifecycle.YANKED
                    ? stored
                    : reception.probe(bundle.manifest(), stored, uploads);
            return probed.with(Op.Attach.ORIGIN, uploads.store(arrival.origin().get()));
        }
    }

    // ---- the gate, where aliases are made

    /** What the gate found about the versions that aliases are to point at, and where that is kept. */
    private record Looks(Map<String, Publisher.Look> found, Map<String, BlobKey> evidence) {
        static final Looks NONE = new Looks(Map.of(), Map.of());
    }

    private Looks look(
            Delivery delivery, Map<Arrival, Candidate> candidates, Uploads uploads, Publisher.Trials trials) {
        if (delivery.stacks().isEmpty()) {
            return Looks.NONE;
        }
        Draft draft = ledger.state().draft();
        Plan plan = Plan.of(draft, delivery);
        Draft arrived = draft.copy().apply(provisional(draft, delivery), registrations(delivery, plan, candidates));
        Map<Release.Step, Publisher.Look> seen = new HashMap<>();
        Map<String, Publisher.Look> found = new HashMap<>();
        for (Release.Publish step : tops(delivery, plan, arrived)) {
            Publisher.Look look = publisher.look(arrived, step, trials);
            seen.put(step, look);
            found.put(step.alias(), look);
        }
        Release release = new Release(List.of(), delivery.options(), delivery.force());
        Publisher.requirePassed(release, seen);
        Map<String, BlobKey> evidence = new HashMap<>();
        found.forEach((alias, look) ->
                evidence.put(alias, uploads.store(Publisher.evidence(look.report(), delivery.force()))));
        return new Looks(found, evidence);
    }

    /** What each alias is to point at in the end. */
    private static List<Release.Publish> tops(Delivery delivery, Plan plan, Draft arrived) {
        List<Release.Publish> tops = new ArrayList<>();
        plan.stacks().forEach((alias, stack) -> {
            ModelState model = arrived.model(delivery.model()).orElseThrow();
            VersionState top = model.version(stack.get(stack.size() - 1)).orElseThrow();
            Moves.requireServable(model, top.version(), delivery.doing());
            tops.add(new Release.Publish(top.of(model.name()), alias, Optional.empty()));
        });
        return tops;
    }

    // ---- the commit

    private Proposal<List<ModelVersion>> proposal(Delivery delivery, Map<Arrival, Candidate> candidates, Looks seen) {
        ChangeOptions options = delivery.options();
        return new Proposal<>(
                settings.token(options.token()),
                Changes.intent(delivery.intent()),
                changes.actor(options),
                RegistrySettings.reason(options.reason()),
                draft -> decide(draft, delivery, candidates, seen),
                (commit, ops) -> taken(delivery, commit, ops));
    }

    private Proposal.Decision<List<ModelVersion>> decide(
            Draft before, Delivery delivery, Map<Arrival, Candidate> candidates, Looks seen) {
        Plan plan = Plan.of(before, delivery);
        List<Op> ops = new ArrayList<>(registrations(delivery, plan, candidates));
        if (candidates.values().stream().flatMap(Candidate::blobs).anyMatch(before::isDoomed)) {
            throw new Uploads.Doomed();
        }
        Draft next = before.copy().apply(provisional(before, delivery), ops);
        if (!plan.stacks().isEmpty()) {
            ModelState model = next.model(delivery.model()).orElseThrow();
            Changes.requireNoHold(next, model, changes.who(delivery.options()), delivery.doing());
            for (Release.Publish step : tops(delivery, plan, next)) {
                List<String> stack = Objects.requireNonNull(plan.stacks().get(step.alias()));
                ops.addAll(stack(next, model, step, stack, seen));
            }
        }
        // at the end: a publish stack may have a version that was yanked since, and goes back to it if it is reinstated
        ops.addAll(endings(delivery, plan));
        return ops.isEmpty()
                ? new Proposal.Decision.Already<>(there(before, delivery, plan))
                : new Proposal.Decision.Write<>(List.copyOf(ops));
    }

    /** Who applies operations of a commit that is yet to be made. */
    private Commit provisional(Draft draft, Delivery delivery) {
        return new Commit(
                draft.number(),
                0,
                settings.clock().instant(),
                changes.actor(delivery.options()),
                delivery.options().reason());
    }

    private static List<Op> registrations(Delivery delivery, Plan plan, Map<Arrival, Candidate> candidates) {
        List<Op> ops = new ArrayList<>();
        for (int i = 0; i < plan.labels().size(); i++) {
            if (plan.fresh().get(i)) {
                Candidate candidate = candidates.get(delivery.arrivals().get(i));
                if (candidate == null) {
                    throw new Uploads.Doomed(); // it was here when this began, and was deleted since
                }
                ops.addAll(candidate.ops(plan.labels().get(i)));
            }
        }
        return ops;
    }

    private List<Op> stack(Draft next, ModelState model, Release.Publish step, List<String> stack, Looks seen) {
        Publisher.Look look = seen.found().get(step.alias());
        publisher.requireSame(next, model, step, look);
        BlobKey report = Objects.requireNonNull(seen.evidence().get(step.alias()));
        if (next.isDoomed(report)
                || Objects.requireNonNull(look).report().version().commit()
                        != step.version().commit()) {
            throw new Publisher.LookAgain();
        }
        List<Op> ops = new ArrayList<>();
        ops.add(new Op.Attach(model.name(), step.version().version(), Op.Attach.GATE + step.alias(), report));
        Optional<String> current = Optional.empty();
        for (String label : stack) {
            if (model.mayServe(label) && current.filter(label::equals).isEmpty()) {
                ops.add(new Op.MoveAlias(
                        model.name(), step.alias(), AliasMove.Kind.PUBLISH, current, Optional.of(label)));
                current = Optional.of(label);
            }
        }
        return ops;
    }

    private static List<Op> endings(Delivery delivery, Plan plan) {
        List<Op> ops = new ArrayList<>();
        for (int i = 0; i < plan.labels().size(); i++) {
            Arrival arrival = delivery.arrivals().get(i);
            if (plan.fresh().get(i) && arrival.lifecycle() != Lifecycle.ACTIVE) {
                ops.add(new Op.SetLifecycle(
                        arrival.name(), plan.labels().get(i), Lifecycle.ACTIVE, arrival.lifecycle()));
            }
        }
        return ops;
    }

    private static List<ModelVersion> there(Draft draft, Delivery delivery, Plan plan) {
        List<ModelVersion> versions = new ArrayList<>();
        for (int i = 0; i < plan.labels().size(); i++) {
            ModelName name = delivery.arrivals().get(i).name();
            String label = plan.labels().get(i);
            VersionState version =
                    draft.model(name).flatMap(model -> model.version(label)).orElseThrow();
            versions.add(version.of(name));
        }
        return versions;
    }

    /** The versions that a commit made, and those that were here before it. */
    private List<ModelVersion> taken(Delivery delivery, Commit commit, List<Op> ops) {
        List<ModelVersion> versions = new ArrayList<>();
        for (Arrival arrival : delivery.arrivals()) {
            versions.add(Candidate.registered(arrival.name(), arrival.digest(), arrival.label(), commit, ops)
                    .orElseGet(() -> existing(arrival)));
        }
        return versions;
    }

    private ModelVersion existing(Arrival arrival) {
        return ledger.state()
                .model(arrival.name())
                .flatMap(model -> arrival.label()
                        .flatMap(model::version)
                        .filter(version -> version.digest().equals(arrival.digest()))
                        .or(() -> model.digest(arrival.digest())))
                .map(version -> version.of(arrival.name()))
                .orElseThrow(() -> Unknown.model(arrival.name(), List.of()));
    }
}
