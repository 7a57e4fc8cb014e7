package io.maas.internal.registry;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.maas.error.ConflictException;
import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.bundle.Bundle;
import io.maas.internal.bundle.BundleWriter;
import io.maas.internal.bundle.ManifestCodec;
import io.maas.internal.events.Subscriptions;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.CommitCodec;
import io.maas.internal.log.CommitLog;
import io.maas.internal.log.CommitRecord;
import io.maas.internal.log.Op;
import io.maas.internal.log.Readers;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import io.maas.repository.AliasMove;
import io.maas.repository.AuditEntry;
import io.maas.repository.Commit;
import io.maas.repository.EventListener;
import io.maas.repository.ModelDetails;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.PublishOptions;
import io.maas.repository.RegisterOptions;
import io.maas.repository.RepositoryEvent;
import io.maas.repository.RollbackOptions;
import io.maas.repository.Subscription;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** The registry on a ledger. Reading takes no lock; every change goes through the committer. */
public final class Registry implements ModelRepository {
    private final Ledger ledger;
    private final Blobs blobs;
    private final Committer committer;
    private final Registrar registrar;
    private final RegistrySettings settings;
    private final Readers readers;
    private final Subscriptions subscriptions;
    private final Optional<KnownState> known;
    private final ManifestCodec codec = new ManifestCodec();
    private final Cache<BlobKey, Manifest> manifests =
            Caffeine.newBuilder().maximumSize(1_000).build();
    private final Cache<BlobKey, ModelDetails.Probe> probes =
            Caffeine.newBuilder().maximumSize(1_000).build();

    Registry(Ledger ledger, Blobs blobs, Committer committer, RegistrySettings settings, Readers readers) {
        this.ledger = ledger;
        this.blobs = blobs;
        this.committer = committer;
        this.settings = settings;
        this.readers = readers;
        this.registrar = new Registrar(ledger, blobs, committer, settings);
        this.subscriptions = new Subscriptions(ledger.log(), readers, ledger::readable);
        this.known = settings.local().state().map(KnownState::new);
        ledger.onRecord(subscriptions::committed, subscriptions::wake);
    }

    /** Returns the content of the registry's models. */
    public Blobs blobs() {
        return blobs;
    }

    /** Calls {@code listener} with each commit's number and the models it changed, in order. It must not block. */
    public void onCommit(BiConsumer<Long, Collection<ModelName>> listener) {
        ledger.onCommit(listener);
    }

    /** Folds what can be folded of the log, and leaves the hint. For a thread that has nothing else to do. */
    public void maintain() {
        if (!settings.readOnly()
                && ledger.isConfirmed()
                && ledger.state().head().number() >= 0) {
            ledger.compact();
            ledger.log().hint(ledger.state().head().number());
        }
    }

    /** Writes the newest state to this host's disk, if that is wanted. One thread at a time. */
    public void remember() {
        known.filter(file -> ledger.isConfirmed()).ifPresent(file -> file.write(ledger::head, ledger::known));
    }

    /** Returns why the newest commits may not be known here, if they may not. */
    public Optional<String> stale() {
        return ledger.stale();
    }

    /** Tells whether the store has the log that this follows, so that something may be written to it. */
    public boolean isConfirmed() {
        return ledger.isConfirmed();
    }

    @Override
    public Subscription subscribe(long fromCommit, EventListener listener) {
        return subscriptions.subscribe(fromCommit, listener);
    }

    /** Returns what happened in one commit, which is not after the head. */
    public List<RepositoryEvent> events(long commit) {
        return subscriptions.events(commit);
    }

    /** Ends what was started for reading. What is in the store stays. Closing twice is harmless. */
    public void close() {
        subscriptions.close();
        readers.close();
    }

    /** Sets who probes models; without one they are registered unprobed. */
    public void prober(Prober prober) {
        registrar.prober(prober);
    }

    // ---- changes

    @Override
    public ModelVersion register(PackageSource source, RegisterOptions options) {
        requireWritable("register a model");
        return registrar.register(List.of(source), options).get(0);
    }

    @Override
    public List<ModelVersion> registerAll(List<PackageSource> sources, RegisterOptions options) {
        requireWritable("register models");
        if (options.version().isPresent()) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING,
                    "register several models",
                    "one version label was given for all of them, '"
                            + options.version().get() + "'",
                    "leave it out, or state it in each package");
        }
        return sources.isEmpty() ? List.of() : registrar.register(sources, options);
    }

    @Override
    public Commit publish(ModelVersion version, PublishOptions options) {
        requireWritable("publish " + version);
        return committer.commit(new Proposal<>(
                settings.token(options.token()),
                intent("publish", version.name().value(), version.version(), options.alias()),
                settings.actor(options.actor()),
                RegistrySettings.reason(options.reason()),
                draft -> decidePublish(draft, version, options),
                (commit, ops) -> commit));
    }

    private static Proposal.Decision<Commit> decidePublish(
            RegistryState.Draft draft, ModelVersion version, PublishOptions options) {
        ModelState model = draft.model(version.name()).orElseThrow(() -> Unknown.model(version.name(), List.of()));
        VersionState state =
                model.version(version.version()).orElseThrow(() -> Unknown.version(model, version.version()));
        if (!state.digest().equals(version.digest())) {
            throw Unknown.digest(model, version.digest());
        }
        Optional<AliasState> before = model.alias(options.alias());
        requireExpected(model, options.alias(), options.expected());
        if (before.isPresent() && before.get().current().equals(version.version())) {
            List<AliasMove> moves = before.get().moves();
            return new Proposal.Decision.Already<>(moves.get(moves.size() - 1).commit());
        }
        return new Proposal.Decision.Write<>(List.of(new Op.MoveAlias(
                model.name(),
                options.alias(),
                AliasMove.Kind.PUBLISH,
                before.map(AliasState::current),
                version.version())));
    }

    @Override
    public Commit rollback(ModelName name, RollbackOptions options) {
        requireWritable("roll back " + name);
        return committer.commit(new Proposal<>(
                settings.token(options.token()),
                intent(
                        "rollback",
                        name.value(),
                        options.alias(),
                        options.version().orElse("")),
                settings.actor(options.actor()),
                RegistrySettings.reason(options.reason()),
                draft -> decideRollback(draft, name, options),
                (commit, ops) -> commit));
    }

    private static Proposal.Decision<Commit> decideRollback(
            RegistryState.Draft draft, ModelName name, RollbackOptions options) {
        ModelState model = draft.model(name).orElseThrow(() -> Unknown.model(name, List.of()));
        AliasState alias = model.alias(options.alias()).orElseThrow(() -> Unknown.alias(model, options.alias()));
        if (options.version().filter(wanted -> model.version(wanted).isEmpty()).isPresent()) {
            throw Unknown.version(model, options.version().get());
        }
        requireExpected(model, options.alias(), options.expected());
        String target = alias.below(options.version())
                .orElseThrow(() -> new ConflictException(
                        ErrorCode.NOTHING_TO_ROLL_BACK,
                        "roll back " + name + "@" + options.alias(),
                        options.version()
                                        .map(wanted -> "version " + wanted + " is not below " + alias.current())
                                        .orElse("nothing is below " + alias.current())
                                + " on its publish stack, " + alias.stack(),
                        "publish the version that is wanted"));
        return new Proposal.Decision.Write<>(List.of(new Op.MoveAlias(
                name, options.alias(), AliasMove.Kind.ROLLBACK, Optional.of(alias.current()), target)));
    }

    private static void requireExpected(ModelState model, String alias, Optional<String> expected) {
        Optional<String> current = model.alias(alias).map(AliasState::current);
        if (expected.isPresent() && !expected.equals(current)) {
            throw new ConflictException(
                    ErrorCode.STALE,
                    "move " + model.name() + "@" + alias,
                    "it points at " + current.orElse("nothing") + ", expected " + expected.get(),
                    "look at what changed, and ask again");
        }
    }

    private void requireWritable(String doing) {
        if (settings.readOnly()) {
            throw new DeniedException(
                    ErrorCode.READ_ONLY, doing, "the platform was opened to read only", "open it without readOnly()");
        }
        ledger.requireConfirmed();
    }

    static String intent(String... parts) {
        return Digest.of(String.join("\n", parts).getBytes(StandardCharsets.UTF_8))
                .abbreviated();
    }

    // ---- reading

    @Override
    public ModelVersion resolve(ModelRef ref) {
        return resolveState(ref).of(ref.name());
    }

    /** Returns the version that a reference points at now, as the log tells it. */
    public VersionState resolveState(ModelRef ref) {
        ModelState model = model(ref.name());
        if (ref instanceof ModelRef.ByAlias byAlias) {
            String label = model.alias(byAlias.alias())
                    .orElseThrow(() -> Unknown.alias(model, byAlias.alias()))
                    .current();
            return model.version(label).orElseThrow(() -> Unknown.version(model, label));
        } else if (ref instanceof ModelRef.ByVersion byVersion) {
            return model.version(byVersion.version()).orElseThrow(() -> Unknown.version(model, byVersion.version()));
        }
        Digest digest = ((ModelRef.ByDigest) ref).digest();
        return model.digest(digest).orElseThrow(() -> Unknown.digest(model, digest));
    }

    private ModelState model(ModelName name) {
        return ledger.state()
                .model(name)
                .orElseThrow(() -> Unknown.model(name, ledger.state().names()));
    }

    private VersionState version(ModelVersion version) {
        ModelState model = model(version.name());
        return model.version(version.version())
                .filter(state -> state.digest().equals(version.digest()))
                .orElseThrow(() -> Unknown.version(model, version.version()));
    }

    @Override
    public List<ModelName> models() {
        return ledger.state().names();
    }

    @Override
    public List<ModelVersion> versions(ModelName name) {
        return model(name).versions().stream().map(state -> state.of(name)).toList();
    }

    @Override
    public Map<String, ModelVersion> aliases(ModelName name) {
        ModelState model = model(name);
        Map<String, ModelVersion> result = new TreeMap<>();
        model.aliases()
                .forEach((alias, state) ->
                        model.version(state.current()).ifPresent(version -> result.put(alias, version.of(name))));
        return result;
    }

    @Override
    public ModelDetails details(ModelVersion version) {
        VersionState state = version(version);
        return new ModelDetails(version, manifest(state), probe(state));
    }

    /** Returns the manifest of a version. */
    public Manifest manifest(VersionState version) {
        return manifests.get(version.manifest(), key -> readManifest(version));
    }

    private Manifest readManifest(VersionState version) {
        byte[] json = blobs.read(version.manifest());
        Manifest bare = codec.read(json);
        Map<String, BlobKey> files = new StoredBundle(blobs, bare, version).files();
        return codec.read(
                json,
                file -> new String(blobs.read(Objects.requireNonNull(files.get(file.path()))), StandardCharsets.UTF_8)
                        .lines()
                        .toList());
    }

    private Bundle stored(VersionState version) {
        return new StoredBundle(blobs, manifest(version), version).toBundle();
    }

    /** Returns what the engine said about a version, if it was asked. */
    public Optional<ModelDetails.Probe> probe(VersionState version) {
        return Optional.ofNullable(version.facts().get(Op.Attach.PROBE))
                .map(blob -> probes.get(blob, key -> ProbeCodec.read(blobs.read(key))));
    }

    @Override
    public List<AliasMove> history(ModelName name) {
        return model(name).aliases().values().stream()
                .flatMap(alias -> alias.moves().stream())
                .sorted(Comparator.comparingLong(move -> move.commit().number()))
                .toList();
    }

    @Override
    public List<AuditEntry> audit(long fromCommit, int limit) {
        if (fromCommit < 0 || limit < 1) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING,
                    "read the audit log",
                    "from commit " + fromCommit + ", " + limit + " entries",
                    "start at 0 or later and ask for at least one");
        }
        List<AuditEntry> entries = new ArrayList<>();
        long head = head();
        for (long n = fromCommit; n <= head && entries.size() < limit; n++) {
            long number = n;
            byte[] bytes = ledger.log()
                    .read(n)
                    .orElseThrow(() -> new InvalidInputException(
                            ErrorCode.BROKEN_CHAIN,
                            "read the audit log",
                            "commit " + number + " is missing",
                            "restore the log from a copy of the store"));
            CommitRecord record = CommitCodec.read(n, bytes);
            List<List<CommitCodec.AuditedOp>> audited = CommitCodec.audit(n, bytes);
            for (int i = 0; i < audited.size(); i++) {
                Commit commit = record.commit(record.changes().get(i));
                audited.get(i)
                        .forEach(op -> entries.add(new AuditEntry(commit, op.kind(), op.subject(), op.details())));
            }
        }
        return entries;
    }

    @Override
    public long head() {
        return ledger.state().head().number();
    }

    @Override
    public long refresh() {
        return ledger.refresh();
    }

    @Override
    public void exportDirectory(ModelVersion version, Path folder) {
        VersionState state = version(version);
        new BundleWriter().writeDirectory(stored(state), folder);
    }

    @Override
    public void exportZip(ModelVersion version, Path file) {
        VersionState state = version(version);
        new BundleWriter().writeZip(stored(state), file);
    }

    /** Opens the registry in a store, or what this host knows of it. */
    public static Registry open(RegistrySettings settings) {
        CommitLog log = new CommitLog(settings.store(), settings.namespace(), settings.pauses());
        Readers readers = new Readers();
        try {
            Ledger ledger = new Opening(settings, log, readers).open();
            Blobs blobs = new Blobs(settings, log);
            Committer committer = new Committer(ledger, settings.clock(), settings.pauses(), settings.commitTimeout());
            return new Registry(ledger, blobs, committer, settings, readers);
        } catch (RuntimeException | Error e) {
            readers.close();
            throw e;
        }
    }
}
