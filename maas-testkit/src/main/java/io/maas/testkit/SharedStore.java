package io.maas.testkit;

import io.maas.spi.ObjectStore;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A store that stays open when a platform on it is closed, so that a test can open one after another, or several at once
 * as if they were processes of their own.
 */
public final class SharedStore implements ObjectStore {
    private final ObjectStore store;

    /** Wraps a store, which whoever made it closes. */
    public SharedStore(ObjectStore store) {
        this.store = store;
    }

    @Override
    public boolean createIfAbsent(String key, Source content) {
        return store.createIfAbsent(key, content);
    }

    @Override
    public void put(String key, byte[] content) {
        store.put(key, content);
    }

    @Override
    public Optional<byte[]> get(String key) {
        return store.get(key);
    }

    @Override
    public Optional<InputStream> open(String key, long offset) {
        return store.open(key, offset);
    }

    @Override
    public List<String> list(String prefix, String after, int limit) {
        return store.list(prefix, after, limit);
    }

    @Override
    public void delete(String key) {
        store.delete(key);
    }

    @Override
    public Optional<Path> localFile(String key) {
        return store.localFile(key);
    }

    @Override
    public String toString() {
        return store.toString();
    }

    /** Does nothing. */
    @Override
    public void close() {}
}
