package io.maas;

import io.maas.spi.ObjectStore;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** A store that does what another does, for tests that change one thing. */
public class ForwardingStore implements ObjectStore {
    private final ObjectStore store;

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
    public String toString() {
        return store.toString();
    }

    @Override
    public void close() {
        store.close();
    }
}
