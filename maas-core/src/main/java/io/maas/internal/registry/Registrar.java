package io.maas.internal.registry;

import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.bundle.Bundle;
import io.maas.internal.bundle.BundleReader;
import io.maas.internal.log.Op;
import io.maas.model.Manifest;
import io.maas.model.ModelName;
import io.maas.repository.Commit;
import io.maas.repository.Lifecycle;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.RegisterOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Registering: check the packages, take them in, then commit. */
final class Registrar {
    private final Ledger ledger;
    private final Reception reception;
    private final Committer committer;
    private final RegistrySettings settings;
    private final BundleReader reader;

    Registrar(Ledger ledger, Reception reception, Committer committer, RegistrySettings settings) {
        this.ledger = ledger;
        this.reception = reception;
        this.committer = committer;
        this.settings = settings;
        this.reader = new BundleReader(settings.limits());
    }

    List<ModelVersion> register(List<PackageSource> sources, RegisterOptions options) {
        RegisterOptions repeatable = options.token(settings.token(options.token()));
        return reception.run(uploads -> {
            List<Candidate> candidates = new ArrayList<>();
            for (PackageSource source : sources) {
                try (Bundle bundle = reader.read(source, uploads)) {
                    options.model().ifPresent(name -> requireOf(bundle.manifest(), name));
                    options.within().ifPresent(models -> requireWithin(bundle.manifest(), models));
                    candidates.add(candidate(bundle, repeatable, uploads));
                }
            }
            return committer.commit(proposal(candidates, repeatable));
        });
    }

    private static void requireOf(Manifest manifest, ModelName name) {
        if (!manifest.name().equals(name)) {
            throw new InvalidInputException(
                    ErrorCode.OTHER_MODEL,
                    "register a version of " + name,
                    "the package is of " + manifest.name(),
                    "register it as that, or send a package of " + name);
        }
    }

    private static void requireWithin(Manifest manifest, Set<ModelName> models) {
        Stream<ModelName> named = Stream.concat(
                Stream.of(manifest.name()), manifest.dependsOn().stream().map(Manifest.Dependency::model));
        named.filter(name -> !models.contains(name)).findFirst().ifPresent(other -> {
            throw new InvalidInputException(
                    ErrorCode.OTHER_MODEL,
                    "register " + manifest.name(),
                    "it is of, or depends on, " + other + ", which is none of those that it may be",
                    "register packages of and on " + models);
        });
    }

    private Candidate candidate(Bundle bundle, RegisterOptions options, Uploads uploads) {
        Manifest manifest = bundle.manifest();
        Optional<String> label = options.version().or(manifest::version);
        Optional<VersionState> same =
                ledger.state().model(manifest.name()).flatMap(model -> model.digest(bundle.digest()));
        if (same.isPresent()) {
            // refused or answered by the proposal
            return Candidate.known(manifest.name(), label, same.get());
        }
        return reception.probe(manifest, reception.store(bundle, label, uploads), uploads);
    }

    private Proposal<List<ModelVersion>> proposal(List<Candidate> candidates, RegisterOptions options) {
        List<String> asked = new ArrayList<>(List.of("register"));
        candidates.forEach(c -> asked.add(c.name() + ":" + c.label().orElse("") + "@" + c.digest()));
        // as of the decision: by the time that the commit is durable, somebody who rode along may have deleted them
        IdentityHashMap<Candidate, ModelVersion> there = new IdentityHashMap<>();
        return new Proposal<>(
                settings.token(options.token()),
                Changes.intent(asked),
                settings.actor(options.actor()),
                RegistrySettings.reason(options.reason()),
                draft -> decide(draft, candidates, there),
                (commit, ops) -> registered(commit, ops, candidates, there));
    }

    private static Proposal.Decision<List<ModelVersion>> decide(
            Draft draft, List<Candidate> candidates, IdentityHashMap<Candidate, ModelVersion> there) {
        there.clear();
        Draft next = draft.copy();
        Commit provisional = new Commit(Long.MAX_VALUE, 0, Instant.EPOCH, "", Optional.empty());
        List<Op> ops = new ArrayList<>();
        for (Candidate candidate : candidates) {
            ModelState model = next.model(candidate.name()).orElse(ModelState.empty(candidate.name()));
            Optional<VersionState> same = model.digest(candidate.digest());
            if (candidate.label().isEmpty() && same.isPresent()) {
                requireNotYanked(model, same.get());
                there.put(candidate, same.get().of(candidate.name()));
                continue;
            }
            String label = candidate.label().orElseGet(model::nextLabel);
            model.version(label).ifPresent(taken -> {
                throw new ConflictException(
                        ErrorCode.DUPLICATE_VERSION,
                        "register " + candidate.name() + ":" + label,
                        "the version exists since commit " + taken.commit() + ", with "
                                + (taken.digest().equals(candidate.digest()) ? "the same" : "other") + " content, "
                                + taken.digest(),
                        "choose another label, or none to be given the next");
            });
            if (candidate.blobs().anyMatch(draft::isDoomed)) {
                throw new Uploads.Doomed();
            }
            List<Op> own = candidate.ops(label);
            next.apply(provisional, own);
            ops.addAll(own);
        }
        return ops.isEmpty()
                ? new Proposal.Decision.Already<>(candidates.stream()
                        .map(there::get)
                        .map(Objects::requireNonNull)
                        .toList())
                : new Proposal.Decision.Write<>(ops);
    }

    static void requireNotYanked(ModelState model, VersionState same) {
        if (same.lifecycle() == Lifecycle.YANKED) {
            throw new ConflictException(
                    ErrorCode.YANKED,
                    "register " + model.name(),
                    "the bundle is version " + same.version() + " already, which was " + Unknown.end(same),
                    "reinstate that version, or register a bundle that is better");
        }
    }

    /** The versions of the candidates, in their order: those of the commit, and those that existed before it. */
    private List<ModelVersion> registered(
            Commit commit, List<Op> ops, List<Candidate> candidates, IdentityHashMap<Candidate, ModelVersion> there) {
        List<ModelVersion> versions = new ArrayList<>();
        for (Candidate candidate : candidates) {
            versions.add(Candidate.registered(candidate.name(), candidate.digest(), candidate.label(), commit, ops)
                    .or(() -> Optional.ofNullable(there.get(candidate)))
                    .orElseGet(() -> existing(candidate)));
        }
        return versions;
    }

    /** Of a change that was made before, and is asked for again. */
    private ModelVersion existing(Candidate candidate) {
        return ledger.state()
                .model(candidate.name())
                .flatMap(model -> model.digest(candidate.digest()))
                .map(state -> state.of(candidate.name()))
                .orElseThrow(() -> Unknown.model(candidate.name(), List.of()));
    }
}
