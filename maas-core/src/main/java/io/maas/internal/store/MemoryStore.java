package io.maas.internal.store;

import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.spi.ObjectStore;
import io.maas.spi.StoreKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Objects in this process's memory, for tests and for trying things out; gone when the process ends. Durable for as long
 * as it lives: what it acknowledged is there. Thread-safe.
 */
public final class MemoryStore implements ObjectStore {
    /** What the store was opened for. */
    enum Access {
        READ,
        WRITE
    }

    /** Arrays in here are never changed nor handed out. Keys are ASCII, so that the order of strings is that of bytes. */
    private final ConcurrentNavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();

    private final String address;
    private final Access access;
    private volatile boolean closed;

    /** Creates an empty store. */
    public MemoryStore() {
        this("memory:", Access.WRITE);
    }

    MemoryStore(String address, Access access) {
        this.address = address;
        this.access = access;
    }

    @Override
    public boolean createIfAbsent(String key, Source content) {
        requireWritable("create an object");
        StoreKeys.requireKey(key);
        return objects.putIfAbsent(key, read(key, content)) == null;
    }

    @Override
    public void put(String key, byte[] content) {
        requireWritable("overwrite an object");
        objects.put(StoreKeys.requireKey(key), content.clone());
    }

    @Override
    public Optional<byte[]> get(String key) {
        requireOpen("get an object");
        return Optional.ofNullable(objects.get(StoreKeys.requireKey(key))).map(byte[]::clone);
    }

    @Override
    public Optional<InputStream> open(String key, long offset) {
        requireOpen("open an object");
        byte[] found = objects.get(StoreKeys.requireKey(key));
        if (found == null) {
            return Optional.empty();
        }
        if (offset < 0 || offset > found.length) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING,
                    "open '" + key + "'",
                    "it has " + found.length + " bytes and the offset is " + offset,
                    "use an offset from 0 to its length");
        }
        return Optional.of(new ByteArrayInputStream(found, (int) offset, found.length - (int) offset));
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
        // from the later of the two: a key equal to the prefix itself belongs to the result, one equal to after does
        // not
        var from = after.compareTo(prefix) < 0 ? objects.tailMap(prefix, true) : objects.tailMap(after, false);
        return from.keySet().stream()
                .takeWhile(key -> key.startsWith(prefix))
                .limit(limit)
                .toList();
    }

    @Override
    public void delete(String key) {
        requireWritable("delete an object");
        objects.remove(StoreKeys.requireKey(key));
    }

    @Override
    public String toString() {
        return address;
    }

    /** Closes the store and forgets what it holds. */
    @Override
    public void close() {
        closed = true;
        objects.clear();
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

    private static byte[] read(String key, Source content) {
        long length = content.length();
        if (length < 0 || length > Integer.MAX_VALUE - 16) {
            throw new InvalidInputException(
                    ErrorCode.PACKAGE_SIZE,
                    "create '" + key + "'",
                    "its content says that it has " + length + " bytes",
                    "use content of less than 2 GiB, or another kind of store");
        }
        try (InputStream in = content.open()) {
            byte[] bytes = in.readNBytes((int) length);
            if (bytes.length < length || in.read() >= 0) {
                throw new InvalidInputException(
                        ErrorCode.PACKAGE_SIZE,
                        "create '" + key + "'",
                        "its content has " + (bytes.length < length ? "fewer" : "more") + " bytes than it says, "
                                + length,
                        "do not change content while it is stored");
            }
            return bytes;
        } catch (IOException e) {
            throw new InvalidInputException(
                    ErrorCode.PACKAGE_UNREADABLE,
                    "create '" + key + "'",
                    "its content cannot be read, " + e,
                    "make the content readable and repeat the call",
                    e);
        }
    }
}
