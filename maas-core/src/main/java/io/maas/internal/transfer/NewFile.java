package io.maas.internal.transfer;

import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.internal.bundle.ZipWriter;
import io.maas.internal.log.BlobKey;
import io.maas.model.Names;
import io.maas.spi.ObjectStore.Source;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An archive that appears under its name whole and forced to disk, or not at all, and never in the place of another file.
 * Used by one thread.
 */
public final class NewFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NewFile.class);

    private final Path target;
    private final Path temporary;
    private final String doing;
    private final FileChannel channel;
    private final ZipWriter zip;

    /**
     * Begins a file.
     *
     * @param doing what it is written for, continuing "Cannot "
     * @throws ConflictException {@link ErrorCode#TARGET_EXISTS} if there is something of that name
     * @throws UnavailableException {@link ErrorCode#TARGET_UNWRITABLE} if nothing can be written there
     */
    public NewFile(Path file, String doing) {
        this.target = file.toAbsolutePath().normalize();
        this.doing = doing;
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw exists();
        }
        this.temporary = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            this.channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw failed(e);
        }
        this.zip = new ZipWriter(channel);
    }

    /** Returns what to write to. */
    ZipWriter zip() {
        return zip;
    }

    /**
     * Adds content from a store. What was wrong when it was read is read again before the store is blamed for it.
     *
     * @throws UnavailableException {@link ErrorCode#TARGET_UNWRITABLE} if it cannot be written; or as the content throws
     */
    public void add(String name, Source content) {
        for (int reads = 1; ; reads++) {
            try {
                zip.add(name, new Content(content, doing));
                return;
            } catch (IOException e) {
                throw failed(e);
            } catch (MaasException e) {
                if (e.code() != ErrorCode.CORRUPT_BLOB || reads == BlobKey.READS) {
                    throw e;
                }
            }
        }
    }

    /** Tells trouble in reading from trouble in writing. */
    private record Content(Source content, String doing) implements Source {
        @Override
        public long length() {
            return content.length();
        }

        @Override
        public InputStream open() {
            try {
                return new FilterInputStream(content.open()) {
                    @Override
                    public int read(byte[] buffer, int offset, int count) {
                        try {
                            return in.read(buffer, offset, count);
                        } catch (IOException e) {
                            throw unreadable(e);
                        }
                    }
                };
            } catch (IOException e) {
                throw unreadable(e);
            }
        }

        private UnavailableException unreadable(IOException cause) {
            return new UnavailableException(
                    ErrorCode.STORE_UNAVAILABLE,
                    doing,
                    "the store failed while it was read, " + Names.shown(cause.toString()),
                    "repeat it when the store answers",
                    cause);
        }
    }

    /**
     * Completes the file and gives it its name.
     *
     * @throws ConflictException {@link ErrorCode#TARGET_EXISTS} if somebody else was faster
     * @throws UnavailableException {@link ErrorCode#TARGET_UNWRITABLE} if it cannot be written
     */
    public void complete() {
        try {
            zip.finish();
            channel.force(true);
            channel.close();
            takeName();
            forceFolder();
        } catch (FileAlreadyExistsException e) {
            throw exists();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** A link is made only if there is nothing of that name; a move might replace what came meanwhile. */
    private void takeName() throws IOException {
        try {
            Files.createLink(target, temporary);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (FileSystemException | UnsupportedOperationException e) {
            LOG.debug("{} cannot be linked, and is moved", temporary, e);
            Files.move(temporary, target);
        }
    }

    private void forceFolder() {
        Path folder = target.getParent();
        if (folder == null) {
            return;
        }
        try (FileChannel open = FileChannel.open(folder, StandardOpenOption.READ)) {
            open.force(true);
        } catch (IOException e) {
            // not every system lets a folder be forced; the content is
            LOG.debug("The folder {} cannot be forced to disk", folder, e);
        }
    }

    private ConflictException exists() {
        return new ConflictException(
                ErrorCode.TARGET_EXISTS, doing, "there is something at '" + target + "'", "give a new name");
    }

    /** Says that the file cannot be written. */
    UnavailableException failed(IOException cause) {
        return new UnavailableException(
                ErrorCode.TARGET_UNWRITABLE,
                doing,
                "'" + target + "' cannot be written, " + Names.shown(cause.toString()),
                "check that its folder exists, may be written to and has room",
                cause);
    }

    /** Removes what was not completed. */
    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            LOG.warn("{} is not used and could not be deleted", temporary, e);
        }
    }
}
