package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.CommitLog;
import io.maas.internal.log.Format;
import io.maas.internal.log.LogScan;
import io.maas.internal.log.Readers;
import io.maas.internal.transfer.Inventory;
import io.maas.repository.Lifecycle;
import io.maas.spi.ObjectStore;
import java.util.ArrayList;
import java.util.List;

/** Tells what a registry consists of. */
public final class Inventories {
    private Inventories() {}

    /**
     * Reads a registry up to its newest commit.
     *
     * @throws InvalidInputException {@link ErrorCode#NEWER_LAYOUT} if not all of it is understood, {@link
     *     ErrorCode#BROKEN_CHAIN} if it is damaged
     */
    public static Inventory take(ObjectStore store, String namespace, CommitLog log, Readers readers) {
        Ledger ledger = new Ledger(log, readers, Format.read(store, namespace));
        ledger.load();
        RegistryState state = ledger.state();
        if (!ledger.followsAll()) {
            throw new InvalidInputException(
                    ErrorCode.NEWER_LAYOUT,
                    "copy the registry in " + log,
                    "commit " + (state.head().number() + 1)
                            + " was made by a newer platform, and what it needs is not known" + " here",
                    "upgrade the platform");
        }
        List<Inventory.Version> versions = new ArrayList<>();
        for (ModelState model : state.sortedModels()) {
            model.versions().forEach(version -> versions.add(version(version)));
        }
        return new Inventory(
                new LogScan.Point(-1, ledger.format().digest()),
                new LogScan.Point(state.head().number(), state.head().digest()),
                versions);
    }

    private static Inventory.Version version(VersionState version) {
        List<BlobKey> files = version.lifecycle() == Lifecycle.DELETED ? List.of() : version.blobs();
        return new Inventory.Version(
                version.manifest(), files, List.copyOf(version.facts().values()));
    }
}
