package io.maas;

import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.NotFoundException;
import io.maas.error.UnavailableException;
import io.maas.internal.registry.Inventories;
import io.maas.internal.registry.Registry;
import io.maas.internal.store.Stores;
import io.maas.internal.store.Stores.Access;
import io.maas.internal.transfer.Backups;
import io.maas.internal.transfer.StoreCopy;
import io.maas.repository.AuditLog;
import io.maas.repository.CopyOptions;
import io.maas.repository.CopyReport;
import io.maas.repository.LogVerification;
import io.maas.spi.ObjectStore;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * Copies and checks whole registries, from store to store, into a file and back, without opening a platform on them.
 *
 * <pre>{@code
 * Registries.copy(URI.create("file:///srv/models"), URI.create("s3://bucket/models"), CopyOptions.defaults());
 * Registries.backup(URI.create("s3://bucket/models"), Path.of("models-2026-01-31.zip"), CopyOptions.defaults());
 * Registries.restore(Path.of("models-2026-01-31.zip"), URI.create("file:///srv/models"), CopyOptions.defaults());
 * }</pre>
 *
 * <p>A copy is the registry, byte for byte: the same log under the same chain of digests, the same audit, the same tokens,
 * and every file that its newest state needs. Everything is checked while it is read. Files of deleted versions, and what
 * hosts report about themselves, stay behind. Keys are kept as they are, so a registry is copied under its own namespace.
 *
 * <p>The source may be in use, by others who write to it and collect its garbage. The target must not be written to by
 * anybody else; it is no registry until it is complete. Copying again goes on where a copy was cut off, and brings a copy up
 * to date. All methods are thread-safe. Stores that are passed in stay open.
 */
public final class Registries {
    private Registries() {}

    private static StoreCopy.Tools tools() {
        return new StoreCopy.Tools(Inventories::take, new SystemPauses(), new SecureRandom());
    }

    /**
     * Checks the log of a registry as {@link AuditLog#verify()} does, without opening it: one whose log is damaged cannot be
     * opened, and this tells where.
     *
     * @param store only read
     * @param namespace as given to {@link MaasBuilder#namespace}
     * @throws NotFoundException if there is no registry
     * @throws InvalidInputException {@link ErrorCode#NEWER_LAYOUT} if a newer platform made it
     * @throws UnavailableException {@link ErrorCode#NEWER_LAYOUT} if a newer platform wrote to it; or if the store fails
     */
    public static LogVerification verify(ObjectStore store, String namespace) {
        return Registry.verify(store, namespace, new SystemPauses());
    }

    /** Checks the log of the registry at an address; see {@link #verify(ObjectStore, String)}. */
    public static LogVerification verify(URI where, String namespace) {
        try (ObjectStore store = Stores.open(where, Access.READ)) {
            return verify(store, namespace);
        }
    }

    /**
     * Copies a registry into another store, or brings the copy there up to date.
     *
     * @param from only read
     * @throws NotFoundException if there is no registry in the source
     * @throws ConflictException {@link ErrorCode#OTHER_REGISTRY} if the target holds another registry, or a copy of this one
     *     that was changed since; nothing is written then
     * @throws InvalidInputException {@link ErrorCode#BROKEN_CHAIN} if the source's log is damaged, {@link
     *     ErrorCode#NEWER_LAYOUT} if a newer platform wrote to it
     * @throws UnavailableException {@link ErrorCode#CORRUPT_BLOB} if a file in the source is damaged or missing; {@link
     *     ErrorCode#STORE_UNFIT} if the target does not keep its promises; or if a store fails. What was copied stays, and
     *     copying again goes on from there
     */
    public static CopyReport copy(ObjectStore from, ObjectStore to, CopyOptions options) {
        return StoreCopy.toStore(from, to, options, tools());
    }

    /** Copies a registry from one address to another; see {@link #copy(ObjectStore, ObjectStore, CopyOptions)}. */
    public static CopyReport copy(URI from, URI to, CopyOptions options) {
        try (ObjectStore source = Stores.open(from, Access.READ);
                ObjectStore target = Stores.open(to, Access.WRITE)) {
            return copy(source, target, options);
        }
    }

    /**
     * Writes a registry into one file, a zip archive. It appears when it is complete and on the disk.
     *
     * @param from only read
     * @param archive a file that does not exist
     * @throws ConflictException {@link ErrorCode#TARGET_EXISTS} if it does
     * @throws NotFoundException if there is no registry in the source
     * @throws InvalidInputException as {@link #copy(ObjectStore, ObjectStore, CopyOptions)}
     * @throws UnavailableException {@link ErrorCode#TARGET_UNWRITABLE} if the file cannot be written; {@link
     *     ErrorCode#CORRUPT_BLOB} if a file in the source is damaged or missing; or if the store fails
     */
    public static CopyReport backup(ObjectStore from, Path archive, CopyOptions options) {
        return Backups.write(from, archive, options, tools());
    }

    /** Writes the registry at an address into one file; see {@link #backup(ObjectStore, Path, CopyOptions)}. */
    public static CopyReport backup(URI from, Path archive, CopyOptions options) {
        try (ObjectStore source = Stores.open(from, Access.READ)) {
            return backup(source, archive, options);
        }
    }

    /**
     * Writes the registry of a backup into a store that is empty, or holds an earlier copy of it.
     *
     * @throws InvalidInputException if the archive is cut short, was changed or is no backup; the code says why
     * @throws NotFoundException if the backup is not of this namespace
     * @throws ConflictException {@link ErrorCode#OTHER_REGISTRY} if the target holds another registry, or this one with
     *     commits that the backup does not have; nothing is written then
     * @throws UnavailableException {@link ErrorCode#CORRUPT_BLOB} if a file in the backup is damaged or missing; or if the
     *     store fails
     */
    public static CopyReport restore(Path archive, ObjectStore to, CopyOptions options) {
        return Backups.restore(archive, to, options, tools());
    }

    /** Writes the registry of a backup to an address; see {@link #restore(Path, ObjectStore, CopyOptions)}. */
    public static CopyReport restore(Path archive, URI to, CopyOptions options) {
        try (ObjectStore target = Stores.open(to, Access.WRITE)) {
            return restore(archive, target, options);
        }
    }
}
