package io.maas.internal.store;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.spi.ObjectStore;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store that could not be opened yet. Whatever is asked of it tries to open it again, at most once a second and by one
 * thread at a time, so that nobody waits behind another; until that succeeds, all is refused. Thread-safe.
 */
public final class ReconnectingStore implements ObjectStore {
    private static final long PAUSE = Duration.ofSeconds(1).toNanos();

    private final String address;
    private final Supplier<ObjectStore> opener;
    private final LongSupplier nanoTime;
    private final ReentrantLock opening = new ReentrantLock();
    private volatile @Nullable ObjectStore opened;
    private volatile RuntimeException failure;
    private volatile long lastTry;
    private boolean closed;

    /**
     * Creates one for a store that was just tried.
     *
     * @param failure what came of it
     */
    public ReconnectingStore(
            String address, Supplier<ObjectStore> opener, LongSupplier nanoTime, UnavailableException failure) {
        this.address = address;
        this.opener = opener;
        this.nanoTime = nanoTime;
        this.failure = failure;
        this.lastTry = nanoTime.getAsLong();
    }

    private ObjectStore store() {
        ObjectStore there = opened;
        return there != null ? there : open();
    }

    private ObjectStore open() {
        if (!opening.tryLock()) {
            throw failure;
        }
        try {
            ObjectStore there = opened;
            if (there != null) {
                return there;
            }
            if (closed) {
                throw new UnavailableException(
                        ErrorCode.CLOSED, "use the store", "it was closed, " + address, "open it again");
            }
            if (nanoTime.getAsLong() - lastTry < PAUSE) {
                throw failure;
            }
            return reopen();
        } finally {
            opening.unlock();
        }
    }

    private ObjectStore reopen() {
        try {
            ObjectStore there = opener.get();
            opened = there;
            return there;
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        } finally {
            lastTry = nanoTime.getAsLong();
        }
    }

    @Override
    public boolean createIfAbsent(String key, Source content) {
        return store().createIfAbsent(key, content);
    }

    @Override
    public void put(String key, byte[] content) {
        store().put(key, content);
    }

    @Override
    public Optional<byte[]> get(String key) {
        return store().get(key);
    }

    @Override
    public Optional<InputStream> open(String key, long offset) {
        return store().open(key, offset);
    }

    @Override
    public List<String> list(String prefix, String after, int limit) {
        return store().list(prefix, after, limit);
    }

    @Override
    public void delete(String key) {
        store().delete(key);
    }

    @Override
    public Optional<Path> localFile(String key) {
        return store().localFile(key);
    }

    @Override
    public Optional<Instant> time() {
        return store().time();
    }

    @Override
    public List<String> leftovers(Instant before) {
        return store().leftovers(before);
    }

    @Override
    public List<String> removeLeftovers(Instant before) {
        return store().removeLeftovers(before);
    }

    @Override
    public String toString() {
        return address;
    }

    @Override
    public void close() {
        opening.lock();
        try {
            closed = true;
            ObjectStore there = opened;
            if (there != null) {
                there.close();
            }
        } finally {
            opening.unlock();
        }
    }
}
