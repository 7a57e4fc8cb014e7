package io.maas.store.s3;

import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.spi.ObjectStore;
import io.maas.spi.StoreKeys;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Objects of a bucket, below a prefix. The client repeats what is safe to repeat: reads, deletions, overwriting, and the
 * parts of an upload. A conditional creation is sent once, see {@link OneShot}; whether an unknown one took effect is found
 * out by whoever called, who repeats it with the same bytes. Thread-safe, and safe with any number of other hosts.
 */
final class S3Store implements ObjectStore {
    /** What the store was opened for. */
    enum Access {
        READ,
        WRITE
    }

    private final StoreAddress address;
    private final Access access;
    private final Client client;
    private final Reader reader;
    private final Writer writer;
    private final Janitor janitor;
    private volatile boolean closed;

    S3Store(StoreAddress address, Access access, Client client, Reader reader) {
        this.address = address;
        this.access = access;
        this.client = client;
        this.reader = reader;
        this.writer = new Writer(address, client, reader);
        this.janitor = new Janitor(address, client);
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
        return reader.get(key);
    }

    @Override
    public Optional<InputStream> open(String key, long offset) {
        requireOpen("open an object");
        return reader.open(key, offset);
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
        return reader.list(prefix, after, limit);
    }

    @Override
    public void delete(String key) {
        requireWritable("delete an object");
        writer.delete(key);
    }

    @Override
    public Optional<Instant> time() {
        requireOpen("ask for the time");
        return reader.time();
    }

    @Override
    public List<String> leftovers(Instant before) {
        requireOpen("find abandoned uploads");
        return janitor.find(before);
    }

    @Override
    public List<String> removeLeftovers(Instant before) {
        requireWritable("give up abandoned uploads");
        return janitor.remove(before);
    }

    @Override
    public String toString() {
        return address.text();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            writer.close();
            client.close();
        }
    }

    static UnavailableException closed(String doing, StoreAddress address) {
        return new UnavailableException(
                ErrorCode.CLOSED, doing, "the store was closed, " + address.text(), "open it again, or close it later");
    }

    private void requireOpen(String doing) {
        if (closed) {
            throw closed(doing, address);
        }
    }

    private void requireWritable(String doing) {
        requireOpen(doing);
        if (access == Access.READ) {
            throw new DeniedException(
                    ErrorCode.READ_ONLY,
                    doing,
                    "the store was opened to read only, " + address.text(),
                    "open it for writing");
        }
    }
}
