package io.maas.store.fs;

import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.spi.ObjectStore;
import io.maas.spi.StoreKeys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Objects as files: the object {@code log/1} is the file {@code log/1} below the store's folder. {@link Writer} says how
 * they get there, {@link Folders} why no key leads out of the store. Reading needs no more than permission to read.
 * Thread-safe, and safe with any number of other processes.
 */
final class FileStore implements ObjectStore {
    /** What the store was opened for. */
    enum Access {
        READ,
        WRITE
    }

    /** Should the file be replaced by a symbolic link after it was looked at, opening it fails. */
    private static final Set<OpenOption> READ_FILE = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

    private final String address;
    private final Access access;
    private final Folders folders;
    private final Failures failures;
    private final Writer writer;
    private final Janitor janitor;
    private volatile boolean closed;

    FileStore(String address, Access access, Folders folders, Durability durability, Disk disk) {
        this.address = address;
        this.access = access;
        this.folders = folders;
        this.failures = new Failures(folders.root(), disk);
        this.writer = new Writer(folders, disk, durability, failures);
        this.janitor = new Janitor(folders, disk);
    }

    @Override
    public boolean createIfAbsent(String key, Source content) {
        requireWritable("create an object");
        return writer.create(key, content);
    }

    @Override
    public void put(String key, byte[] content) {
        requireWritable("overwrite an object");
        writer.put(key, content);
    }

    @Override
    public Optional<byte[]> get(String key) {
        requireOpen("get an object");
        String doing = "get '" + key + "'";
        try {
            Optional<InputStream> opened = openAt(doing, key, 0);
            if (opened.isEmpty()) {
                return Optional.empty();
            }
            try (InputStream in = opened.get()) {
                return Optional.of(in.readAllBytes());
            }
        } catch (IOException e) {
            throw failures.notRead(doing, e);
        }
    }

    @Override
    public Optional<InputStream> open(String key, long offset) {
        requireOpen("open an object");
        String doing = "open '" + key + "'";
        try {
            return openAt(doing, key, offset);
        } catch (IOException e) {
            throw failures.notRead(doing, e);
        }
    }

    @Override
    public List<String> list(String prefix, String after, int limit) {
        requireOpen("list objects");
        StoreKeys.requirePrefix(prefix);
        if (!after.isEmpty()) {
            StoreKeys.requireKey(after);
        }
        if (limit < 1) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING, "list objects", "the limit is " + limit, "use a limit of 1 or more");
        }
        try {
            return new KeyWalk(prefix, after, limit).in(folders);
        } catch (IOException e) {
            throw failures.notRead("list objects", e);
        }
    }

    @Override
    public void delete(String key) {
        requireWritable("delete an object");
        writer.delete(key);
    }

    @Override
    public Optional<Path> localFile(String key) {
        requireOpen("find a file");
        try {
            return folders.find(key);
        } catch (IOException e) {
            throw failures.notRead("find the file of '" + key + "'", e);
        }
    }

    @Override
    public List<String> leftovers(Instant before) {
        requireOpen("find temporary files");
        try {
            return janitor.find(before);
        } catch (IOException e) {
            throw failures.notRead("find temporary files", e);
        }
    }

    @Override
    public List<String> removeLeftovers(Instant before) {
        requireWritable("remove temporary files");
        try {
            return janitor.remove(before);
        } catch (IOException e) {
            throw failures.notWritten("remove temporary files", e);
        }
    }

    @Override
    public String toString() {
        return address;
    }

    @Override
    public void close() {
        closed = true;
    }

    private Optional<InputStream> openAt(String doing, String key, long offset) throws IOException {
        Optional<Path> file = folders.find(key);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        FileChannel channel;
        try {
            channel = FileChannel.open(file.get(), READ_FILE);
        } catch (NoSuchFileException e) {
            return Optional.empty(); // deleted at the same time
        }
        try {
            position(doing, channel, offset);
        } catch (IOException | InvalidInputException e) {
            channel.close();
            throw e;
        }
        return Optional.of(Channels.newInputStream(channel));
    }

    private static void position(String doing, FileChannel channel, long offset) throws IOException {
        long size = channel.size();
        if (offset < 0 || offset > size) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING,
                    doing,
                    "it has " + size + " bytes and the offset is " + offset,
                    "use an offset from 0 to its length");
        }
        channel.position(offset);
    }

    private void requireOpen(String doing) {
        if (closed) {
            throw new UnavailableException(
                    ErrorCode.CLOSED, doing, "the store was closed, " + address, "open it again, or close it later");
        }
    }

    private void requireWritable(String doing) {
        requireOpen(doing);
        if (access == Access.READ) {
            throw new DeniedException(
                    ErrorCode.READ_ONLY, doing, "the store was opened to read only, " + address, "open it for writing");
        }
    }
}
