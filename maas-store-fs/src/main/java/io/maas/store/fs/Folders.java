package io.maas.store.fs;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.spi.StoreKeys;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where keys lie: each part but the last of a key is a folder, the last a file. Folders are made durable before anything
 * in them is, and symbolic links are refused wherever they lie on the way, so that no key leads out of the store.
 */
final class Folders {
    /** Holds files that are being written. No key starts with a dot, so it is no part of what the store shows. */
    private static final String TEMPORARY = ".tmp";

    static final String TEMPORARY_PREFIX = ".tmp-";

    private final Path root;
    private final Disk disk;
    private final Durability durability;

    /**
     * Folders whose names this process has forced. That another process created a folder does not say that it has forced
     * it yet, so each process forces each folder once.
     */
    private final Set<Path> durable = ConcurrentHashMap.newKeySet();

    /**
     * Starts at a folder that exists.
     *
     * @param root its real path: the one symbolic link that is followed is the user's own, to the store
     */
    Folders(Path root, Disk disk, Durability durability) {
        this.root = root;
        this.disk = disk;
        this.durability = durability;
    }

    Path root() {
        return root;
    }

    /** Returns where the file of a key lies, or would lie. */
    Path fileOf(String key) {
        return root.resolve(StoreKeys.requireKey(key));
    }

    Path temporary() {
        return root.resolve(TEMPORARY);
    }

    Path newTemporary() {
        return temporary().resolve(TEMPORARY_PREFIX + UUID.randomUUID());
    }

    /** Returns the file of a key, if it has an object. */
    Optional<Path> find(String key) throws IOException {
        return walk(StoreKeys.requireKey(key))
                .filter(found -> found.attributes.isRegularFile())
                .map(Found::path);
    }

    /**
     * Returns the folder of keys that start with {@code start}, if there is one.
     *
     * @param start the empty string, or something that ends with a slash
     */
    Optional<Path> findFolder(String start) throws IOException {
        if (start.isEmpty()) {
            lookAtRoot();
            return Optional.of(root);
        }
        return walk(StoreKeys.requireKey(start.substring(0, start.length() - 1)))
                .filter(found -> found.attributes.isDirectory())
                .map(Found::path);
    }

    /** Creates what is missing on the way to a folder, and sees to it that the way survives a crash of the machine. */
    void makeDurable(Path folder) throws IOException {
        if (folder.equals(root) || durable.contains(folder)) {
            return;
        }
        Path parent = Objects.requireNonNull(folder.getParent(), "below the root");
        makeDurable(parent);
        try {
            disk.createFolder(folder);
        } catch (FileAlreadyExistsException e) {
            requireFolder(folder);
        }
        durability.folder(parent);
        durable.add(folder);
    }

    /** Refuses a key that names a folder of other keys. */
    void requireNoFolder(Path file) {
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            throw occupied(file, "it is the folder of other objects");
        }
    }

    /** Returns what is known of a file without following it, if there is one. */
    static Optional<BasicFileAttributes> look(Path file) throws IOException {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isSymbolicLink()) {
                throw new UnavailableException(
                        ErrorCode.STORE_UNFIT,
                        "use the store",
                        "it has a symbolic link, " + file,
                        "replace the link by what it leads to; only the store's own folder may be one");
            }
            return Optional.of(attributes);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private record Found(Path path, BasicFileAttributes attributes) {}

    private Optional<Found> walk(String key) throws IOException {
        Path path = root;
        Optional<BasicFileAttributes> attributes = Optional.of(lookAtRoot());
        for (String part : key.split("/", -1)) {
            if (attributes.isEmpty() || !attributes.get().isDirectory()) {
                return Optional.empty();
            }
            path = path.resolve(part);
            attributes = look(path);
        }
        Path end = path;
        return attributes.map(found -> new Found(end, found));
    }

    /** An absent store must not read like an empty one: its filesystem may be unmounted. */
    private BasicFileAttributes lookAtRoot() throws IOException {
        return look(root).orElseThrow(() -> new NoSuchFileException(root.toString()));
    }

    private void requireFolder(Path folder) throws IOException {
        if (look(folder).filter(BasicFileAttributes::isDirectory).isEmpty()) {
            throw occupied(folder, "it is an object, so that it cannot be the folder of others");
        }
    }

    private InvalidInputException occupied(Path file, String why) {
        return new InvalidInputException(
                ErrorCode.INVALID_NAME,
                "use the key '" + root.relativize(file) + "'",
                why + ", " + file,
                "use a key that is not the beginning of another followed by '/'");
    }
}
