package io.maas.repository;

import io.maas.error.CommitStateUnknownException;
import io.maas.error.ConflictException;
import io.maas.error.DeniedException;
import io.maas.error.InvalidInputException;
import io.maas.error.NotFoundException;
import io.maas.error.UnavailableException;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

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
public interface ModelRepository {
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
     * If the alias points at this version already, nothing is committed and the commit that made it so is returned.
     *
     * @throws NotFoundException if the registry does not have this version
     * @throws ConflictException {@link io.maas.error.ErrorCode#STALE} if the alias does not point at the expected version
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
     * @throws NotFoundException if there is no such model or alias
     * @throws ConflictException {@link io.maas.error.ErrorCode#NOTHING_TO_ROLL_BACK} if there is no such version below
     */
    Commit rollback(ModelName name, RollbackOptions options);

    /** Resolves a reference written as text; see {@link ModelRef}. */
    default ModelVersion resolve(String ref) {
        return resolve(ModelRef.parse(ref));
    }

    /**
     * Returns the version that a reference points at now.
     *
     * @throws NotFoundException if there is no such model, alias, version or digest
     */
    ModelVersion resolve(ModelRef ref);

    /** Returns the names of all models, sorted. */
    List<ModelName> models();

    /**
     * Returns the versions of a model, oldest first.
     *
     * @throws NotFoundException if there is no such model
     */
    List<ModelVersion> versions(ModelName name);

    /**
     * Returns what each alias of a model points at, sorted by alias.
     *
     * @throws NotFoundException if there is no such model
     */
    Map<String, ModelVersion> aliases(ModelName name);

    /**
     * Returns the manifest of a version and what was found out about it.
     *
     * @throws NotFoundException if the registry does not have this version
     */
    ModelDetails details(ModelVersion version);

    /**
     * Returns the latest moves of a model's aliases, at most 64 for each, oldest first. The audit log has all of them.
     *
     * @throws NotFoundException if there is no such model
     */
    List<AliasMove> history(ModelName name);

    /**
     * Returns operations of the log, oldest first.
     *
     * @param fromCommit the first commit to return operations of
     * @param limit about how many to return, 1 or more; a commit is never split. Go on from the last one's commit plus 1
     */
    List<AuditEntry> audit(long fromCommit, int limit);

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

    /**
     * Returns the number of the newest commit that this process knows, or -1 if there is none.
     */
    long head();

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
}
