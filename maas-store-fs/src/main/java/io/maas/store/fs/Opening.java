package io.maas.store.fs;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens a store: looks at the folder, and before the first write tries out whether it can do what is needed. */
final class Opening {
    private static final Logger LOG = LoggerFactory.getLogger(Opening.class);
    static final String MOVE_IT = "keep the store on a local filesystem with hard links, such as ext4, XFS or APFS";

    /** Those whose caches or retries may break what a store promises. Names as in {@code /proc/mounts}, and of macOS. */
    private static final Set<String> NETWORK = Set.of(
            "nfs",
            "nfs3",
            "nfs4",
            "cifs",
            "smb",
            "smb2",
            "smb3",
            "smbfs",
            "afpfs",
            "webdav",
            "9p",
            "afs",
            "ncpfs",
            "ceph",
            "glusterfs",
            "lustre",
            "unknown");

    private static final String FUSE = "fuse.";
    /** The root of containers without privileges: a local filesystem behind. */
    private static final String FUSE_LOCAL = "fuse.fuse-overlayfs";

    private final StoreAddress address;
    private final Disk disk;
    private final Clock clock;
    private final String doing;

    Opening(StoreAddress address, Disk disk, Clock clock) {
        this.address = address;
        this.disk = disk;
        this.clock = clock;
        this.doing = "open the store '" + address.text() + "'";
    }

    /** Opens a store that exists, and changes nothing. */
    FileStore toRead() {
        Path folder = address.folder();
        if (Files.notExists(folder)) {
            throw new UnavailableException(
                    ErrorCode.STORE_UNAVAILABLE,
                    doing,
                    "there is no folder " + folder,
                    "open it for writing once, or see whether its filesystem is mounted");
        }
        requireFolder(folder);
        requireLocal(folder);
        return store(realPath(folder), FileStore.Access.READ);
    }

    /** Opens a store, which is created if it does not exist. */
    FileStore toWrite() {
        Path folder = address.folder();
        if (Files.exists(folder)) {
            requireFolder(folder);
        }
        requireLocal(existing(folder));
        Failures failures = new Failures(existing(folder), disk);
        try {
            boolean there = Files.isDirectory(folder);
            create(folder);
            Folders folders = new Folders(realPath(folder), disk, new Durability(disk));
            createTemporary(folders);
            probe(folders);
            if (there) {
                keepName(folder);
            }
            new Janitor(folders, disk).sweep(clock.instant().minus(Janitor.ABANDONED));
            return store(folders.root(), FileStore.Access.WRITE);
        } catch (IOException e) {
            throw failures.notWritten(doing, e);
        }
    }

    private FileStore store(Path root, FileStore.Access access) {
        Durability durability = new Durability(disk);
        return new FileStore(address.text(), access, new Folders(root, disk, durability), durability, disk);
    }

    private static Path existing(Path folder) {
        Path found = folder;
        while (found.getParent() != null && !Files.exists(found)) {
            found = found.getParent();
        }
        return found;
    }

    private void requireFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING, doing, "it is not a folder, " + folder, "use the path of a folder");
        }
    }

    private void requireLocal(Path folder) {
        if (address.network() == StoreAddress.Network.ALLOW) {
            return;
        }
        String type = typeOf(folder);
        if (NETWORK.contains(type) || (type.startsWith(FUSE) && !type.equals(FUSE_LOCAL))) {
            throw new UnavailableException(
                    ErrorCode.STORE_UNFIT,
                    doing,
                    "it is on a network filesystem, " + type,
                    MOVE_IT + "; or use another kind of store; or, if its server is known to make links atomically,"
                            + " add ?nfs=allow to the address");
        }
    }

    private String typeOf(Path folder) {
        try {
            return disk.volume(folder).type().toLowerCase(Locale.ROOT);
        } catch (IOException e) {
            throw new UnavailableException(
                    ErrorCode.STORE_UNFIT,
                    doing,
                    "the kind of its filesystem cannot be told, " + e,
                    MOVE_IT + "; or add ?nfs=allow to the address",
                    e);
        }
    }

    private Path realPath(Path folder) {
        try {
            return folder.toRealPath();
        } catch (IOException e) {
            throw new UnavailableException(
                    ErrorCode.STORE_UNAVAILABLE, doing, "the folder cannot be reached, " + e, "look at the disk", e);
        }
    }

    /** Creates a folder and those above it, and sees to it that they survive a crash of the machine. */
    private void create(Path folder) throws IOException {
        Path parent = folder.getParent();
        if (parent == null || Files.isDirectory(folder)) {
            return;
        }
        create(parent);
        try {
            disk.createFolder(folder);
        } catch (FileAlreadyExistsException e) {
            requireFolder(folder); // another process was faster
        }
        new Durability(disk).folder(parent);
    }

    /**
     * Forces the name of a folder that was there: whoever made it may have died before doing so. A parent that this process
     * may not read was made by somebody else, long before.
     */
    private void keepName(Path folder) throws IOException {
        Path parent = folder.getParent();
        try {
            if (parent != null) {
                new Durability(disk).folder(parent);
            }
        } catch (AccessDeniedException e) {
            LOG.debug("{} cannot be forced to the disk", parent, e);
        }
    }

    private void createTemporary(Folders folders) throws IOException {
        if (Folders.look(folders.temporary()).isEmpty()) {
            try {
                disk.createFolder(folders.temporary());
            } catch (FileAlreadyExistsException e) {
                requireFolder(folders.temporary()); // another process was faster
            }
        }
    }

    /** Tries what every write depends on: that a name can be given once only, and that a folder can be forced. */
    private void probe(Folders folders) throws IOException {
        Path file = folders.newTemporary();
        Path link = folders.newTemporary();
        try {
            try (FileChannel channel = disk.createFile(file)) {
                disk.write(channel, ByteBuffer.wrap(new byte[] {1}));
            }
            linkOnce(link, file);
            forceOnce(folders);
        } finally {
            remove(link);
            remove(file);
        }
    }

    private void linkOnce(Path link, Path file) throws IOException {
        try {
            disk.link(link, file);
        } catch (AccessDeniedException e) {
            throw e;
        } catch (UnsupportedOperationException | IOException e) {
            throw unfit("hard links do not work there", e);
        }
        try {
            disk.link(link, file);
        } catch (FileAlreadyExistsException asItShould) {
            return;
        }
        throw new UnavailableException(
                ErrorCode.STORE_UNFIT, doing, "a name could be given to a file twice, " + link, MOVE_IT);
    }

    private void forceOnce(Folders folders) {
        try {
            new Durability(disk).folder(folders.temporary());
        } catch (IOException e) {
            throw unfit("a folder cannot be forced there", e);
        }
    }

    private UnavailableException unfit(String why, Exception e) {
        return new UnavailableException(ErrorCode.STORE_UNFIT, doing, why + ", " + e, MOVE_IT, e);
    }

    private void remove(Path file) throws IOException {
        if (Files.exists(file)) {
            disk.delete(file);
        }
    }
}
