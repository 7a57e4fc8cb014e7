package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.bundle.Bundle;
import io.maas.internal.bundle.BundleWriter;
import io.maas.internal.events.Subscriptions;
import io.maas.internal.log.CommitLog;
import io.maas.internal.log.Format;
import io.maas.internal.log.Readers;
import io.maas.internal.signing.SignatureVerifier;
import io.maas.model.Manifest;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import io.maas.model.SignedBy;
import io.maas.model.TrustKey;
import io.maas.repository.AccessGrant;
import io.maas.repository.AliasMove;
import io.maas.repository.AuditLog;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.EventListener;
import io.maas.repository.GateReport;
import io.maas.repository.Governance;
import io.maas.repository.Lifecycle;
import io.maas.repository.LogVerification;
import io.maas.repository.Maintenance;
import io.maas.repository.ModelDetails;
import io.maas.repository.ModelImportOptions;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.Origin;
import io.maas.repository.PackageSource;
import io.maas.repository.Policy;
import io.maas.repository.PromoteOptions;
import io.maas.repository.PublishOptions;
import io.maas.repository.RegisterOptions;
import io.maas.repository.Release;
import io.maas.repository.RepositoryEvent;
import io.maas.repository.RepositoryView;
import io.maas.repository.RollbackOptions;
import io.maas.repository.Subscription;
import io.maas.repository.Traffic;
import io.maas.repository.TrafficOptions;
import io.maas.spi.ObjectStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The registry on a ledger. Reading takes no lock; every change goes through the committer. */
public final class Registry implements ModelRepository {
    private final Ledger ledger;
    private final Contents contents;
    private final StateView present;
    private final Reception reception;
    private final Registrar registrar;
    private final Publisher publisher;
    private final Director director;
    private final Arrivals arrivals;
    private final Lifecycles lifecycles;
    private final Rulebook rulebook;
    private final Auditor auditor;
    private final Upkeep upkeep;
    private final Changes changes;
    private final RegistrySettings settings;
    private final Readers readers;
    private final Subscriptions subscriptions;
    private final Optional<KnownState> known;

    Registry(Ledger ledger, Blobs blobs, Committer committer, RegistrySettings settings, Readers readers) {
        this.ledger = ledger;
        this.settings = settings;
        this.contents = new Contents(blobs);
        this.present = new StateView(ledger.state(), contents);
        this.changes = new Changes(ledger, committer, settings);
        this.reception = new Reception(ledger, blobs);
        this.registrar = new Registrar(ledger, reception, committer, settings);
        this.publisher = new Publisher(ledger, contents, changes, settings);
        this.director = new Director(ledger, contents, changes, publisher, settings);
        this.arrivals = new Arrivals(ledger, reception, publisher, committer, changes, settings);
        this.lifecycles = new Lifecycles(changes);
        this.rulebook = new Rulebook(changes);
        this.auditor = new Auditor(ledger, contents, settings);
        this.upkeep = new Upkeep(ledger, changes, settings);
        this.readers = readers;
        this.subscriptions = new Subscriptions(ledger.log(), readers, ledger::readable);
        this.known = settings.local().state().map(KnownState::new);
        ledger.onRecord(subscriptions::committed, subscriptions::wake);
    }

    /** Returns the content of the registry's models. */
    public Blobs blobs() {
        return contents.blobs();
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
        reception.prober(prober);
        publisher.prober(prober);
    }

    // ---- changes

    @Override
    public ModelVersion register(PackageSource source, RegisterOptions options) {
        changes.requireWritable("register a model");
        return registrar.register(List.of(source), options).get(0);
    }

    @Override
    public List<ModelVersion> registerAll(List<PackageSource> sources, RegisterOptions options) {
        changes.requireWritable("register models");
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
        Release.Step step = new Release.Publish(version, options.alias(), options.expected());
        return publisher.release(new Release(List.of(step), options.change(), options.force()), "publish " + version);
    }

    @Override
    public GateReport check(ModelVersion version, PublishOptions options) {
        return publisher.check(version, options.alias());
    }

    @Override
    public Commit rollback(ModelName name, RollbackOptions options) {
        Release.Step step = new Release.Rollback(name, options.alias(), options.version(), options.expected());
        return publisher.release(new Release(List.of(step), options.change(), Optional.empty()), "roll back " + name);
    }

    @Override
    public Commit unpublish(ModelName name, String alias, ChangeOptions options) {
        return publisher.release(
                Release.of().unpublish(name, alias).options(options), "unpublish " + name + "@" + alias);
    }

    @Override
    public Commit setTraffic(ModelName name, Traffic traffic, TrafficOptions options) {
        return director.set(name, traffic, options);
    }

    @Override
    public Commit release(Release release) {
        return publisher.release(release, "release");
    }

    @Override
    public Commit undo(Commit change, ChangeOptions options) {
        return publisher.undo(change, options);
    }

    @Override
    public Commit deprecate(ModelVersion version, ChangeOptions options) {
        return lifecycles.move(version, Lifecycle.DEPRECATED, options);
    }

    @Override
    public Commit yank(ModelVersion version, ChangeOptions options) {
        return lifecycles.move(version, Lifecycle.YANKED, options);
    }

    @Override
    public Commit reinstate(ModelVersion version, ChangeOptions options) {
        return lifecycles.move(version, Lifecycle.ACTIVE, options);
    }

    @Override
    public Commit delete(ModelVersion version, ChangeOptions options) {
        return lifecycles.move(version, Lifecycle.DELETED, options);
    }

    @Override
    public ModelVersion promote(ModelVersion version, ModelRepository target, PromoteOptions options) {
        if (!(target instanceof Registry other)) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING,
                    "promote " + version,
                    "the target is no repository of a platform, but a "
                            + target.getClass().getName(),
                    "pass what repository() of the other platform returns");
        }
        ModelVersion there = new Promotion(ledger, contents).promote(version, other.arrivals, options);
        options.publish().ifPresent(how -> other.publish(there, how));
        return there;
    }

    @Override
    public List<ModelVersion> importModel(Path file, ModelImportOptions options) {
        return ModelImport.read(file, arrivals, options);
    }

    @Override
    public Optional<Commit> changeBy(String token) {
        return changes.made(token);
    }

    @Override
    public Governance governance() {
        return rulebook;
    }

    @Override
    public Maintenance maintenance() {
        return upkeep;
    }

    // ---- reading

    @Override
    public ModelVersion resolve(ModelRef ref) {
        return present.resolve(ref);
    }

    /** Returns the version that a reference points at now, as the log tells it. */
    public VersionState resolveState(ModelRef ref) {
        return present.resolveState(ref);
    }

    @Override
    public List<ModelVersion> resolveAll(List<ModelRef> refs) {
        return present.resolveAll(refs);
    }

    @Override
    public List<ModelName> models() {
        return present.models();
    }

    @Override
    public List<ModelName> models(Optional<ModelName> after, int limit) {
        return present.models(after, limit);
    }

    @Override
    public List<ModelVersion> versions(ModelName name) {
        return present.versions(name);
    }

    @Override
    public Map<String, ModelVersion> aliases(ModelName name) {
        return present.aliases(name);
    }

    @Override
    public Traffic traffic(ModelName name, String alias) {
        return present.traffic(name, alias);
    }

    /** Returns what a reference is to be answered by now, all as of one commit. */
    public RouteTarget target(ModelRef ref) {
        return present.target(ref);
    }

    @Override
    public ModelDetails details(ModelVersion version) {
        return present.details(version);
    }

    /** Returns the manifest of a version. */
    public Manifest manifest(VersionState version) {
        return contents.manifest(version);
    }

    /**
     * Returns who signed a version, by the keys that are trusted now, as of when it was registered: that a certificate has run
     * out since changes nothing, that a key is trusted no longer does.
     *
     * @throws InvalidInputException if nobody did who is trusted; the code says why
     */
    public SignedBy requireSigner(VersionState version) {
        Instant at = version.commit() < 0 ? settings.clock().instant() : version.registeredAt();
        return SignatureVerifier.verify(
                contents.bundle(version), ledger.state().common().keys().values(), at);
    }

    /** Returns what the engine said about a version, if it was asked. */
    public Optional<ModelDetails.Probe> probe(VersionState version) {
        return contents.probe(version);
    }

    @Override
    public List<AliasMove> history(ModelName name) {
        return present.history(name);
    }

    @Override
    public Optional<GateReport> evidence(ModelVersion version, String alias) {
        return present.evidence(version, alias);
    }

    @Override
    public Optional<Origin> origin(ModelVersion version) {
        return present.origin(version);
    }

    @Override
    public List<ModelVersion> dependents(ModelVersion version) {
        return present.dependents(version);
    }

    @Override
    public Optional<Commit> hold(ModelName name) {
        return present.hold(name);
    }

    @Override
    public Policy policy(ModelName name) {
        return present.policy(name);
    }

    @Override
    public Policy policy() {
        return present.policy();
    }

    @Override
    public List<TrustKey> trustedKeys() {
        return present.trustedKeys();
    }

    @Override
    public List<AccessGrant> accessKeys() {
        return present.accessKeys();
    }

    @Override
    public Optional<AccessGrant> accessKey(String id) {
        return present.accessKey(id);
    }

    @Override
    public Optional<ModelVersion> productionAt(ModelName name, Instant time) {
        return new Past(ledger, contents).productionAt(name, time);
    }

    @Override
    public RepositoryView stateAt(long commit) {
        return new Past(ledger, contents).at(commit);
    }

    @Override
    public AuditLog audit() {
        return auditor;
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
        new BundleWriter().writeDirectory(stored(version), folder);
    }

    @Override
    public void exportZip(ModelVersion version, Path file) {
        new BundleWriter().writeZip(stored(version), file);
    }

    @Override
    public void exportModel(ModelName name, Path file) {
        new ModelExport(ledger, contents).write(name, file);
    }

    private Bundle stored(ModelVersion version) {
        VersionState state = present.version(version);
        if (state.lifecycle() == Lifecycle.DELETED) {
            throw Unknown.gone(present.model(version.name()), state);
        }
        return contents.bundle(state);
    }

    /** Checks the log in a store, which need not be one that can be opened. */
    public static LogVerification verify(ObjectStore store, String namespace, CommitLog.Pauses pauses) {
        Format format = Format.read(store, namespace);
        try (Readers readers = new Readers()) {
            return new LogVerifier(new CommitLog(store, namespace, pauses), readers, format)
                    .verify(new RegistryState.Head(-1, format.digest(), Instant.EPOCH));
        }
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
