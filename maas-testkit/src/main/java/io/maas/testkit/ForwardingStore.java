package io.maas.testkit;

import io.maas.spi.ObjectStore;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A store that does what another does, for tests that change one thing. */
public class ForwardingStore implements ObjectStore {
    private final ObjectStore store;

    /** Wraps a store, which is closed with this one. */
    public ForwardingStore(ObjectStore store) {
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
    public Optional<Instant> time() {
        return store.time();
    }

    @Override
    public List<String> leftovers(Instant before) {
        return store.leftovers(before);
    }

    @Override
    public List<String> removeLeftovers(Instant before) {
        return store.removeLeftovers(before);
    }

    @Override
    public String toString() {
        return store.toString();
    }

    @Override
    public void close() {
        store.close();
    }
}
