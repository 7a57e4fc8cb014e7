package io.maas.store.fs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * The disk of this host. On Windows a folder cannot be forced, so that a crash of the machine may lose the names of the
 * last objects there; nothing is ever torn.
 */
final class LocalDisk implements Disk {
    private static final Set<OpenOption> CREATE = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    private final boolean posix =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    /** Read-only from the start: whoever hard-links an object must not be able to change it by accident. */
    private final FileAttribute<?>[] readOnly = posix
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r--r--r--"))
            }
            : new FileAttribute<?>[0];

    @Override
    public FileChannel createFile(Path file) throws IOException {
        return FileChannel.open(file, CREATE, readOnly);
    }

    @Override
    public void write(FileChannel file, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    @Override
    public void createFolder(Path folder) throws IOException {
        Files.createDirectory(folder);
    }

    @Override
    public Optional<FileChannel> openFolder(Path folder) throws IOException {
        return posix ? Optional.of(FileChannel.open(folder, StandardOpenOption.READ)) : Optional.empty();
    }

    @Override
    public void force(FileChannel opened, Path path) throws IOException {
        opened.force(true);
    }

    @Override
    public void link(Path link, Path file) throws IOException {
        Files.createLink(link, file);
    }

    @Override
    public void replace(Path target, Path file) throws IOException {
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.delete(file);
    }

    @Override
    public Volume volume(Path folder) throws IOException {
        var store = Files.getFileStore(folder);
        return new Volume(store.type(), store.getUsableSpace(), store.isReadOnly());
    }
}
