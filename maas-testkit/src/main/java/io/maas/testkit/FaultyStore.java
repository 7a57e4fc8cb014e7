package io.maas.testkit;

import io.maas.error.AmbiguousWriteException;
import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.spi.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.UnaryOperator;

/**
 * A store that fails as it is told to, for tests of what is built on stores. Without a fault it does what the store that
 * it wraps does.
 *
 * <p>Faults of creations are used up in the order in which they were scripted: each creation takes the first that fits
 * its key. Faults of reads, and an outage, stay until {@link #heal()}. Thread-safe, but a test that counts operations of several threads
 * sees them in the order in which they came.
 */
public final class FaultyStore implements ObjectStore {
    /** What happens to a creation. */
    public enum Fault {
        /** {@link UnavailableException}; nothing is written. */
        FAIL_BEFORE,
        /** The object is written if the key has none, then {@link AmbiguousWriteException}. */
        FAIL_AFTER,
        /** {@link AmbiguousWriteException}; the write lands later, if the key has no object by then. */
        LATE
    }

    /** The kinds of operations. */
    public enum Operation {
        /** {@link ObjectStore#createIfAbsent}. */
        CREATE,
        /** {@link ObjectStore#put}. */
        PUT,
        /** {@link ObjectStore#get}. */
        GET,
        /** {@link ObjectStore#open}. */
        OPEN,
        /** {@link ObjectStore#list}; its key is the prefix. */
        LIST,
        /** {@link ObjectStore#delete}. */
        DELETE,
        /** {@link ObjectStore#localFile}. */
        LOCAL_FILE
    }

    private record Scripted(String prefix, Fault fault, int delay) {}

    private record Corruption(String prefix, UnaryOperator<byte[]> change) {}

    private record Done(Operation operation, String key) {}

    private static final int NEVER = Integer.MAX_VALUE;

    private final ObjectStore store;
    private final Queue<Scripted> scripted = new ArrayDeque<>();
    private final List<LateWrite> late = new ArrayList<>();
    private final List<Corruption> corruptions = new ArrayList<>();
    private final List<Done> done = new ArrayList<>();
    private boolean down;

    /** Wraps a store, which is closed with this one. */
    public FaultyStore(ObjectStore store) {
        this.store = store;
    }

    /** Scripts a fault for the next creation of a key with this prefix. A late write lands when {@link #landLate()} is called. */
    public synchronized FaultyStore onCreate(String prefix, Fault fault) {
        scripted.add(new Scripted(prefix, fault, NEVER));
        return this;
    }

    /**
     * Scripts a late write for the next creation of a key with this prefix.
     *
     * @param operations it lands right before this many operations more have begun, 1 or more: 1 is right before the next
     */
    public synchronized FaultyStore onCreateLandBefore(String prefix, int operations) {
        scripted.add(new Scripted(prefix, Fault.LATE, operations));
        return this;
    }

    /** Flips the lowest bit of the byte in the middle of every object with this prefix when it is read. */
    public synchronized FaultyStore flipBits(String prefix) {
        corruptions.add(new Corruption(prefix, bytes -> {
            if (bytes.length > 0) {
                bytes[bytes.length / 2] ^= 1;
            }
            return bytes;
        }));
        return this;
    }

    /** Cuts every object with this prefix to at most {@code length} bytes when it is read. */
    public synchronized FaultyStore truncate(String prefix, int length) {
        corruptions.add(new Corruption(prefix, bytes -> bytes.length > length ? Arrays.copyOf(bytes, length) : bytes));
        return this;
    }

    /** Lets every operation fail, with nothing done, until {@link #heal()}. */
    public synchronized FaultyStore outage() {
        down = true;
        return this;
    }

    /** Forgets every fault that was scripted. Late writes that are still under way stay so. */
    public synchronized void heal() {
        down = false;
        scripted.clear();
        corruptions.clear();
    }

    /** Lets the late writes land now, in the order in which they were made. Returns how many created their object. */
    public synchronized int landLate() {
        List<LateWrite> landing = List.copyOf(late);
        late.clear();
        return (int) landing.stream().filter(LateWrite::land).count();
    }

    /** Returns the number of operations of a kind on keys with this prefix so far, failed ones included. */
    public synchronized int count(Operation operation, String prefix) {
        return (int) done.stream()
                .filter(one -> one.operation == operation && one.key.startsWith(prefix))
                .count();
    }

    /** Sets all counts to 0. */
    public synchronized void resetCounts() {
        done.clear();
    }

    @Override
    public boolean createIfAbsent(String key, Source content) {
        Optional<Scripted> fault = begin(Operation.CREATE, key);
        if (fault.isEmpty()) {
            return store.createIfAbsent(key, content);
        }
        throw switch (fault.get().fault) {
            case FAIL_BEFORE ->
                new UnavailableException(
                        ErrorCode.STORE_UNAVAILABLE, "create '" + key + "'", "a test said so", "repeat the call");
            case FAIL_AFTER -> {
                store.createIfAbsent(key, content);
                yield ambiguous(key);
            }
            case LATE -> {
                keepForLater(key, content, fault.get().delay);
                yield ambiguous(key);
            }
        };
    }

    @Override
    public void put(String key, byte[] content) {
        begin(Operation.PUT, key);
        store.put(key, content);
    }

    @Override
    public Optional<byte[]> get(String key) {
        begin(Operation.GET, key);
        return store.get(key).map(bytes -> corrupted(key, bytes));
    }

    @Override
    public Optional<InputStream> open(String key, long offset) {
        begin(Operation.OPEN, key);
        if (!isCorrupted(key)) {
            return store.open(key, offset);
        }
        return store.get(key).map(bytes -> {
            byte[] changed = corrupted(key, bytes);
            int start = (int) Math.min(offset, changed.length);
            return new ByteArrayInputStream(changed, start, changed.length - start);
        });
    }

    @Override
    public List<String> list(String prefix, String after, int limit) {
        begin(Operation.LIST, prefix);
        return store.list(prefix, after, limit);
    }

    @Override
    public void delete(String key) {
        begin(Operation.DELETE, key);
        store.delete(key);
    }

    /** Returns what the wrapped store does, but nothing for a key whose reads are corrupted: the file itself is whole. */
    @Override
    public Optional<Path> localFile(String key) {
        begin(Operation.LOCAL_FILE, key);
        return isCorrupted(key) ? Optional.empty() : store.localFile(key);
    }

    @Override
    public Optional<Instant> time() {
        return store.time();
    }

    /** Counts as listing the empty prefix. */
    @Override
    public List<String> leftovers(Instant before) {
        begin(Operation.LIST, "");
        return store.leftovers(before);
    }

    /** Counts as deleting the empty key. */
    @Override
    public List<String> removeLeftovers(Instant before) {
        begin(Operation.DELETE, "");
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

    /** Counts the operation, lands what is due before it, and takes the fault that fits it. */
    private synchronized Optional<Scripted> begin(Operation operation, String key) {
        done.add(new Done(operation, key));
        if (down) {
            throw new UnavailableException(
                    ErrorCode.STORE_UNAVAILABLE, "use '" + key + "'", "the store is down", "repeat the call later");
        }
        for (Iterator<LateWrite> writes = late.iterator(); writes.hasNext(); ) {
            LateWrite write = writes.next();
            if (write.isDue()) {
                writes.remove();
                write.land();
            }
        }
        if (operation != Operation.CREATE) {
            return Optional.empty();
        }
        Optional<Scripted> fault =
                scripted.stream().filter(one -> key.startsWith(one.prefix)).findFirst();
        fault.ifPresent(scripted::remove);
        return fault;
    }

    private synchronized void keepForLater(String key, Source content, int delay) {
        try (InputStream in = content.open()) {
            late.add(new LateWrite(key, in.readAllBytes(), delay));
        } catch (IOException e) {
            throw new UncheckedIOException("the content of a late write cannot be read, " + key, e);
        }
    }

    private synchronized boolean isCorrupted(String key) {
        return corruptions.stream().anyMatch(one -> key.startsWith(one.prefix));
    }

    private synchronized byte[] corrupted(String key, byte[] bytes) {
        byte[] changed = bytes;
        for (Corruption corruption : corruptions) {
            if (key.startsWith(corruption.prefix)) {
                changed = corruption.change.apply(changed);
            }
        }
        return changed;
    }

    private static AmbiguousWriteException ambiguous(String key) {
        return new AmbiguousWriteException(
                ErrorCode.STORE_UNAVAILABLE,
                "tell whether '" + key + "' was created",
                "a test said so",
                "repeat the call with the same bytes");
    }

    /** A write that was sent and has not arrived. */
    private final class LateWrite {
        private final String key;
        private final byte[] content;
        private int operationsLeft;

        LateWrite(String key, byte[] content, int operationsLeft) {
            this.key = key;
            this.content = content;
            this.operationsLeft = operationsLeft;
        }

        boolean isDue() {
            if (operationsLeft == NEVER) {
                return false;
            }
            operationsLeft--;
            return operationsLeft == 0;
        }

        boolean land() {
            return store.createIfAbsent(key, Contents.of(content));
        }
    }
}
