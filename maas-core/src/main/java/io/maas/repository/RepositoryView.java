package io.maas.repository;

import io.maas.error.InvalidInputException;
import io.maas.error.NotFoundException;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import io.maas.model.TrustKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a registry says: now, if this is the {@link ModelRepository}, or as of an earlier commit. Reading takes no lock and
 * does not ask the store, but for manifests and reports that were not read before. Thread-safe.
 */
public interface RepositoryView {
    /** Returns the number of the newest commit that is part of this, or -1 if there is none. */
    long head();

    /** Resolves a reference written as text; see {@link ModelRef}. */
    default ModelVersion resolve(String ref) {
        return resolve(ModelRef.parse(ref));
    }

    /**
     * Returns the version that a reference points at.
     *
     * @throws NotFoundException if there is no such model, alias, version or digest, or if the version was {@linkplain
     *     Lifecycle#YANKED yanked} and is not asked for by its digest
     */
    ModelVersion resolve(ModelRef ref);

    /**
     * Resolves several references as of one commit, so that a {@link Release} is seen whole or not at all.
     *
     * @return the versions, in the order of the references
     */
    List<ModelVersion> resolveAll(List<ModelRef> refs);

    /** Returns the names of all models that have a version, sorted. */
    List<ModelName> models();

    /**
     * Returns a page of the names of all models that have a version, sorted.
     *
     * @param after the last name of the page before; empty for the first page
     * @param limit the most names, 1 or more
     * @throws InvalidInputException if the limit is less
     */
    List<ModelName> models(Optional<ModelName> after, int limit);

    /**
     * Returns the versions of a model but the deleted ones, oldest first.
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
     * Returns who answers the calls of an alias beside the version that it points at.
     *
     * @return {@link Traffic#none()} if nobody does
     * @throws NotFoundException if there is no such model or alias
     */
    Traffic traffic(ModelName name, String alias);

    /**
     * Returns the manifest of a version and what was found out about it. Of a deleted version, this is still known.
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
     * Returns what the gate found when a version was last published under an alias, or got a larger share of it.
     *
     * @throws NotFoundException if the registry does not have this version
     */
    Optional<GateReport> evidence(ModelVersion version, String alias);

    /**
     * Returns what is known of a version from the registry that it was {@linkplain ModelRepository#promote promoted} or
     * {@linkplain ModelRepository#importModel imported} from; nothing if it was registered here.
     *
     * @throws NotFoundException if the registry does not have this version
     */
    Optional<Origin> origin(ModelVersion version);

    /**
     * Returns the versions of any models that need a version's bundle.
     *
     * @throws NotFoundException if the registry does not have this version
     */
    List<ModelVersion> dependents(ModelVersion version);

    /**
     * Returns who put a model on hold and why, if it is.
     *
     * @throws NotFoundException if there is no such model
     */
    Optional<Commit> hold(ModelName name);

    /** Returns the policy that versions of a model have to meet: its own, or the one for all. */
    Policy policy(ModelName name);

    /** Returns the policy for models that have none of their own. */
    Policy policy();

    /** Returns the keys whose signatures are trusted, sorted by id. */
    List<TrustKey> trustedKeys();

    /** Returns the access keys that are granted and not revoked, the expired ones too, sorted by id. */
    List<AccessGrant> accessKeys();

    /** Returns an access key by its id, if it is granted and not revoked. Cheap. */
    Optional<AccessGrant> accessKey(String id);
}
