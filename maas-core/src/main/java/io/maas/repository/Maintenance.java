package io.maas.repository;

import io.maas.error.CommitStateUnknownException;
import io.maas.error.DeniedException;
import io.maas.error.UnavailableException;

/**
 * Keeps a registry from growing for ever: old versions that nobody needs, files that no version needs, and what killed
 * processes left behind.
 *
 * <p>Nothing here happens by itself. A host calls these methods when it suits, such as once a night, in this order: retiring
 * makes garbage of files, collecting deletes garbage. Any number of hosts may do so at once, while others register, publish
 * and delete; what was begun by one that died is finished by the next. The log, its segments and its bases are never
 * deleted.
 *
 * <p>Each can be tried out first: a {@linkplain Mode#DRY_RUN dry run} reports exactly what would be done, and writes
 * nothing. It is allowed where the platform was opened to read only; anything else then throws {@link DeniedException}.
 *
 * <p>Ages are told by this host's clock, so it has to be about right. {@link #collect} and {@link #sweep} throw {@link
 * UnavailableException} with {@link io.maas.error.ErrorCode#CLOCK_WRONG} where it is more than 15 minutes away from the
 * clock of the store's server, or, where the store has none, that far behind the newest commit. Every method
 * throws {@link CommitStateUnknownException} if a commit may or may not have been made, and then does nothing else. Thread-safe.
 */
public interface Maintenance {
    /** Whether to do it. */
    enum Mode {
        /** It is done. */
        APPLY,
        /** It is only found out what would be done. */
        DRY_RUN
    }

    /**
     * Deletes versions that nobody needs, where a {@linkplain Policy#keepUnpublished() policy} says how many of them are
     * kept. A version is needed if an alias points at it or may be rolled back to it, or if another version depends on it.
     * Of the others the newest are kept.
     *
     * <p>Each model is one change, decided against the state just before its commit. Models on hold stay as they are. What
     * is no longer needed once a version is gone that depended on it may go only when this is called again. Of callers who
     * name a version by its label or digest, with no alias, the registry knows nothing.
     */
    RetentionReport retire(RetireOptions options);

    /**
     * Deletes files that no version needs: those of deleted versions, and those of uploads that were never committed.
     *
     * <p>A file is first condemned, by a commit, so that no version can come to need it: whoever is about to register the
     * same content stores it anew. It is deleted by a later call, when {@link CollectOptions#waiting} has passed, so that
     * whoever reads it meanwhile comes to an end. What a deleted version was, its manifest and the evidence, stays.
     *
     * <p>Files of uploads that may still be running are left alone: an upload counts as abandoned when the first commit
     * after its beginning is older than {@link CollectOptions#grace}. In a registry without commits they stay.
     *
     * <p>At most 100,000 files are condemned at a time. Files that cannot be deleted are reported and tried again the next
     * time; where 100 cannot be, this gives up.
     *
     * @throws UnavailableException if the store cannot be listed, or 100 files could not be deleted
     */
    CollectionReport collect(CollectOptions options);

    /**
     * Removes what is not yet a file of the registry and never will be: temporary files and unfinished uploads of processes
     * that were killed.
     *
     * @throws UnavailableException if the store cannot be looked through
     */
    SweepReport sweep(SweepOptions options);
}
