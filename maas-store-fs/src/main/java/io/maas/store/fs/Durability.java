package io.maas.store.fs;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Forces what was written onto the disk, and remembers for good that this failed once.
 *
 * <p>After a failed fsync the kernel may mark the lost pages clean, so that a second one succeeds although the bytes are
 * gone (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020). Nothing that this process
 * forces later can be believed, so a store that failed once stays failed until it is opened anew.
 */
final class Durability {
    private final Disk disk;
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();

    Durability(Disk disk) {
        this.disk = disk;
    }

    /** Forces the content of a file that nobody else sees yet. */
    void file(FileChannel opened, Path file) throws IOException {
        try {
            disk.force(opened, file);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            // filesystems that allocate late report a full disk here: the file is thrown away, and nothing else is lost
            if (!Failures.saysFull(e)) {
                failure.compareAndSet(null, e);
            }
            throw e;
        }
    }

    /** Forces the names in a folder. */
    void folder(Path folder) throws IOException {
        Optional<FileChannel> opened = disk.openFolder(folder);
        if (opened.isEmpty()) {
            return;
        }
        try (FileChannel channel = opened.get()) {
            force(channel, folder);
        }
    }

    /** Returns the first failure, if there was one. */
    Optional<IOException> failure() {
        return Optional.ofNullable(failure.get());
    }

    private void force(FileChannel channel, Path folder) throws IOException {
        try {
            disk.force(channel, folder);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            failure.compareAndSet(null, e);
            throw e;
        }
    }
}
