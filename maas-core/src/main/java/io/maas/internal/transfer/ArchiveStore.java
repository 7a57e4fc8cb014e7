package io.maas.internal.transfer;

import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.internal.bundle.ZipArchive;
import io.maas.internal.log.BlobKey;
import io.maas.model.Names;
import io.maas.spi.ObjectStore;
import io.maas.spi.StoreKeys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A backup as a store that can be read. It has what a backup has and nothing else: above all no bases, which would be
 * believed without the log. Thread-safe.
 */
public final class ArchiveStore implements ObjectStore {
    /** The most objects of a backup: reading it takes up to a kilobyte of memory for each. */
    static final int MOST_OBJECTS = 4_000_000;

    private static final Pattern SMALL = Pattern.compile("format\\.json|hint/last|log/\\d{12}\\.json");
    /** What is read whole is small in every backup. */
    private static final int LARGEST_WHOLE = 256 << 20;

    private final Path file;
    private final ZipArchive archive;
    private final NavigableMap<String, Source> objects = new TreeMap<>();

    /**
     * Opens a backup.
     *
     * @throws InvalidInputException if it is none
     */
    public ArchiveStore(Path file) {
        this.file = file;
        this.archive = ZipArchive.open(file, "read the backup " + file, MOST_OBJECTS, ArchiveStore::isKey);
        objects.putAll(archive.members());
    }

    /** Whether a backup may have something of that name. */
    private static boolean isKey(String name) {
        String relative = name.substring(name.indexOf('/') + 1);
        return StoreKeys.isKey(name)
                && name.length() > relative.length()
                && (SMALL.matcher(relative).matches() || BlobKey.ofKey(relative).isPresent());
    }

    @Override
    public Optional<byte[]> get(String key) {
        Source content = objects.get(key);
        if (content == null) {
            return Optional.empty();
        }
        if (content.length() > LARGEST_WHOLE) {
            throw archive.refused(
                    ErrorCode.PACKAGE_TOO_LARGE,
                    "its member '" + key + "' has " + content.length() + " bytes, more than " + LARGEST_WHOLE);
        }
        try (InputStream in = content.open()) {
            return Optional.of(in.readAllBytes());
        } catch (IOException e) {
            throw unreadable(key, e);
        }
    }

    @Override
    public Optional<InputStream> open(String key, long offset) {
        Source content = objects.get(key);
        if (content == null) {
            return Optional.empty();
        }
        try {
            InputStream in = content.open();
            in.skipNBytes(offset);
            return Optional.of(in);
        } catch (IOException e) {
            throw unreadable(key, e);
        }
    }

    private UnavailableException unreadable(String key, IOException cause) {
        return new UnavailableException(
                ErrorCode.STORE_UNAVAILABLE,
                "read the backup " + file,
                "its member '" + key + "' cannot be read, " + Names.shown(cause.toString()),
                "check the disk that it lies on",
                cause);
    }

    @Override
    public List<String> list(String prefix, String after, int limit) {
        var from = after.compareTo(prefix) < 0 ? objects.tailMap(prefix, true) : objects.tailMap(after, false);
        return from.keySet().stream()
                .takeWhile(key -> key.startsWith(prefix))
                .limit(limit)
                .toList();
    }

    @Override
    public boolean createIfAbsent(String key, Source content) {
        throw readOnly();
    }

    @Override
    public void put(String key, byte[] content) {
        throw readOnly();
    }

    @Override
    public void delete(String key) {
        throw readOnly();
    }

    private DeniedException readOnly() {
        return new DeniedException(
                ErrorCode.READ_ONLY, "write to " + file, "it is a backup", "restore it into a store, and write there");
    }

    @Override
    public String toString() {
        return file.toString();
    }

    /** Closes the file. */
    @Override
    public void close() {
        archive.close();
    }
}
