package io.maas.internal.registry;

import io.maas.error.CommitStateUnknownException;
import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.internal.bundle.Bundle;
import io.maas.internal.bundle.BundleFile;
import io.maas.internal.bundle.BundleReader;
import io.maas.internal.bundle.Intake;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.CommitLog;
import io.maas.internal.log.Op;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.ModelName;
import io.maas.repository.Commit;
import io.maas.repository.Lifecycle;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.RegisterOptions;
import io.maas.repository.Standing;
import io.maas.spi.ObjectStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Registering: check the packages, store their files, load each model once to learn about it, then commit. Files are
 * stored before the commit that names them, so a commit never points at nothing; what a refused package left is deleted.
 */
final class Registrar {
    private static final int MOST_TRIES = 5;

    private final Ledger ledger;
    private final Blobs blobs;
    private final Committer committer;
    private final RegistrySettings settings;
    private final BundleReader reader;
    private volatile @Nullable Prober prober;

    Registrar(Ledger ledger, Blobs blobs, Committer committer, RegistrySettings settings) {
        this.ledger = ledger;
        this.blobs = blobs;
        this.committer = committer;
        this.settings = settings;
        this.reader = new BundleReader(settings.limits());
    }

    void prober(Prober value) {
        prober = value;
    }

    List<ModelVersion> register(List<PackageSource> sources, RegisterOptions options) {
        RegisterOptions repeatable = options.token(settings.token(options.token()));
        Uploads uploads = new Uploads();
        boolean keep = false;
        try {
            List<ModelVersion> versions = null;
            for (int tries = 1; versions == null; tries++) {
                try {
                    versions = attempt(sources, repeatable, uploads);
                } catch (Doomed e) {
                    // the collector took files for garbage that this was about to name: they are stored once more
                    if (tries == MOST_TRIES) {
                        throw e.tooOften(tries);
                    }
                    uploads.forgetDoomed();
                } catch (UnavailableException e) {
                    // files that were about to be used again may have been collected, unnoticed by this host until now
                    if (e.code() != ErrorCode.CORRUPT_BLOB || tries == MOST_TRIES || !uploads.wereCollected()) {
                        throw e;
                    }
                    uploads.forgetDoomed();
                }
            }
            keep = uploads.usedBy(ledger.state(), versions);
            return versions;
        } catch (CommitStateUnknownException e) {
            keep = true; // the commit may be there, and needs its files
            throw e;
        } finally {
            uploads.end();
            if (!keep) {
                uploads.discard();
            }
        }
    }

    private List<ModelVersion> attempt(List<PackageSource> sources, RegisterOptions options, Uploads uploads) {
        List<Candidate> candidates = new ArrayList<>();
        for (PackageSource source : sources) {
            try (Bundle bundle = reader.read(source, uploads)) {
                candidates.add(candidate(bundle, options, uploads));
            }
        }
        return committer.commit(proposal(candidates, options));
    }

    /** Says that files were condemned before a commit could name them. */
    private static final class Doomed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Doomed() {
            super("files were condemned", null, false, false);
        }

        ConflictException tooOften(int tries) {
            return new ConflictException(
                    ErrorCode.STALE,
                    "register a package",
                    "its files were taken for garbage " + tries + " times before they were committed",
                    "let the collection of garbage wait longer, and register again");
        }
    }

    /** What was stored for this call alone. */
    private final class Uploads implements Intake {
        private final Map<Digest, BlobKey> fresh = new HashMap<>();
        private final Set<BlobKey> reused = new HashSet<>();

        BlobKey store(Digest digest, ObjectStore.Source content) {
            return find(digest).orElseGet(() -> upload(digest, content));
        }

        /** Stores a large file while it is checked, unless it is there. */
        @Override
        public boolean offer(Digest promised, ObjectStore.Source content) {
            boolean absent = find(promised).isEmpty();
            if (absent) {
                upload(promised, content);
            }
            return absent;
        }

        private Optional<BlobKey> find(Digest digest) {
            RegistryState state = ledger.state();
            Optional<BlobKey> known =
                    state.blob(digest).filter(blob -> !state.draft().isDoomed(blob));
            known.ifPresent(reused::add);
            return known.or(() -> Optional.ofNullable(fresh.get(digest)));
        }

        private BlobKey upload(Digest digest, ObjectStore.Source content) {
            BlobKey uploaded =
                    blobs.upload(digest, content, ledger.state().head().number());
            fresh.put(digest, uploaded);
            return uploaded;
        }

        /** Tells whether one of these versions has the files stored here, rather than those of an earlier call. */
        boolean usedBy(RegistryState state, List<ModelVersion> versions) {
            for (ModelVersion version : versions) {
                VersionState there = state.model(version.name())
                        .flatMap(model -> model.version(version.version()))
                        .orElse(null);
                if (there != null
                        && (fresh.containsValue(there.manifest())
                                || there.blobs().stream().anyMatch(fresh::containsValue)
                                || there.facts().values().stream().anyMatch(fresh::containsValue))) {
                    return true;
                }
            }
            return false;
        }

        /** Tells whether files that were stored before by somebody else, or by this call, are garbage by now. */
        boolean wereCollected() {
            ledger.refresh();
            Draft now = ledger.state().draft();
            return reused.stream().anyMatch(now::isDoomed)
                    || fresh.values().stream().anyMatch(now::isDoomed);
        }

        void forgetDoomed() {
            Draft now = ledger.state().draft();
            fresh.values().removeIf(now::isDoomed);
            reused.removeIf(now::isDoomed);
        }

        void end() {
            blobs.forgetWritten(fresh.values());
        }

        void discard() {
            blobs.discard(fresh.values());
        }
    }

    /** A package that is stored and may be committed. */
    private record Candidate(
            ModelName name,
            Optional<String> label,
            Digest digest,
            long size,
            BlobKey manifest,
            List<BlobKey> files,
            List<Manifest.Dependency> dependsOn,
            Optional<BlobKey> probe) {
        Stream<BlobKey> blobs() {
            return Stream.concat(Stream.concat(Stream.of(manifest), files.stream()), probe.stream());
        }
    }

    private Candidate candidate(Bundle bundle, RegisterOptions options, Uploads uploads) {
        Manifest manifest = bundle.manifest();
        Optional<String> label = options.version().or(manifest::version);
        Optional<VersionState> same =
                ledger.state().model(manifest.name()).flatMap(model -> model.digest(bundle.digest()));
        if (same.isPresent()) {
            // refused or answered by the proposal; there is nothing to store and nothing to learn
            VersionState known = same.get();
            return new Candidate(
                    manifest.name(),
                    label,
                    known.digest(),
                    known.size(),
                    known.manifest(),
                    known.blobs(),
                    known.dependsOn(),
                    Optional.ofNullable(known.facts().get(Op.Attach.PROBE)));
        }
        Map<String, BlobKey> stored = new HashMap<>();
        for (BundleFile file : bundle.files()) {
            stored.put(file.path(), uploads.store(file.digest(), file.content()));
        }
        BlobKey manifestBlob = required(stored, Bundle.MANIFEST);
        List<BlobKey> files = StoredBundle.order(manifest, stored);
        Candidate unprobed = new Candidate(
                manifest.name(),
                label,
                bundle.digest(),
                bundle.size(),
                manifestBlob,
                files,
                manifest.dependsOn(),
                Optional.empty());
        return probe(manifest, unprobed, uploads);
    }

    private static BlobKey required(Map<String, BlobKey> stored, String path) {
        return Objects.requireNonNull(stored.get(path), path);
    }

    private Candidate probe(Manifest manifest, Candidate candidate, Uploads uploads) {
        Prober asked = prober;
        if (asked == null) {
            return candidate;
        }
        VersionState provisional = new VersionState(
                candidate.label().orElse("new"),
                candidate.digest(),
                candidate.size(),
                -1,
                Instant.EPOCH,
                "",
                candidate.manifest(),
                candidate.files(),
                candidate.dependsOn(),
                Map.of(),
                Standing.active(),
                List.of());
        byte[] facts = ProbeCodec.write(asked.probe(manifest, provisional));
        BlobKey blob = uploads.store(Digest.of(facts), CommitLog.source(facts));
        return new Candidate(
                candidate.name(),
                candidate.label(),
                candidate.digest(),
                candidate.size(),
                candidate.manifest(),
                candidate.files(),
                candidate.dependsOn(),
                Optional.of(blob));
    }

    private Proposal<List<ModelVersion>> proposal(List<Candidate> candidates, RegisterOptions options) {
        List<String> asked = new ArrayList<>(List.of("register"));
        candidates.forEach(c -> asked.add(c.name() + ":" + c.label().orElse("") + "@" + c.digest()));
        return new Proposal<>(
                settings.token(options.token()),
                Changes.intent(asked),
                settings.actor(options.actor()),
                RegistrySettings.reason(options.reason()),
                draft -> decide(draft, candidates),
                (commit, ops) -> registered(commit, ops, candidates));
    }

    private static Proposal.Decision<List<ModelVersion>> decide(Draft draft, List<Candidate> candidates) {
        Draft next = draft.copy();
        Commit provisional = new Commit(Long.MAX_VALUE, 0, Instant.EPOCH, "", Optional.empty());
        List<Op> ops = new ArrayList<>();
        List<ModelVersion> known = new ArrayList<>();
        for (Candidate candidate : candidates) {
            ModelState model = next.model(candidate.name()).orElse(ModelState.empty(candidate.name()));
            Optional<VersionState> same = model.digest(candidate.digest());
            if (candidate.label().isEmpty() && same.isPresent()) {
                requireNotYanked(model, same.get());
                known.add(same.get().of(candidate.name()));
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
                throw new Doomed();
            }
            List<Op> own = ops(candidate, label);
            next.apply(provisional, own);
            ops.addAll(own);
        }
        return ops.isEmpty() ? new Proposal.Decision.Already<>(known) : new Proposal.Decision.Write<>(ops);
    }

    private static void requireNotYanked(ModelState model, VersionState same) {
        if (same.lifecycle() == Lifecycle.YANKED) {
            throw new ConflictException(
                    ErrorCode.YANKED,
                    "register " + model.name(),
                    "the bundle is version " + same.version() + " already, which was " + Unknown.end(same),
                    "reinstate that version, or register a bundle that is better");
        }
    }

    private static List<Op> ops(Candidate candidate, String label) {
        List<Op> ops = new ArrayList<>();
        ops.add(new Op.Register(
                candidate.name(),
                label,
                candidate.digest(),
                candidate.size(),
                candidate.manifest(),
                candidate.files(),
                candidate.dependsOn()));
        candidate.probe().ifPresent(blob -> ops.add(new Op.Attach(candidate.name(), label, Op.Attach.PROBE, blob)));
        return ops;
    }

    /** The versions of the candidates, in their order: those of the commit, and those that existed before it. */
    private List<ModelVersion> registered(Commit commit, List<Op> ops, List<Candidate> candidates) {
        List<ModelVersion> versions = new ArrayList<>();
        for (Candidate candidate : candidates) {
            versions.add(ops.stream()
                    .filter(Op.Register.class::isInstance)
                    .map(Op.Register.class::cast)
                    .filter(op -> op.name().equals(candidate.name())
                            && op.digest().equals(candidate.digest())
                            && (candidate.label().isEmpty()
                                    || candidate.label().get().equals(op.version())))
                    .findFirst()
                    .map(op -> new ModelVersion(
                            op.name(),
                            op.version(),
                            op.digest(),
                            op.size(),
                            commit.number(),
                            commit.time(),
                            commit.actor()))
                    .orElseGet(() -> existing(candidate)));
        }
        return versions;
    }

    private ModelVersion existing(Candidate candidate) {
        return ledger.state()
                .model(candidate.name())
                .flatMap(model -> model.digest(candidate.digest()))
                .map(state -> state.of(candidate.name()))
                .orElseThrow(() -> Unknown.model(candidate.name(), List.of()));
    }
}
