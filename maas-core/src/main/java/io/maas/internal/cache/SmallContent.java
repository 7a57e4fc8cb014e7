package io.maas.internal.cache;

import io.maas.internal.registry.Local;
import io.maas.model.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Manifests and the like in the cache, read whole. They lie among the files of bundles, and are evicted with them. */
final class SmallContent implements Local.Copies {
    private static final Logger LOG = LoggerFactory.getLogger(SmallContent.class);
    private static final long MOST_BYTES = 64L << 20;

    private final Path blobs;
    private final Path own;
    private final Clock clock;
    private final AtomicLong written = new AtomicLong();

    /**
     * Creates a view of a cache.
     *
     * @param blobs where content lies
     * @param own a folder of this instance
     */
    SmallContent(Path blobs, Path own, Clock clock) {
        this.blobs = blobs;
        this.own = own;
        this.clock = clock;
    }

    @Override
    public Optional<byte[]> find(Digest digest) {
        Path cached = blobs.resolve(digest.hex());
        try {
            if (!Files.exists(cached) || Files.size(cached) > MOST_BYTES) {
                return Optional.empty();
            }
            byte[] bytes = Files.readAllBytes(cached);
            if (Digest.of(bytes).equals(digest)) {
                used(cached, clock);
                return Optional.of(bytes);
            }
            LOG.warn("A cached file of {} is damaged and is fetched again", digest);
            Files.deleteIfExists(cached);
        } catch (IOException e) {
            LOG.debug("The cached file of {} cannot be read", digest, e);
        }
        return Optional.empty();
    }

    @Override
    public void keep(Digest digest, byte[] content) {
        Path part = own.resolve(digest.hex() + "-small-" + written.incrementAndGet());
        try {
            Files.write(part, content, StandardOpenOption.CREATE_NEW);
            used(part, clock);
            Files.move(part, blobs.resolve(digest.hex()), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn("{} cannot be kept in the cache {}", digest, blobs, e);
        }
    }

    /** Says that a file was used. One that the store made may belong to somebody else; then it is taken for an old one. */
    static void used(Path file, Clock clock) {
        try {
            Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
        } catch (IOException e) {
            LOG.debug("{} cannot be marked as used", file, e);
        }
    }
}
