package io.maas.internal.bundle;

import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.model.Names;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes bundles as folders and archives. What it writes appears under its name all at once, or not at all. Thread-safe.
 */
public final class BundleWriter {
    private static final Logger LOG = LoggerFactory.getLogger(BundleWriter.class);

    /**
     * Writes a bundle into a folder.
     *
     * @param newFolder a folder that does not exist, or is empty
     * @throws ConflictException {@link ErrorCode#TARGET_EXISTS} if there is something else
     * @throws UnavailableException {@link ErrorCode#TARGET_UNWRITABLE} if it cannot be written
     */
    public void writeDirectory(Bundle bundle, Path newFolder) {
        Path target = newFolder.toAbsolutePath().normalize();
        try {
            requireFree(target);
            Path temporary = Files.createDirectory(sibling(target));
            try {
                for (BundleFile file : bundle.files()) {
                    writeFile(file, temporary);
                }
                rename(temporary, target);
            } finally {
                deleteAll(temporary);
            }
        } catch (IOException e) {
            throw failed(target, e);
        }
    }

    /**
     * Writes a bundle as a zip archive: the same bytes each time. A file that is there is replaced.
     *
     * @throws UnavailableException {@link ErrorCode#TARGET_UNWRITABLE} if it cannot be written
     */
    public void writeZip(Bundle bundle, Path file) {
        Path target = file.toAbsolutePath().normalize();
        Path temporary = sibling(target);
        try {
            try {
                try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(temporary))) {
                    ZipWriter zip = new ZipWriter(out);
                    for (BundleFile member : bundle.files()) {
                        zip.add(member.path(), member.content());
                    }
                    zip.finish();
                }
                move(temporary, target);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw failed(target, e);
        }
    }

    /**
     * Writes a signature into the folder of the package that it signs. One that is there is replaced.
     *
     * @throws UnavailableException {@link ErrorCode#TARGET_UNWRITABLE} if it cannot be written
     */
    public void writeSignature(byte[] signature, Path folder) {
        Path target = folder.toAbsolutePath().normalize().resolve(Bundle.SIGNATURE);
        Path temporary = sibling(target);
        try {
            try {
                move(Files.write(temporary, signature), target);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw failed(target, e);
        }
    }

    private static void requireFree(Path target) throws IOException {
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS) || !isEmpty(target)) {
            throw exists(target);
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            return !entries.iterator().hasNext();
        }
    }

    private static void writeFile(BundleFile file, Path root) throws IOException {
        Path path;
        try {
            path = root.resolve(file.path());
        } catch (InvalidPathException e) {
            throw new InvalidInputException(
                    ErrorCode.PACKAGE_PATH_CONTROL,
                    "write the package",
                    "this system's files cannot be called " + Origin.quoted(file.path()),
                    "run with a UTF-8 locale, or write a zip archive",
                    e);
        }
        // the paths of a bundle were checked; a second look costs nothing and a mistake would cost the host
        if (!path.normalize().startsWith(root)) {
            throw new IOException("the path " + file.path() + " leaves the folder");
        }
        Path folder = path.getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        try (InputStream in = file.content().open()) {
            Files.copy(in, path);
        }
    }

    private static void rename(Path temporary, Path target) throws IOException {
        try {
            Files.deleteIfExists(target); // only an empty folder can be deleted like this
            Files.move(temporary, target);
        } catch (DirectoryNotEmptyException | FileAlreadyExistsException e) {
            throw exists(target);
        }
    }

    private static void move(Path temporary, Path target) throws IOException {
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            LOG.debug("{} cannot be replaced atomically", target, e);
            Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static Path sibling(Path target) {
        Path name = target.getFileName();
        return target.resolveSibling("." + (name == null ? "" : name) + "." + UUID.randomUUID() + ".tmp");
    }

    /** Deletes a folder that this wrote itself, if it is still there. */
    private static void deleteAll(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @org.jspecify.annotations.Nullable IOException e)
                    throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static ConflictException exists(Path target) {
        return new ConflictException(
                ErrorCode.TARGET_EXISTS,
                "write the package",
                "there is something at '" + target + "'",
                "give a folder that does not exist yet");
    }

    private static UnavailableException failed(Path target, IOException cause) {
        return new UnavailableException(
                ErrorCode.TARGET_UNWRITABLE,
                "write the package",
                "'" + target + "' cannot be written, " + Names.shown(cause.toString()),
                "check that its folder exists, may be written to and has room",
                cause);
    }
}
