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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes temporary files that a killed process left behind. One process at a time does it, whoever gets the lock first;
 * the others do not wait. Nothing but this work depends on the lock, so that a filesystem with poor locks does no harm.
 */
final class Janitor {
    private static final Logger LOG = LoggerFactory.getLogger(Janitor.class);

    /** An upload that goes on for longer without a byte written would fail, and write nothing. */
    static final Duration ABANDONED = Duration.ofHours(24);

    /** The most files to look at when a store is opened, so that this stays quick. */
    private static final int MOST = 1000;

    private final Folders folders;
    private final Disk disk;

    Janitor(Folders folders, Disk disk) {
        this.folders = folders;
        this.disk = disk;
    }

    /** Removes what is abandoned, or some of it. Never fails, since the store works without it. */
    void sweep(Instant limit) {
        try {
            remove(limit, MOST);
        } catch (IOException e) {
            LOG.warn("Temporary files in {} cannot be removed, and stay", folders.temporary(), e);
        }
    }

    /** Returns the temporary files that were last written before a time. */
    List<String> find(Instant limit) throws IOException {
        if (Folders.look(folders.temporary()).isEmpty()) {
            return List.of();
        }
        List<String> found = new ArrayList<>();
        each(Integer.MAX_VALUE, file -> {
            if (isOlder(file, limit)) {
                found.add(name(file));
            }
        });
        return found;
    }

    /** Removes these files, and returns them: none if another does so at the moment. */
    List<String> remove(Instant limit) throws IOException {
        return remove(limit, Integer.MAX_VALUE);
    }

    private List<String> remove(Instant limit, int most) throws IOException {
        List<String> removed = new ArrayList<>();
        Path lock = folders.temporary().resolve("janitor.lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock elected = channel.tryLock()) {
            if (elected != null) {
                each(most, file -> {
                    if (isOlder(file, limit)) {
                        delete(file).ifPresent(removed::add);
                    }
                });
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("Another store of this process removes temporary files in {}", folders.root());
        }
        return removed;
    }

    private Optional<String> delete(Path file) throws NoSuchFileException {
        try {
            disk.delete(file);
            LOG.info("Removed {}, which a process left behind", file);
            return Optional.of(name(file));
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            LOG.warn("{} cannot be removed, and stays", file, e);
            return Optional.empty();
        }
    }

    private interface Action {
        void on(Path file) throws IOException;
    }

    private void each(int most, Action action) throws IOException {
        int looked = 0;
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(folders.temporary(), Folders.TEMPORARY_PREFIX + "*")) {
            for (Path file : files) {
                if (looked == most) {
                    return;
                }
                looked++;
                try {
                    action.on(file);
                } catch (NoSuchFileException e) {
                    LOG.debug("{} was removed by another at the same time", file);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /** A writer that is alive touches its file with every part that it writes. */
    private static boolean isOlder(Path file, Instant limit) throws IOException {
        return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                .toInstant()
                .isBefore(limit);
    }

    private String name(Path file) {
        return folders.root().relativize(file).toString();
    }
}
