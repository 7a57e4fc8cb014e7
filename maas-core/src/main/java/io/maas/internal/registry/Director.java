package io.maas.internal.registry;

import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.Op;
import io.maas.model.ModelName;
import io.maas.model.Names;
import io.maas.repository.AliasMove;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.Release;
import io.maas.repository.Traffic;
import io.maas.repository.TrafficOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Sets the traffic of aliases. As with publishing, the gate looks at what is to answer before the commit is decided, and looks
 * again if what it went by has changed by then.
 */
final class Director {
    private final Ledger ledger;
    private final Changes changes;
    private final Publisher publisher;
    private final RegistrySettings settings;
    private final Mixture mixture;

    Director(Ledger ledger, Contents contents, Changes changes, Publisher publisher, RegistrySettings settings) {
        this.ledger = ledger;
        this.changes = changes;
        this.publisher = publisher;
        this.settings = settings;
        this.mixture = new Mixture(contents);
    }

    /** What is asked for, by whom. */
    private record Request(ModelName name, Traffic traffic, TrafficOptions options, Changes.Who who) {
        String doing() {
            return Director.doing(name, options);
        }
    }

    private static String doing(ModelName name, TrafficOptions options) {
        return "set the traffic of " + name + "@" + options.alias();
    }

    /**
     * What the gate found.
     *
     * @param primary the version that the alias pointed at
     * @param arms about versions that get a share, by how they would be published
     * @param shadow about the shadow, likewise
     */
    private record Seen(
            String primary, Map<Release.Step, Publisher.Look> arms, Map<Release.Step, Publisher.Look> shadow) {}

    Commit set(ModelName name, Traffic traffic, TrafficOptions asked) {
        String doing = doing(name, asked);
        changes.requireWritable(doing);
        // one token for all looks: if a commit's outcome is unknown, whoever repeats the call must find it
        String token = settings.token(asked.change().token());
        TrafficOptions options = asked.token(token);
        Request request = new Request(name, traffic, options, changes.who(options.change()));
        boolean known = ledger.use(token).isPresent();
        try (Publisher.Trials trials = publisher.new Trials()) {
            return Publisher.lookingAgain(doing, () -> attempt(request, known, trials));
        }
    }

    private Commit attempt(Request request, boolean known, Publisher.Trials trials) {
        Seen seen = known ? new Seen("", Map.of(), Map.of()) : look(request, trials);
        ChangeOptions change = request.options().change();
        Release gate = new Release(List.of(), change, request.options().force());
        Publisher.requirePassed(gate, seen.arms());
        Mixture.requireSound(
                request.doing(), seen.shadow().values(), request.options().force());
        TrafficOptions options = request.options();
        List<String> intent = List.of(
                "traffic",
                request.name().value(),
                options.alias(),
                request.traffic().toString(),
                options.expected().toString(),
                options.expectedTraffic().toString(),
                Boolean.toString(options.force().isPresent()));
        return publisher.commit(
                gate, change, intent, (draft, evidence) -> decide(draft, request, seen, evidence), seen.arms());
    }

    private Seen look(Request request, Publisher.Trials trials) {
        ledger.refresh(); // what others have done since is not worth reading a model for to find out
        Draft draft = ledger.state().draft();
        ModelState model = model(draft, request);
        AliasState alias = requirePossible(model, request);
        Changes.requireNoHold(draft, model, request.who(), request.doing());
        String primary = alias.current().orElseThrow();
        if (alias.directed().equals(request.traffic())) {
            return new Seen(primary, Map.of(), Map.of());
        }
        mixture.requireComparable(model, primary, request.traffic(), request.doing());
        Map<Release.Step, Publisher.Look> arms = new HashMap<>();
        for (Traffic.Share share : request.traffic().shares()) {
            if (!share.version().equals(primary) && grows(share, alias.directed(), request.traffic())) {
                Release.Publish step = step(model, share.version(), request);
                arms.put(step, publisher.look(draft, step, trials));
            }
        }
        Map<Release.Step, Publisher.Look> shadow = new HashMap<>();
        request.traffic().shadow().filter(copy -> !isShadow(copy, alias)).ifPresent(copy -> {
            Release.Publish step = step(model, copy.version(), request);
            shadow.put(step, publisher.look(draft, step, trials));
        });
        return new Seen(primary, arms, shadow);
    }

    private static boolean isShadow(Traffic.Shadow copy, AliasState alias) {
        return alias.directed().shadow().map(Traffic.Shadow::version).equals(Optional.of(copy.version()));
    }

    /** A share that stays or gets smaller asks for no gate: to ramp down has to work when what is behind it is broken. */
    private static boolean grows(Traffic.Share share, Traffic before, Traffic after) {
        long was = (long) before.weight(share.version()) * after.totalWeight();
        return (long) share.weight() * before.totalWeight() > was || was == 0;
    }

    private static Release.Publish step(ModelState model, String label, Request request) {
        VersionState version = model.version(label).orElseThrow(() -> Unknown.version(model, label));
        return new Release.Publish(version.of(model.name()), request.options().alias(), Optional.empty());
    }

    private static ModelState model(Draft draft, Request request) {
        return draft.model(request.name()).orElseThrow(() -> Unknown.model(request.name(), List.of()));
    }

    /** Refuses what cannot be in a state, whatever the gate says. */
    private static AliasState requirePossible(ModelState model, Request request) {
        TrafficOptions options = request.options();
        AliasState alias = model.alias(options.alias())
                .filter(state -> state.current().isPresent())
                .orElseThrow(() -> Unknown.alias(model, options.alias()));
        String primary = alias.current().orElseThrow();
        if (options.expected().filter(wanted -> !wanted.equals(primary)).isPresent()) {
            throw stale(
                    request,
                    "it points at " + primary + ", expected "
                            + options.expected().get());
        }
        Optional<Traffic> expected = options.expectedTraffic();
        if (expected.filter(wanted -> !wanted.equals(alias.directed())).isPresent()) {
            throw stale(request, "it has other traffic than expected, " + alias.directed());
        }
        Traffic traffic = request.traffic();
        for (String label : named(traffic)) {
            if (model.version(label).isEmpty()) {
                throw Unknown.version(model, label);
            }
            Moves.requireServable(model, label, request.doing());
        }
        if (!traffic.shares().isEmpty() && traffic.weight(primary) == 0) {
            throw stale(request, "version " + primary + ", which it points at, has no share");
        } else if (traffic.shadow()
                .filter(copy -> copy.version().equals(primary))
                .isPresent()) {
            throw stale(request, "version " + primary + ", which it points at, is to be the shadow");
        }
        return alias;
    }

    private static List<String> named(Traffic traffic) {
        List<String> labels = new ArrayList<>();
        traffic.shares().forEach(share -> labels.add(share.version()));
        traffic.shadow().ifPresent(shadow -> labels.add(shadow.version()));
        return labels;
    }

    private static ConflictException stale(Request request, String why) {
        return new ConflictException(
                ErrorCode.STALE, request.doing(), Names.shown(why), "look at what the alias points at, and ask again");
    }

    private Proposal.Decision<Commit> decide(
            Draft draft, Request request, Seen seen, Map<Release.Step, BlobKey> evidence) {
        ModelState model = model(draft, request);
        AliasState alias = requirePossible(model, request);
        Traffic traffic = request.traffic();
        if (alias.directed().equals(traffic)) {
            return Changes.already(since(alias));
        }
        Changes.requireNoHold(draft, model, request.who(), request.doing());
        String primary = alias.current().orElseThrow();
        if (!primary.equals(seen.primary())) {
            throw new Publisher.LookAgain();
        }
        List<Op> ops = new ArrayList<>();
        for (Traffic.Share share : traffic.shares()) {
            if (!share.version().equals(primary) && grows(share, alias.directed(), traffic)) {
                Release.Publish step = step(model, share.version(), request);
                publisher.requireSame(draft, model, step, seen.arms().get(step));
                BlobKey report = Objects.requireNonNull(evidence.get(step));
                if (draft.isDoomed(report)) {
                    throw new Publisher.LookAgain(); // taken for garbage before the commit could name it
                }
                ops.add(new Op.Attach(model.name(), share.version(), Op.Attach.GATE + step.alias(), report));
            }
        }
        traffic.shadow().filter(copy -> !isShadow(copy, alias)).ifPresent(copy -> {
            Release.Publish step = step(model, copy.version(), request);
            publisher.requireSame(draft, model, step, seen.shadow().get(step));
        });
        ops.add(new Op.SetTraffic(model.name(), request.options().alias(), primary, traffic));
        return new Proposal.Decision.Write<>(List.copyOf(ops));
    }

    private static Commit since(AliasState alias) {
        List<AliasMove> moves = alias.moves();
        return alias.traffic()
                .map(TrafficState::since)
                .orElseGet(() -> moves.get(moves.size() - 1).commit());
    }
}
