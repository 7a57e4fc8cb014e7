package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.NotFoundException;
import io.maas.internal.log.CommitLog;
import io.maas.internal.log.Format;
import io.maas.model.Digest;
import io.maas.spi.ObjectStore;
import java.util.Optional;

/**
 * Whether a store that can be reached again has the registry that this host served meanwhile: the same {@code
 * format.json}, and the newest commit that the host knew, byte for byte. The chain vouches for all before it.
 */
final class Confirmation {
    private final ObjectStore store;
    private final String namespace;
    private final CommitLog log;
    private final KnownState.Known known;

    Confirmation(RegistrySettings settings, CommitLog log, KnownState.Known known) {
        this.store = settings.store();
        this.namespace = settings.namespace();
        this.log = log;
        this.known = known;
    }

    /**
     * Asks the store.
     *
     * @throws io.maas.error.UnavailableException if it does not answer
     * @throws NotFoundException if it has no registry, as where a disk is not mounted yet
     * @throws InvalidInputException {@link ErrorCode#BROKEN_CHAIN} if it has another registry, or an older state of this one
     */
    void check() {
        Format format = Format.find(store, namespace).orElseThrow(this::missing);
        if (!format.digest().equals(known.format())) {
            throw diverged("the store has another registry than the one that this host knows");
        }
        RegistryState.Head head = known.snapshot().head();
        Optional<byte[]> commit = log.read(head.number());
        if (commit.isEmpty()) {
            throw diverged("the log lacks commit " + head.number() + ", which this host knows");
        }
        if (!Digest.of(commit.get()).equals(head.digest())) {
            throw diverged("the log has another commit " + head.number() + " than the one that this host knows");
        }
    }

    private NotFoundException missing() {
        return new NotFoundException(
                ErrorCode.REGISTRY_MISSING,
                "follow the registry in " + log,
                "this host knows a registry of this address, and the store has none",
                "mount or restore the store");
    }

    private InvalidInputException diverged(String why) {
        return new InvalidInputException(
                ErrorCode.BROKEN_CHAIN,
                "follow the registry in " + log,
                why,
                "restore the store, or open the platform again to serve what is there now");
    }
}
