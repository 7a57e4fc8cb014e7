package io.maas.internal.transfer;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.spi.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * A backup while it is written: objects become members of the archive, in the order in which they come. Nothing is read
 * back, and each key comes once.
 */
final class ArchiveTarget implements ObjectStore {
    private final NewFile file;
    private int objects;

    ArchiveTarget(NewFile file) {
        this.file = file;
    }

    @Override
    public synchronized boolean createIfAbsent(String key, Source content) {
        if (++objects > ArchiveStore.MOST_OBJECTS) {
            throw new InvalidInputException(
                    ErrorCode.PACKAGE_TOO_MANY,
                    "back up the registry",
                    "it has more than " + ArchiveStore.MOST_OBJECTS + " objects, which no backup may have",
                    "copy it into a store instead");
        }
        try {
            file.zip().add(key, content);
            return true;
        } catch (IOException e) {
            throw file.failed(e);
        }
    }

    @Override
    public void put(String key, byte[] content) {
        createIfAbsent(key, new Source() {
            @Override
            public long length() {
                return content.length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(content);
            }
        });
    }

    @Override
    public Optional<byte[]> get(String key) {
        return Optional.empty();
    }

    @Override
    public Optional<InputStream> open(String key, long offset) {
        return Optional.empty();
    }

    @Override
    public List<String> list(String prefix, String after, int limit) {
        return List.of();
    }

    @Override
    public void delete(String key) {
        throw new IllegalStateException("a backup is written once, and nothing taken back: " + key);
    }

    @Override
    public String toString() {
        return "the backup";
    }

    @Override
    public void close() {}
}
