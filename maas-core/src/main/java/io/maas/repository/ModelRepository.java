package io.maas.repository;

import io.maas.error.CommitStateUnknownException;
import io.maas.error.ConflictException;
import io.maas.error.DeniedException;
import io.maas.error.InvalidInputException;
import io.maas.error.NotFoundException;
import io.maas.error.UnavailableException;
import io.maas.model.ModelName;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The registry: immutable versions, aliases that move between them, and the log of every change.
 *
 * <p>A change is one commit. When a method that changes something returns, the change is durable and every later read of
 * this platform sees it; other processes see it when they next ask the store, or after {@link #refresh()}. When it throws anything but {@link CommitStateUnknownException}, nothing has changed.
 * Several processes may change the same registry at once: commits are numbered without gaps, and each is checked against
 * the state just before it.
 *
 * <p>Every method that changes something throws {@link DeniedException} where the platform was opened to read only, and
 * {@link UnavailableException} where the store cannot be reached or is full. Thread-safe.
 */
public interface ModelRepository extends RepositoryView {
    /** Registers a package under the next version label; see {@link #register(PackageSource, RegisterOptions)}. */
    default ModelVersion register(PackageSource source) {
        return register(source, RegisterOptions.defaults());
    }

    /**
     * Registers a package as a version of its model. The package is checked and stored, loaded once on its engine to read
     * its signature, to measure whether calls may be batched and to run its self-tests, and then committed.
     *
     * <p>Without a version label, a bundle that the model already has is not registered again: its version is returned.
     *
     * @throws InvalidInputException if the package or the model in it is refused; the code says why
     * @throws ConflictException {@link io.maas.error.ErrorCode#DUPLICATE_VERSION} if the label is taken
     */
    ModelVersion register(PackageSource source, RegisterOptions options);

    /**
     * Registers several packages in one commit: all of them or none.
     *
     * @param options for all of them; a version label is refused
     * @return the versions, in the order of the packages
     */
    List<ModelVersion> registerAll(List<PackageSource> sources, RegisterOptions options);

    /**
     * Points an alias at a version. What the alias pointed at before stays on its publish stack, for {@link #rollback}.
     * If the alias points at this version already, nothing is committed and the commit that made it so is returned, whatever
     * its traffic. A move ends the alias's {@linkplain #setTraffic traffic}.
     *
     * <p>The version passes the gate first: its files, its signature and its content are checked, its engine runs its
     * self-tests, it is compared with the version that it replaces, and held against the model's {@link Policy}. The
     * {@linkplain GateReport report} is kept with the version. The model stays loaded until the commit is made, so that
     * predictors of this process swap without loading it again.
     *
     * @throws NotFoundException if the registry does not have this version
     * @throws ConflictException {@link io.maas.error.ErrorCode#STALE} if the alias does not point at the expected version,
     *     {@link io.maas.error.ErrorCode#YANKED} if the version was yanked or deleted
     * @throws DeniedException if the gate finds something and {@link PublishOptions#force} was not called; the code is that
     *     of the first thing found. {@link io.maas.error.ErrorCode#ON_HOLD} if the model is on hold
     */
    Commit publish(ModelVersion version, PublishOptions options);

    /** Moves production back to the version published before; see {@link #rollback(ModelName, RollbackOptions)}. */
    default Commit rollback(String name) {
        return rollback(ModelName.of(name), RollbackOptions.ofProduction());
    }

    /**
     * Moves an alias down its publish stack: to the version below the current one, or to the named one. A second rollback
     * goes down further, not back up.
     *
     * <p>A rollback passes no gate: what was published before can come back at once. Versions that were yanked or deleted
     * since are passed over. It ends the alias's {@linkplain #setTraffic traffic}.
     *
     * @throws NotFoundException if there is no such model or alias
     * @throws ConflictException {@link io.maas.error.ErrorCode#NOTHING_TO_ROLL_BACK} if there is no such version below
     * @throws DeniedException {@link io.maas.error.ErrorCode#ON_HOLD} if the model is on hold
     */
    Commit rollback(ModelName name, RollbackOptions options);

    /**
     * Looks at a version as {@link #publish} would, without publishing it.
     *
     * @throws NotFoundException if the registry does not have this version
     */
    GateReport check(ModelVersion version, PublishOptions options);

    /**
     * Takes an alias away: it points at nothing, and there is nothing to roll back to.
     *
     * @throws NotFoundException if there is no such model or alias
     * @throws DeniedException {@link io.maas.error.ErrorCode#ON_HOLD} if the model is on hold
     */
    Commit unpublish(ModelName name, String alias, ChangeOptions options);

    /**
     * Sets who answers the calls of an alias, in one commit: versions with shares, a shadow with copies of calls, or with {@link
     * Traffic#none()} the version that the alias points at alone. What the alias points at stays what was last published;
     * publishing another version, rolling back, undoing either and unpublishing end the traffic, and it does not come back by
     * itself. If the alias has this traffic already, nothing is committed and the commit that made it so is returned.
     *
     * <p>A version that gets a share, or a larger one, passes the same gate as if it was published, and its {@linkplain
     * #evidence evidence} is kept; the version that the alias points at has passed it, and a share that is kept or made
     * smaller asks for nothing. All that share an alias must take what its version takes and give what it gives, whatever
     * the policy says, and their packages must not forbid it ({@code "comparable": false}). A shadow must be whole, load,
     * take what the alias's version takes, and be signed as the policy asks; it needs no approvals, and no licence or card.
     *
     * @throws NotFoundException if there is no such model or version, or nothing was published under the alias
     * @throws ConflictException {@link io.maas.error.ErrorCode#STALE} if the alias does not point at the expected version or
     *     has other traffic than expected, or the version that it points at has no share or is the shadow; {@link
     *     io.maas.error.ErrorCode#YANKED} if a version was yanked or deleted; {@link
     *     io.maas.error.ErrorCode#NOT_COMPARABLE} if versions cannot stand in for each other, which no force overrides
     * @throws DeniedException if the gate finds something and {@link TrafficOptions#force} was not called; the code is that
     *     of the first thing found. {@link io.maas.error.ErrorCode#ON_HOLD} if the model is on hold
     */
    Commit setTraffic(ModelName name, Traffic traffic, TrafficOptions options);

    /**
     * Moves several aliases in one commit: all of them or none.
     *
     * @throws NotFoundException if a model, version or alias does not exist
     * @throws ConflictException as {@link #publish} and {@link #rollback}, if one of the steps cannot be made
     * @throws DeniedException as {@link #publish}, if one of the versions does not pass the gate
     * @throws InvalidInputException if the release has no step
     */
    Commit release(Release release);

    /**
     * Puts every alias that a change moved back to where it was before, in one commit. For releases, but any publish,
     * rollback or unpublish can be undone.
     *
     * @param change what {@link #release} returned
     * @throws ConflictException {@link io.maas.error.ErrorCode#STALE} if one of the aliases was moved since, {@link
     *     io.maas.error.ErrorCode#NOTHING_TO_ROLL_BACK} if the change moved none or a version was yanked since
     */
    Commit undo(Commit change, ChangeOptions options);

    /** Warns whoever uses a version; see {@link Lifecycle#DEPRECATED}. The reason is part of the warning. */
    Commit deprecate(ModelVersion version, ChangeOptions options);

    /**
     * Hides a version from whoever does not ask for its digest; see {@link Lifecycle#YANKED}.
     *
     * @throws ConflictException {@link io.maas.error.ErrorCode#IN_USE} if an alias points at it, or its traffic names it
     * @throws DeniedException {@link io.maas.error.ErrorCode#ON_HOLD} if the model is on hold
     */
    Commit yank(ModelVersion version, ChangeOptions options);

    /**
     * Takes back that a version was deprecated or yanked.
     *
     * @throws ConflictException {@link io.maas.error.ErrorCode#STALE} if it was deleted
     */
    Commit reinstate(ModelVersion version, ChangeOptions options);

    /**
     * Deletes a version for good; see {@link Lifecycle#DELETED}. Its files go when the store is next
     * collected.
     *
     * @throws ConflictException {@link io.maas.error.ErrorCode#IN_USE} if an alias points at it, its traffic names it, or another
     *     model needs it
     * @throws DeniedException {@link io.maas.error.ErrorCode#ON_HOLD} if the model is on hold
     */
    Commit delete(ModelVersion version, ChangeOptions options);

    /**
     * Returns the commit of the change that was made with a token, as this host knows the log. Whoever makes up part of a request from what
     * he finds, and repeats it, can so find out what he would have found then.
     *
     * @return empty if none was, or so many since (65,536) that it is forgotten
     */
    Optional<Commit> changeBy(String token);

    /** Returns policies, trusted keys, approvals and holds. */
    Governance governance();

    /** Returns what keeps the registry from growing for ever: retention, and the collection of garbage. */
    Maintenance maintenance();

    /**
     * Returns the version that production pointed at, at a time.
     *
     * @return empty if there was no such model, or production pointed at nothing
     */
    Optional<ModelVersion> productionAt(ModelName name, Instant time);

    /**
     * Returns everything as it was after a commit. This reads the log up to there, and keeps what it says in memory for as
     * long as the view is used.
     *
     * @throws NotFoundException if there is no such commit
     */
    RepositoryView stateAt(long commit);

    /** Returns the log of every change: queries, exports, its verification, reports. */
    AuditLog audit();

    /**
     * Tells a listener of every operation from a commit on, in the order of the log: first what the log has, then what is
     * committed by whatever process, as soon as this one knows of it.
     *
     * <p>None is missed, and one may come twice. An event that the listener throws on is handed over again, after a pause
     * that grows from 10 ms to 30 s, and so is whatever cannot be read; nothing later comes before it. {@link
     * Subscription#position()} is the last commit whose events were all handled: who keeps it and subscribes after it goes on where
     * he was, and gets the events of a commit again that he had handled in part.
     *
     * <p>Each subscription has a thread of its own, so a slow listener holds up neither others nor commits. Closing the
     * platform ends all.
     *
     * @param fromCommit the first commit to tell of: 0 for all, {@code head() + 1} for what is new
     */
    Subscription subscribe(long fromCommit, EventListener listener);

    /** Reads what other processes have committed since; returns the new {@link #head()}. */
    long refresh();

    /**
     * Writes a version's package into a folder that does not exist yet, exactly as it was registered.
     *
     * @throws NotFoundException if the registry does not have this version
     */
    void exportDirectory(ModelVersion version, Path folder);

    /**
     * Writes a version's package as a zip archive, exactly as it was registered and the same bytes each time.
     *
     * @throws NotFoundException if the registry does not have this version
     */
    void exportZip(ModelVersion version, Path file);

    /**
     * Brings a version into another registry: the same files, so the same digest and signature, under the same label unless
     * the options ask for the next number. The other registry checks the package and asks its own engine about the model,
     * as when it is registered there; what this one knows of the version is kept there as its {@linkplain
     * RepositoryView#origin origin}, attached by the same commit.
     *
     * <p>A version that is there already, under whatever label, is not registered again: it is returned. Only where the label
     * that is asked for has other content there, or is that of a deleted version, the call is refused, even if the same
     * bundle is there under another label. {@link PromoteOptions#nextLabel()} asks for no label; it is about the version
     * alone, and what comes along with it keeps its labels.
     *
     * <p>Approvals of this registry do not count there, and nothing is published unless the options say so; that is a commit of its own, which
     * passes the gate there.
     *
     * @param target the repository of a platform on another store
     * @return the version as it is there
     * @throws NotFoundException if this registry does not have the version
     * @throws ConflictException {@link io.maas.error.ErrorCode#DUPLICATE_VERSION} if the label is taken there, as above, {@link
     *     io.maas.error.ErrorCode#YANKED} if the version was yanked or deleted, here or there, {@link
     *     io.maas.error.ErrorCode#PACKAGE_REQUIRES} if it needs versions that are not there; in each case nothing is written
     * @throws InvalidInputException if the other registry refuses the package or the model in it; {@link
     *     io.maas.error.ErrorCode#BAD_SETTING} if the target is no repository of a platform
     * @throws DeniedException if it was registered, and the gate there does not let it be published
     */
    ModelVersion promote(ModelVersion version, ModelRepository target, PromoteOptions options);

    /**
     * Writes a model with its history into one file, a zip archive, which appears when it is complete: the files of every
     * version that is not deleted, what is attached to them, aliases with their publish stacks, and the part of the audit log
     * that is about the model. The same state gives the same bytes. This reads the whole log.
     *
     * @param file a file that does not exist
     * @throws NotFoundException if there is no such model
     * @throws ConflictException {@link io.maas.error.ErrorCode#TARGET_EXISTS} if the file exists
     * @throws InvalidInputException if the model has more than {@link #importModel} reads: 10,000 versions, 1,000 aliases,
     *     1,000,000 files, or 16 MiB in its document, a signature or something attached; nothing is written
     * @throws UnavailableException {@link io.maas.error.ErrorCode#TARGET_UNWRITABLE} if it cannot be written
     */
    void exportModel(ModelName name, Path file);

    /**
     * Reads a model that {@link #exportModel} wrote, and registers its versions in one commit, with the labels that they had
     * and their {@linkplain RepositoryView#origin origins}. Versions that were deprecated or yanked are so again; a yanked one
     * is not run to learn about it. Versions that are here already, under whatever label, are kept as they are. Where one of
     * the labels has other content here, or is that of a deleted version, nothing is imported, even if the same bundle is
     * here under another label.
     *
     * <p>With {@link ModelImportOptions#withAliases()}, a model that has no alias here gets those that it had, with
     * their publish stacks. Every version on these passes the gate first, since a rollback passes none, and keeps as its
     * {@linkplain RepositoryView#evidence evidence} what was found; if one does not pass, nothing is imported. What arrives
     * yanked is left out of the stacks: it is not run, so it passes no gate.
     *
     * @return the versions as they are here, in the order of the file
     * @throws InvalidInputException if the file is cut short, was changed or is none; or if a package or a model is refused
     * @throws ConflictException {@link io.maas.error.ErrorCode#DUPLICATE_VERSION} if one of the labels is taken, as above,
     *     {@link io.maas.error.ErrorCode#STALE} if the model has other aliases here than it had
     * @throws DeniedException as {@link #publish}, if an alias is to be made, about any version on its publish stack
     */
    List<ModelVersion> importModel(Path file, ModelImportOptions options);
}
