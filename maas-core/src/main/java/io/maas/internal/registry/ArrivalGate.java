package io.maas.internal.registry;

import io.maas.internal.log.BlobKey;
import io.maas.internal.log.Op;
import io.maas.model.Digest;
import io.maas.repository.Release;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The gate where a delivery makes aliases. A rollback passes no gate, so all that an alias may go back to passes it here,
 * together with what it is to point at. Used by one thread.
 */
final class ArrivalGate implements AutoCloseable {
    private final Publisher publisher;
    /** What aliases are to point at: it stays loaded until the commit is made. */
    private final Publisher.Trials live;
    /** The rest, by bundle: what was found is kept, but not the models, which may be as many as a stack is long. */
    private final Map<Digest, Publisher.Trials> below = new HashMap<>();

    ArrivalGate(Publisher publisher) {
        this.publisher = publisher;
        this.live = publisher.new Trials();
    }

    /** Where a version stands. */
    private record Place(String alias, String label) {
        static Place of(Release.Publish step) {
            return new Place(step.alias(), step.version().version());
        }
    }

    private record Seen(Publisher.Look look, BlobKey evidence) {}

    /** What the gate found about versions on publish stacks, and where that is kept. */
    record Looks(Map<Place, Seen> found) {
        static final Looks NONE = new Looks(Map.of());

        /**
         * What attaches it to the versions.
         *
         * @throws Publisher.LookAgain if it rests on what is different in a draft
         */
        List<Op> attached(Publisher publisher, Delivery delivery, Plan plan, Draft next) {
            ModelState model = next.model(delivery.model()).orElseThrow();
            List<Op> ops = new ArrayList<>();
            for (Release.Publish step : steps(delivery, plan, model)) {
                Seen seen = found.get(Place.of(step));
                publisher.requireSame(next, model, step, seen == null ? null : seen.look());
                if (seen == null
                        || next.isDoomed(seen.evidence())
                        || seen.look().report().version().commit()
                                != step.version().commit()) {
                    throw new Publisher.LookAgain();
                }
                String fact = Op.Attach.GATE + step.alias();
                ops.add(new Op.Attach(model.name(), step.version().version(), fact, seen.evidence()));
            }
            return ops;
        }
    }

    /** Looks at all that stands on the stacks, and refuses the delivery if something does not pass. */
    Looks look(Delivery delivery, Plan plan, Draft arrived, Uploads uploads) {
        ModelState model = arrived.model(delivery.model()).orElseThrow();
        List<Release.Publish> steps = steps(delivery, plan, model);
        Map<Release.Step, Publisher.Look> looks = new LinkedHashMap<>();
        for (Release.Publish step : steps) {
            looks.put(step, look(arrived, step, plan));
        }
        Publisher.requirePassed(new Release(List.of(), delivery.options(), delivery.force()), looks);
        Map<Place, Seen> found = new HashMap<>();
        looks.forEach((step, look) -> {
            BlobKey evidence = uploads.storeReport(Publisher.evidence(look.report(), delivery.force()));
            found.put(new Place(step.alias(), look.report().version().version()), new Seen(look, evidence));
        });
        return new Looks(found);
    }

    private Publisher.Look look(Draft arrived, Release.Publish step, Plan plan) {
        boolean isTop = plan.stacks().keySet().stream()
                .anyMatch(alias -> plan.top(alias).equals(step.version().version()));
        Publisher.Trials known = isTop ? live : below.get(step.version().digest());
        if (known != null) {
            return publisher.look(arrived, step, known);
        }
        try (Publisher.Trials once = publisher.new Trials()) {
            Publisher.Look look = publisher.look(arrived, step, once);
            below.put(step.version().digest(), once);
            return look;
        }
    }

    /** For each alias what it is to point at, and then what it may go back to. */
    private static List<Release.Publish> steps(Delivery delivery, Plan plan, ModelState model) {
        List<Release.Publish> steps = new ArrayList<>();
        plan.stacks().forEach((alias, stack) -> {
            Moves.requireServable(model, plan.top(alias), delivery.doing());
            Set<String> labels = new LinkedHashSet<>(Set.of(plan.top(alias)));
            stack.stream().filter(model::mayServe).forEach(labels::add);
            for (String label : labels) {
                VersionState version = model.version(label).orElseThrow();
                steps.add(new Release.Publish(version.of(model.name()), alias, Optional.empty()));
            }
        });
        return steps;
    }

    @Override
    public void close() {
        live.close();
    }
}
