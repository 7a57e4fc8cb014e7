package io.maas.store.fs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes temporary files that a killed process left behind. One process at a time does it, whoever gets the lock first;
 * the others do not wait. Nothing but this work depends on the lock, so that a filesystem with poor locks does no harm.
 */
final class Janitor {
    private static final Logger LOG = LoggerFactory.getLogger(Janitor.class);

    /** An upload that goes on for longer without a byte written would fail, and write nothing. */
    private static final Duration ABANDONED = Duration.ofHours(24);

    /** The most files to look at in one go, so that opening a store stays quick. */
    private static final int MOST = 1000;

    private final Folders folders;
    private final Disk disk;
    private final Clock clock;

    Janitor(Folders folders, Disk disk, Clock clock) {
        this.folders = folders;
        this.disk = disk;
        this.clock = clock;
    }

    /** Removes what is abandoned. Never fails, since the store works without it. */
    void sweep() {
        Path lock = folders.temporary().resolve("janitor.lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock elected = channel.tryLock()) {
            if (elected != null) {
                removeAbandoned();
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("Another store of this process removes temporary files in {}", folders.root());
        } catch (IOException | DirectoryIteratorException e) {
            LOG.warn("Temporary files in {} cannot be removed, and stay", folders.temporary(), e);
        }
    }

    private void removeAbandoned() throws IOException {
        Instant limit = clock.instant().minus(ABANDONED);
        int looked = 0;
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(folders.temporary(), Folders.TEMPORARY_PREFIX + "*")) {
            for (Path file : files) {
                if (looked == MOST) {
                    return;
                }
                looked++;
                removeIfOlder(file, limit);
            }
        }
    }

    private void removeIfOlder(Path file, Instant limit) throws IOException {
        try {
            if (Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                    .toInstant()
                    .isBefore(limit)) {
                disk.delete(file);
                LOG.info("Removed {}, which a process left behind", file);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} was removed by another at the same time", file);
        }
    }
}
