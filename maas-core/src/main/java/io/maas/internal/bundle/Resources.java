package io.maas.internal.bundle;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What reading a package opened and wrote, to be let go of with it. */
final class Resources implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Resources.class);

    private final Deque<FileChannel> channels = new ArrayDeque<>();
    private final Deque<Path> scratch = new ArrayDeque<>();

    /** Opens a file that stays open, so that replacing it does not change what is read. */
    synchronized FileChannel open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        channels.push(channel);
        return channel;
    }

    /** Writes a copy to a file of its own. */
    synchronized Path copy(byte[] data) throws IOException {
        Path file = Files.createTempFile("maas-bundle-", ".part");
        scratch.push(file);
        return Files.write(file, data);
    }

    @Override
    public synchronized void close() {
        while (!channels.isEmpty()) {
            FileChannel channel = channels.pop();
            try {
                channel.close();
            } catch (IOException e) {
                LOG.warn("Cannot close a package file that was only read", e);
            }
        }
        while (!scratch.isEmpty()) {
            Path file = scratch.pop();
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                // the package was read; a file left in the temporary folder must not undo that
                LOG.warn("Cannot delete the scratch file {}; delete it by hand", file, e);
            }
        }
    }
}
