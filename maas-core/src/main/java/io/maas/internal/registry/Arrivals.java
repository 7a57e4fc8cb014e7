package io.maas.internal.registry;

import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.internal.bundle.Bundle;
import io.maas.internal.bundle.BundleReader;
import io.maas.internal.log.Op;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.repository.Lifecycle;
import io.maas.repository.ModelVersion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        Landing landing = new Landing(ledger, publisher, settings, delivery, changes.who(delivery.options()));
        return earlier(landing).orElseGet(() -> {
            try (ArrivalGate gate = new ArrivalGate(publisher)) {
                return reception.run(uploads -> attempt(landing, uploads, gate));
            }
        });
    }

    /** What an earlier call with the same token did, if it is known. */
    private Optional<List<ModelVersion>> earlier(Landing landing) {
        if (ledger.use(landing.token()).isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(committer.commit(landing.proposal(Map.of(), ArrivalGate.Looks.NONE)));
        } catch (Uploads.Doomed | Publisher.LookAgain e) {
            return Optional.empty(); // enough others were made since it was looked up, so that its token was forgotten
        }
    }

    private List<ModelVersion> attempt(Landing landing, Uploads uploads, ArrivalGate gate) {
        Delivery delivery = landing.delivery();
        // what cannot be is refused before anything is stored
        Draft now = ledger.state().draft();
        Plan plan = Plan.of(now, delivery);
        if (!plan.stacks().isEmpty()) {
            landing.requireNoHold(now);
        }
        Map<Arrival, Candidate> candidates = new LinkedHashMap<>();
        for (int i = 0; i < delivery.arrivals().size(); i++) {
            if (plan.fresh().get(i)) {
                Arrival arrival = delivery.arrivals().get(i);
                candidates.put(arrival, candidate(arrival, uploads));
            }
        }
        // from here on models are loaded to be served, and each byte of them is checked
        uploads.end();
        for (int looks = 1; ; looks++) {
            uploads.discardReports(); // what an earlier look found is in no commit
            ArrivalGate.Looks seen = look(landing, candidates, uploads, gate);
            try {
                return committer.commit(landing.proposal(candidates, seen));
            } catch (Publisher.LookAgain e) {
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

    private ArrivalGate.Looks look(
            Landing landing, Map<Arrival, Candidate> candidates, Uploads uploads, ArrivalGate gate) {
        Draft draft = ledger.state().draft();
        Plan plan = Plan.of(draft, landing.delivery());
        if (plan.stacks().isEmpty()) {
            return ArrivalGate.Looks.NONE;
        }
        return gate.look(landing.delivery(), plan, landing.arrived(draft, plan, candidates), uploads);
    }
}
