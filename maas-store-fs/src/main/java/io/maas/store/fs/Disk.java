package io.maas.store.fs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;

/** The system calls that change the disk or may fail in a way that matters. Tests put faults here. */
interface Disk {
    /**
     * What is known of the filesystem under a folder.
     *
     * @param type the kind, such as {@code ext4}
     * @param usable bytes that this process may still write
     * @param readOnly whether it is mounted to read only
     */
    record Volume(String type, long usable, boolean readOnly) {}

    /** Creates a file that must not exist, which nobody may write through another handle. */
    FileChannel createFile(Path file) throws IOException;

    /** Writes all that remains in the buffer. */
    void write(FileChannel file, ByteBuffer bytes) throws IOException;

    /** Creates a folder that must not exist. */
    void createFolder(Path folder) throws IOException;

    /** Opens a folder so that it can be forced; empty where the system has no such thing. */
    Optional<FileChannel> openFolder(Path folder) throws IOException;

    /**
     * Forces what was written to a file, or the entries of a folder, onto the disk.
     *
     * @param path which, for messages
     */
    void force(FileChannel opened, Path path) throws IOException;

    /** Gives a file a second name, which must not exist. */
    void link(Path link, Path file) throws IOException;

    /** Renames a file over whatever has the name. */
    void replace(Path target, Path file) throws IOException;

    /** Removes a file that exists. */
    void delete(Path file) throws IOException;

    /** Looks at the filesystem. */
    Volume volume(Path folder) throws IOException;
}
