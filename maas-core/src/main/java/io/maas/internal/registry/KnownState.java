package io.maas.internal.registry;

import io.maas.error.MaasException;
import io.maas.model.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest state of a registry that this host knows, on its own disk: a digest of all that follows, the digest of the
 * registry's {@code format.json}, and the state as bases have it. A file that is damaged is passed over, as if there was
 * none. Several processes may write it; each writes a state that was true. One thread at a time.
 */
final class KnownState {
    private static final Logger LOG = LoggerFactory.getLogger(KnownState.class);
    private static final int DIGEST = 32;

    private final Path folder;
    private final Path file;
    private long written = -1;

    KnownState(Path folder) {
        this.folder = folder;
        this.file = folder.resolve("state");
    }

    /**
     * A state, and the registry it is of.
     *
     * @param format the digest of the registry's {@code format.json}
     * @param snapshot the state
     */
    record Known(Digest format, RegistryState.Snapshot snapshot) {}

    Path folder() {
        return folder;
    }

    Optional<Known> read() {
        try {
            byte[] bytes = Files.readAllBytes(file);
            byte[] rest = Arrays.copyOfRange(bytes, Math.min(DIGEST, bytes.length), bytes.length);
            if (rest.length < DIGEST || !Digest.of(rest).equals(Digest.ofBytes(Arrays.copyOf(bytes, DIGEST)))) {
                LOG.warn("{} is damaged and is not used", file);
                return Optional.empty();
            }
            Digest format = Digest.ofBytes(Arrays.copyOf(rest, DIGEST));
            return Optional.of(new Known(format, StateCodec.read(Arrays.copyOfRange(rest, DIGEST, rest.length))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | MaasException e) {
            LOG.warn("{} cannot be used", file, e);
            return Optional.empty();
        }
    }

    /** Writes the newest state, unless this wrote it before. What goes wrong is worth a line: the store has it all. */
    void write(LongSupplier newest, Supplier<Known> state) {
        if (newest.getAsLong() < 0 || newest.getAsLong() == written) {
            return; // of a registry without commits there is nothing to know
        }
        write(state.get());
    }

    private void write(Known known) {
        byte[] state = StateCodec.write(known.snapshot());
        byte[] rest = ByteBuffer.allocate(DIGEST + state.length)
                .put(known.format().toBytes())
                .put(state)
                .array();
        try {
            Files.createDirectories(folder);
            Path temporary = Files.createTempFile(folder, "state-", ".tmp");
            try {
                Files.write(
                        temporary,
                        ByteBuffer.allocate(DIGEST + rest.length)
                                .put(Digest.of(rest).toBytes())
                                .put(rest)
                                .array());
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(temporary);
            }
            written = known.snapshot().head().number();
        } catch (IOException e) {
            LOG.warn("The state of the registry cannot be kept in {}; without the store it cannot be served", file, e);
        }
    }
}
