package io.maas.internal.transfer;

import io.maas.repository.CopyOptions;
import io.maas.repository.CopyReport;
import io.maas.spi.ObjectStore;
import java.nio.file.Path;

/** Writes and reads backups: a registry in one file, whose members are the objects of a store. */
public final class Backups {
    private Backups() {}

    /** Writes a registry to a new file. */
    public static CopyReport write(ObjectStore from, Path file, CopyOptions options, StoreCopy.Tools tools) {
        try (NewFile archive = new NewFile(file, "back up the registry in " + from);
                ArchiveTarget to = new ArchiveTarget(archive)) {
            CopyReport report = StoreCopy.toBackup(from, to, options, tools);
            archive.complete();
            return report;
        }
    }

    /** Writes the registry of a backup to a store, and checks everything on the way. */
    public static CopyReport restore(Path file, ObjectStore to, CopyOptions options, StoreCopy.Tools tools) {
        try (ArchiveStore from = new ArchiveStore(file)) {
            return StoreCopy.toStore(from, to, options, tools);
        }
    }
}
