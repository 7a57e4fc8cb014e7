package io.maas.internal.registry;

import io.maas.internal.log.Op;
import io.maas.model.ModelName;
import io.maas.repository.AliasMove;
import io.maas.repository.Commit;
import io.maas.repository.Lifecycle;
import io.maas.repository.ModelVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The commit of a delivery. It is decided, and told of, under the ledger's lock: so who makes it was asked for before, and
 * what was here already is taken from the state that it was decided against. What others do in the same commit, such as
 * deleting that, comes later.
 */
final class Landing {
    private final Ledger ledger;
    private final Publisher publisher;
    private final RegistrySettings settings;
    private final Delivery delivery;
    private final Changes.Who who;
    /** What was here already in the state that was decided against last. */
    private List<Optional<ModelVersion>> there = List.of();

    /**
     * Creates it.
     *
     * @param who who brings the delivery
     */
    Landing(Ledger ledger, Publisher publisher, RegistrySettings settings, Delivery delivery, Changes.Who who) {
        this.ledger = ledger;
        this.publisher = publisher;
        this.settings = settings;
        this.delivery = delivery;
        this.who = who;
    }

    Delivery delivery() {
        return delivery;
    }

    String token() {
        return delivery.options().token().orElseThrow();
    }

    /** Refuses to make aliases of a model that is on hold. */
    void requireNoHold(Draft draft) {
        draft.model(delivery.model()).ifPresent(model -> Changes.requireNoHold(draft, model, who, delivery.doing()));
    }

    /** A draft with the versions that arrive, and nothing else of the delivery. */
    Draft arrived(Draft before, Plan plan, Map<Arrival, Candidate> candidates) {
        return before.copy().apply(provisional(before), registrations(plan, candidates));
    }

    /** What the commit will be, if nobody is faster: it is what the versions are told to be registered by. */
    private Commit provisional(Draft draft) {
        return new Commit(
                draft.number(),
                0,
                draft.time(settings.clock().instant()),
                who.actor(),
                delivery.options().reason());
    }

    Proposal<List<ModelVersion>> proposal(Map<Arrival, Candidate> candidates, ArrivalGate.Looks seen) {
        there = List.of(); // and stays so if an earlier call with the token is told of: nothing is decided then
        return new Proposal<>(
                token(),
                Changes.intent(delivery.intent()),
                who.actor(),
                RegistrySettings.reason(delivery.options().reason()),
                draft -> {
                    Plan plan = Plan.of(draft, delivery);
                    there = there(draft, plan);
                    return decide(draft, plan, candidates, seen);
                },
                (commit, ops) -> taken(commit, ops));
    }

    private Proposal.Decision<List<ModelVersion>> decide(
            Draft before, Plan plan, Map<Arrival, Candidate> candidates, ArrivalGate.Looks seen) {
        List<Op> ops = new ArrayList<>(registrations(plan, candidates));
        if (candidates.values().stream().flatMap(Candidate::blobs).anyMatch(before::isDoomed)) {
            throw new Uploads.Doomed();
        }
        if (!plan.stacks().isEmpty()) {
            Draft next = arrived(before, plan, candidates);
            requireNoHold(next);
            ops.addAll(seen.attached(publisher, delivery, plan, next));
            ModelState model = next.model(delivery.model()).orElseThrow();
            plan.stacks().forEach((alias, stack) -> ops.addAll(moves(model, alias, stack)));
        }
        ops.addAll(endings(plan));
        return ops.isEmpty()
                ? new Proposal.Decision.Already<>(
                        there.stream().flatMap(Optional::stream).toList())
                : new Proposal.Decision.Write<>(List.copyOf(ops));
    }

    private List<Op> registrations(Plan plan, Map<Arrival, Candidate> candidates) {
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

    private static List<Op> moves(ModelState model, String alias, List<String> stack) {
        List<Op> ops = new ArrayList<>();
        Optional<String> current = Optional.empty();
        for (String label : stack) {
            if (model.mayServe(label) && current.filter(label::equals).isEmpty()) {
                ops.add(new Op.MoveAlias(model.name(), alias, AliasMove.Kind.PUBLISH, current, Optional.of(label)));
                current = Optional.of(label);
            }
        }
        return ops;
    }

    private List<Op> endings(Plan plan) {
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

    /** The versions that are here already, in the order of the arrivals; empty for those that are not. */
    private List<Optional<ModelVersion>> there(Draft draft, Plan plan) {
        List<Optional<ModelVersion>> versions = new ArrayList<>();
        for (int i = 0; i < plan.labels().size(); i++) {
            ModelName name = delivery.arrivals().get(i).name();
            String label = plan.labels().get(i);
            versions.add(
                    plan.fresh().get(i)
                            ? Optional.empty()
                            : draft.model(name)
                                    .flatMap(model -> model.version(label))
                                    .map(version -> version.of(name)));
        }
        return versions;
    }

    /** The versions that a commit made, and those that were here before it. */
    private List<ModelVersion> taken(Commit commit, List<Op> ops) {
        List<ModelVersion> versions = new ArrayList<>();
        for (int i = 0; i < delivery.arrivals().size(); i++) {
            Arrival arrival = delivery.arrivals().get(i);
            Optional<ModelVersion> before = there.isEmpty() ? Optional.empty() : there.get(i);
            versions.add(Candidate.registered(arrival.name(), arrival.digest(), arrival.label(), commit, ops)
                    .or(() -> before)
                    .orElseGet(() -> known(arrival)));
        }
        return versions;
    }

    /** What an arrival was here when an earlier call was made; it may have been deleted since. */
    private ModelVersion known(Arrival arrival) {
        return ledger.state()
                .model(arrival.name())
                .flatMap(model -> arrival.label()
                        .flatMap(model::version)
                        .filter(version -> version.digest().equals(arrival.digest()))
                        .or(() -> model.digest(arrival.digest()))
                        .or(() -> model.versions().stream()
                                .filter(version -> version.digest().equals(arrival.digest()))
                                .findFirst()))
                .map(version -> version.of(arrival.name()))
                .orElseThrow(() -> Unknown.model(arrival.name(), List.of()));
    }
}
