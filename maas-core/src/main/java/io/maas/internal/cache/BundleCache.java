package io.maas.internal.cache;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.internal.cache.LockedFile.Otherwise;
import io.maas.internal.log.BlobKey;
import io.maas.internal.registry.Blobs;
import io.maas.internal.registry.Local;
import io.maas.internal.registry.StoredBundle;
import io.maas.internal.registry.VersionState;
import io.maas.model.Digest;
import io.maas.model.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of bundles on the local disk, shared by all processes of a host.
 *
 * <pre>
 * blobs/&lt;digest&gt;              content, checked once when it came; the oldest go when there are too many. Of a store
 *                              that has files of its own on this disk, another name for its file
 * partial/&lt;digest&gt;            a download, which goes on where it was broken off
 * use/&lt;instance&gt;/&lt;n&gt;/&lt;path&gt;   a bundle in use, under its own names: hard links, so that nothing
 *                              another process evicts is missed. use/&lt;instance&gt;.lock says that the instance lives
 * </pre>
 *
 * <p>Every file is checked against its digest each time a bundle is laid out, since engines run damaged models without
 * complaint. Thread-safe.
 */
public final class BundleCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BundleCache.class);
    private static final int CHUNK = 1 << 16;
    private static final int CLAIMS = 8;
    private static final Duration ABANDONED = Duration.ofDays(7);
    private static final String LOCK = ".lock";

    private final Path blobs;
    private final Path partial;
    private final Path use;
    private final Path own;
    private final long maxBytes;
    private final Clock clock;
    private final LockedFile alive;
    private final AtomicLong bundles = new AtomicLong();

    /**
     * Opens the cache in a folder, which is created.
     *
     * @param maxBytes how much content to keep that is not in use
     */
    public BundleCache(Path root, long maxBytes, Clock clock, RandomGenerator random) {
        this.blobs = root.resolve("blobs");
        this.partial = root.resolve("partial");
        this.use = root.resolve("use");
        this.maxBytes = maxBytes;
        this.clock = clock;
        try {
            Files.createDirectories(blobs);
            Files.createDirectories(partial);
            Files.createDirectories(use);
            removeDead();
            removeOldDownloads();
            this.alive = claim(random);
            this.own = use.resolve(alive.path().getFileName().toString().replace(LOCK, ""));
            Files.createDirectory(own);
        } catch (IOException e) {
            throw new UnavailableException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "use the cache folder " + root,
                    e.toString(),
                    "name a folder that this process can write to, with Maas.builder().cache(…)",
                    e);
        }
    }

    /**
     * Makes a lock file that says that this instance lives. Somebody who opens the cache just now may take the new file for
     * one of the dead between its creation and its locking, and delete it; then another is made.
     */
    private LockedFile claim(RandomGenerator random) throws IOException {
        for (int attempt = 0; attempt < CLAIMS; attempt++) {
            byte[] id = new byte[8];
            random.nextBytes(id);
            Path path = use.resolve(HexFormat.of().formatHex(id) + LOCK);
            try {
                LockedFile lock = LockedFile.open(
                        path, Otherwise.GIVE_UP, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                if (lock != null && !lock.wasMoved()) {
                    return lock;
                } else if (lock != null) {
                    lock.close();
                }
            } catch (NoSuchFileException taken) {
                LOG.trace("{} was taken away", path);
            }
        }
        throw new IOException("new lock files were taken away " + CLAIMS + " times");
    }

    /** Removes what processes that ended without closing left in use. */
    private void removeDead() throws IOException {
        try (DirectoryStream<Path> locks = Files.newDirectoryStream(use, "*" + LOCK)) {
            for (Path lock : locks) {
                try (LockedFile held = LockedFile.open(lock, Otherwise.GIVE_UP, StandardOpenOption.WRITE)) {
                    if (held != null) {
                        String name = lock.getFileName().toString();
                        // the lock goes last: it is what leads to the folder
                        if (deleteTree(use.resolve(name.substring(0, name.length() - LOCK.length())))) {
                            Files.deleteIfExists(lock);
                        }
                    }
                } catch (NoSuchFileException gone) {
                    LOG.trace("{} is gone", lock);
                }
            }
        }
    }

    /** Removes downloads that were broken off long ago: nobody will go on with them. */
    private void removeOldDownloads() throws IOException {
        FileTime old = FileTime.from(clock.instant().minus(ABANDONED));
        try (DirectoryStream<Path> downloads = Files.newDirectoryStream(partial)) {
            for (Path download : downloads) {
                if (Files.getLastModifiedTime(download).compareTo(old) >= 0) {
                    continue;
                }
                try (LockedFile held = LockedFile.open(download, Otherwise.GIVE_UP, StandardOpenOption.WRITE)) {
                    if (held != null) {
                        Files.deleteIfExists(download);
                    }
                }
            }
        } catch (NoSuchFileException gone) {
            LOG.trace("A download has come to its end meanwhile", gone);
        }
    }

    /** Lays out a bundle. Whoever asks closes it when no engine needs its files any more. */
    public CachedBundle layOut(Blobs source, Manifest manifest, VersionState version) {
        Path folder = own.resolve(Long.toString(bundles.incrementAndGet()));
        try {
            for (Map.Entry<String, BlobKey> file :
                    new StoredBundle(source, manifest, version).files().entrySet()) {
                Path target = folder.resolve(file.getKey()).normalize();
                if (!target.startsWith(folder)) {
                    throw new IOException("a path leaves the bundle, " + file.getKey());
                }
                Files.createDirectories(target.getParent());
                place(source, file.getValue(), target, BlobKey.READS);
            }
            evict();
            return new CachedBundle(manifest, folder);
        } catch (IOException e) {
            deleteTree(folder);
            throw new UnavailableException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "lay out the files of " + manifest.name(),
                    e.toString(),
                    "free space, or name another folder with Maas.builder().cache(…)",
                    e);
        } catch (RuntimeException e) {
            deleteTree(folder);
            throw e;
        }
    }

    private void place(Blobs source, BlobKey blob, Path target, int reads) throws IOException {
        Path cached = blobs.resolve(blob.digest().hex());
        Optional<Path> local = localFile(source, blob);
        if (local.isPresent()) {
            link(local.get(), target);
            if (!source.isJustWritten(blob) && !digest(target).equals(blob.digest())) {
                throw source.corrupt(blob);
            }
            keepName(target, cached);
            return;
        }
        if (link(cached, target)) {
            if (digest(target).equals(blob.digest())) {
                SmallContent.used(target, clock); // the same file, or a copy
                return;
            }
            LOG.warn("A cached file of {} is damaged and is fetched again", blob.digest());
            Files.delete(target);
            Files.deleteIfExists(cached);
        }
        if (!download(source, blob, cached, target)) {
            if (reads == 1) {
                throw source.corrupt(blob);
            }
            place(source, blob, target, reads - 1);
        }
    }

    /** Returns the store's own file, unless the store cannot be reached: then what is here has to do. */
    private static Optional<Path> localFile(Blobs source, BlobKey blob) {
        try {
            return source.localFile(blob);
        } catch (UnavailableException e) {
            LOG.debug("The file of {} cannot be asked for", blob, e);
            return Optional.empty();
        }
    }

    /** Keeps a name of what the store gave, or the copy of it, for when the store cannot be reached. */
    private static void keepName(Path target, Path cached) throws IOException {
        try {
            if (!Files.exists(cached)) {
                link(target, cached);
            }
        } catch (FileAlreadyExistsException e) {
            LOG.trace("Another process was faster to keep {}", cached, e);
        }
    }

    /** Links, or copies across file systems. Returns false if there is no such file. */
    private static boolean link(Path from, Path to) throws IOException {
        try {
            Files.createLink(to, from);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException | UnsupportedOperationException e) {
            LOG.trace("{} cannot be linked and is copied", from, e);
        }
        try {
            Files.copy(from, to);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Fetches a blob. Returns false if what was there was to no use and is gone, so that it has to be tried again. */
    private boolean download(Blobs source, BlobKey blob, Path cached, Path target) throws IOException {
        try (LockedFile part = lockPart(blob)) {
            if (part.wasMoved()) {
                return false; // while this waited for the lock, another process fetched it
            }
            MessageDigest sha = Digest.sha256();
            long have = resume(part.channel(), sha);
            if (!copy(source, blob, part.channel(), sha, have)) {
                Files.deleteIfExists(part.path());
                return false; // what an earlier download left may be at fault, or the way here, and not the store
            }
            link(part.path(), target);
            Files.setLastModifiedTime(part.path(), FileTime.from(clock.instant()));
            Files.move(part.path(), cached, StandardCopyOption.ATOMIC_MOVE);
            return true;
        }
    }

    private LockedFile lockPart(BlobKey blob) throws IOException {
        String name = blob.digest().hex();
        LockedFile shared = LockedFile.open(
                partial.resolve(name),
                Otherwise.WAIT,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        if (shared != null) {
            return shared;
        }
        // another platform in this process fetches the same file: each for itself, the first to end wins
        LockedFile mine = LockedFile.open(
                own.resolve(name + "-" + bundles.incrementAndGet()),
                Otherwise.WAIT,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        return Objects.requireNonNull(mine, "nobody else knows this name");
    }

    private static long resume(FileChannel out, MessageDigest sha) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        long have = 0;
        while (out.read(chunk, have) > 0) {
            chunk.flip();
            have += chunk.remaining();
            sha.update(chunk);
            chunk.clear();
        }
        out.position(have);
        return have;
    }

    /** Appends the blob from an offset on; returns whether the whole has the right digest. */
    private static boolean copy(Blobs source, BlobKey blob, FileChannel out, MessageDigest sha, long from)
            throws IOException {
        try (InputStream in = source.open(blob, from)) {
            byte[] chunk = new byte[CHUNK];
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                sha.update(chunk, 0, count);
                ByteBuffer buffer = ByteBuffer.wrap(chunk, 0, count);
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
            }
        } catch (InvalidInputException e) {
            if (from == 0) {
                throw e;
            }
            return false; // there is no such offset: the earlier download is longer than the blob
        }
        return Digest.ofBytes(sha.digest()).equals(blob.digest());
    }

    private static Digest digest(Path file) throws IOException {
        MessageDigest sha = Digest.sha256();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] chunk = new byte[CHUNK];
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                sha.update(chunk, 0, count);
            }
        }
        return Digest.ofBytes(sha.digest());
    }

    /** Returns the small content that is read whole. */
    public Local.Copies copies() {
        return new SmallContent(blobs, own, clock);
    }

    private record Aged(Path file, long size, FileTime used) {}

    private void evict() throws IOException {
        List<Aged> all = new ArrayList<>();
        long total = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(blobs)) {
            for (Path file : files) {
                try {
                    all.add(new Aged(file, Files.size(file), Files.getLastModifiedTime(file)));
                    total += all.get(all.size() - 1).size();
                } catch (NoSuchFileException evictedByAnother) {
                    LOG.trace("{} is gone", file);
                }
            }
        }
        all.sort(Comparator.comparing(Aged::used));
        for (Aged oldest : all) {
            if (total <= maxBytes) {
                return;
            }
            Files.deleteIfExists(oldest.file());
            total -= oldest.size();
        }
    }

    static boolean deleteTree(Path folder) {
        if (!Files.exists(folder)) {
            return true;
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
            return true;
        } catch (IOException e) {
            LOG.warn("{} could not be removed; it will be when the cache is opened again", folder, e);
            return false;
        }
    }

    /** Removes what this instance has in use. Content stays for the next. Closing twice is harmless. */
    @Override
    public void close() {
        boolean gone = deleteTree(own);
        try {
            alive.close();
            if (gone) {
                Files.deleteIfExists(alive.path());
            }
        } catch (IOException e) {
            LOG.debug("{} could not be removed", alive.path(), e);
        }
    }
}
