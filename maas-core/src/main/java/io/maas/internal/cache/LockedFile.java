package io.maas.internal.cache;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A file that is locked against other processes and within this one.
 *
 * <p>A process that closes any descriptor of a file loses all its locks of that file: POSIX says so, and {@link FileLock}
 * warns of it. So nothing here opens a file that this process has locked already, not even to find that out.
 */
final class LockedFile implements AutoCloseable {
    /**
     * The locked files of this process, as the operating system keeps them for a process and not for an object. Two class
     * loaders may each have this library, and must know of each other's locks; system properties are what they share.
     */
    @SuppressWarnings("unchecked") // nobody else uses the name
    private static final Set<String> HELD = (Set<String>)
            System.getProperties().computeIfAbsent("io.maas.cache.held", name -> ConcurrentHashMap.<String>newKeySet());

    private final Path path;
    private final String key;
    private final FileChannel channel;
    private final @Nullable Object identity;

    private LockedFile(Path path, String key, FileChannel channel, @Nullable Object identity) {
        this.path = path;
        this.key = key;
        this.channel = channel;
        this.identity = identity;
    }

    /** What to do while another process holds the lock. */
    enum Otherwise {
        WAIT,
        GIVE_UP
    }

    /** Opens and locks a file. Returns null if this process holds it, or another does and this is not to wait. */
    static @Nullable LockedFile open(Path path, Otherwise otherwise, OpenOption... options) throws IOException {
        Path folder = Objects.requireNonNull(path.toAbsolutePath().getParent(), "a file lies in a folder");
        String key = folder.toRealPath().resolve(path.getFileName()).toString();
        if (!HELD.add(key)) {
            return null;
        }
        FileChannel channel = null;
        LockedFile locked = null;
        try {
            channel = FileChannel.open(path, options);
            Object identity = identity(path);
            FileLock lock = otherwise == Otherwise.WAIT ? channel.lock() : channel.tryLock();
            locked = lock == null ? null : new LockedFile(path, key, channel, identity);
            return locked;
        } finally {
            if (locked == null) {
                release(key, channel);
            }
        }
    }

    private static void release(String key, @Nullable FileChannel channel) throws IOException {
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            HELD.remove(key);
        }
    }

    private static @Nullable Object identity(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /** Tells whether the path names another file by now, or none: whoever had the lock before may have moved it away. */
    boolean wasMoved() throws IOException {
        try {
            return !Objects.equals(identity, identity(path));
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    Path path() {
        return path;
    }

    FileChannel channel() {
        return channel;
    }

    /** Unlocks the file. Closing twice is harmless. */
    @Override
    public void close() throws IOException {
        if (channel.isOpen()) {
            release(key, channel);
        }
    }
}
