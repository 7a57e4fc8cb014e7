package io.maas.store.fs;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.spi.ObjectStore.Source;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes objects so that each appears once, whole and for good:
 *
 * <ol>
 *   <li>make the folders on the way durable;
 *   <li>write a temporary file and force it;
 *   <li>give it its final name by {@code link}, which fails if the name is taken: the one atomic step;
 *   <li>force the folder, so that the name survives a crash of the machine, and only then acknowledge;
 *   <li>remove the temporary name.
 * </ol>
 *
 * <p>Until the link, a failure means that nothing was written. After it nothing is undone, since others may have seen the
 * object: a failure means that the outcome is unknown. Of the alternatives, a rename after a check for existence lost 56
 * acknowledged commits in 400 kills of 4 writers, and {@code CREATE_NEW} in place left torn files; the link lost none.
 *
 * <p>An interrupt closes a {@link FileChannel}, which makes it one more failure with the same two meanings. The thread's
 * flag stays set.
 */
final class Writer {
    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);

    private final Folders folders;
    private final Disk disk;
    private final Durability durability;
    private final Failures failures;

    Writer(Folders folders, Disk disk, Durability durability, Failures failures) {
        this.folders = folders;
        this.disk = disk;
        this.durability = durability;
        this.failures = failures;
    }

    boolean create(String key, Source content) {
        String doing = "create '" + key + "'";
        Path target = folders.fileOf(key);
        if (exists(doing, key)) {
            confirm(doing, target);
            return false;
        }
        requireTrusted(doing);
        makeWay(doing, target);
        try (Temporary temporary = new Temporary(folders.newTemporary())) {
            fill(doing, temporary.path, content);
            return link(doing, temporary.path, target);
        }
    }

    void put(String key, byte[] content) {
        String doing = "overwrite '" + key + "'";
        Path target = folders.fileOf(key);
        requireTrusted(doing);
        exists(doing, key); // for the symbolic links on the way
        folders.requireNoFolder(target);
        makeWay(doing, target);
        try (Temporary temporary = new Temporary(folders.newTemporary())) {
            // forced although hints may be lost: a rename may reach the disk before the bytes, and leave an empty file
            fill(doing, temporary.path, source(content));
            disk.replace(target, temporary.path);
        } catch (IOException e) {
            throw failures.notLinked(doing, e);
        }
    }

    void delete(String key) {
        String doing = "delete '" + key + "'";
        requireTrusted(doing);
        try {
            Optional<Path> file = folders.find(key);
            if (file.isPresent()) {
                disk.delete(file.get());
            }
        } catch (NoSuchFileException e) {
            LOG.debug("'{}' was deleted by another at the same time", key);
        } catch (IOException e) {
            throw failures.notLinked(doing, e);
        }
    }

    private boolean exists(String doing, String key) {
        try {
            return folders.find(key).isPresent();
        } catch (IOException e) {
            throw failures.notRead(doing, e);
        }
    }

    private void requireTrusted(String doing) {
        Optional<IOException> earlier = durability.failure();
        if (earlier.isPresent()) {
            throw failures.failedBefore(doing, earlier.get());
        }
    }

    private void makeWay(String doing, Path target) {
        try {
            folders.makeDurable(parent(target));
        } catch (IOException e) {
            throw failures.notWritten(doing, e);
        }
    }

    private void fill(String doing, Path file, Source content) {
        try (FileChannel channel = disk.createFile(file);
                Content in = Content.open(doing, content)) {
            for (ByteBuffer part = in.next(); part.hasRemaining(); part = in.next()) {
                disk.write(channel, part);
            }
            durability.file(channel, file);
        } catch (IOException e) {
            throw failures.notWritten(doing, e);
        }
    }

    private boolean link(String doing, Path temporary, Path target) {
        try {
            disk.link(target, temporary);
        } catch (FileAlreadyExistsException e) {
            folders.requireNoFolder(target);
            if (!isSame(temporary, target)) {
                confirm(doing, target);
                return false;
            }
        } catch (UnsupportedOperationException e) {
            throw new UnavailableException(
                    ErrorCode.STORE_UNFIT, doing, "hard links do not work in " + folders.root(), Opening.MOVE_IT, e);
        } catch (IOException e) {
            throw failures.notLinked(doing, e);
        }
        confirm(doing, target);
        return true;
    }

    /**
     * Returns whether a name that is taken is taken by this very file. NFS sends a request again whose answer was lost,
     * and then reports the link that the first one made.
     */
    private static boolean isSame(Path temporary, Path target) {
        try {
            return Files.isSameFile(temporary, target);
        } catch (IOException e) {
            LOG.debug("{} was deleted by another at the same time", target, e);
            return false;
        }
    }

    /** Sees to it that an object that is there survives a crash of the machine, whoever created it. */
    private void confirm(String doing, Path target) {
        Optional<IOException> earlier = durability.failure();
        if (earlier.isPresent()) {
            throw failures.unknownSince(doing, earlier.get());
        }
        try {
            folders.makeDurable(parent(target));
            durability.folder(parent(target));
        } catch (IOException e) {
            throw failures.unknown(doing, e);
        }
    }

    private static Path parent(Path file) {
        return Objects.requireNonNull(file.getParent(), "below the root");
    }

    private static Source source(byte[] content) {
        return new Source() {
            @Override
            public long length() {
                return content.length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(content);
            }
        };
    }

    /** A name that is removed at the end. What cannot be removed does no harm, and the janitor tries again. */
    private final class Temporary implements AutoCloseable {
        private final Path path;

        Temporary(Path path) {
            this.path = path;
        }

        @Override
        public void close() {
            try {
                if (Files.exists(path)) {
                    disk.delete(path);
                }
            } catch (IOException e) {
                LOG.warn("{} cannot be removed, and is left to the next opening of the store", path, e);
            }
        }
    }
}
