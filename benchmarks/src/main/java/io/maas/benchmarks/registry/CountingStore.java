package io.maas.benchmarks.registry;

import io.maas.spi.ObjectStore;
import io.maas.testkit.ForwardingStore;
import io.maas.testkit.SharedStore;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what is written. */
final class CountingStore extends ForwardingStore {
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong bases = new AtomicLong();
    private final AtomicLong attempts = new AtomicLong();

    CountingStore(ObjectStore store) {
        super(store);
    }

    /** Returns this for a platform, which closes what it is given. */
    ObjectStore shared() {
        return new SharedStore(this);
    }

    long written() {
        return written.get();
    }

    long bases() {
        return bases.get();
    }

    /** Returns how often somebody tried to create a commit. */
    long attempts() {
        return attempts.get();
    }

    @Override
    public boolean createIfAbsent(String key, Source content) {
        if (key.contains("/log/")) {
            attempts.incrementAndGet();
        }
        boolean created = super.createIfAbsent(key, content);
        if (created) {
            written.addAndGet(content.length());
            if (key.contains("/base/")) {
                bases.incrementAndGet();
            }
        }
        return created;
    }

    @Override
    public void put(String key, byte[] content) {
        super.put(key, content);
        written.addAndGet(content.length);
    }
}
