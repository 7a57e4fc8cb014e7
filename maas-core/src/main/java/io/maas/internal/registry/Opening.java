package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.NotFoundException;
import io.maas.error.UnavailableException;
import io.maas.internal.log.CommitLog;
import io.maas.internal.log.Format;
import io.maas.internal.log.Readers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a registry: from its store, or from what this host knows of it while the store cannot be reached. Nothing else
 * that may be wrong with a store is covered up.
 */
final class Opening {
    private static final Logger LOG = LoggerFactory.getLogger(Opening.class);

    /** How long a new registry's first writes are repeated; no caller waits for a commit yet, so its time-out is not asked. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final RegistrySettings settings;
    private final CommitLog log;
    private final Readers readers;

    Opening(RegistrySettings settings, CommitLog log, Readers readers) {
        this.settings = settings;
        this.log = log;
        this.readers = readers;
    }

    private Optional<KnownState> file() {
        return settings.local().state().map(KnownState::new);
    }

    Ledger open() {
        try {
            return fromStore();
        } catch (UnavailableException e) {
            if (e.code() != ErrorCode.STORE_UNAVAILABLE || settings.local().start() == Local.Start.REFUSED) {
                throw e;
            }
            return file().flatMap(KnownState::read)
                    .map(known -> stale(known, e))
                    .orElseThrow(() -> e);
        }
    }

    private Ledger fromStore() {
        Ledger ledger = new Ledger(log, readers, format());
        ledger.load();
        return ledger;
    }

    private Format format() {
        if (settings.readOnly()) {
            return Format.read(settings.store(), settings.namespace());
        }
        Optional<Format> there = Format.find(settings.store(), settings.namespace());
        if (there.isPresent()) {
            return there.get();
        }
        // A folder whose disk is not mounted looks like this, and a registry made there would be in the way of the real
        // one.
        file().filter(file -> file.read().isPresent()).ifPresent(file -> {
            throw missing(file.folder());
        });
        return Format.readOrCreate(
                settings.store(),
                settings.namespace(),
                settings.random(),
                log,
                settings.pauses().nanoTime() + PATIENCE.toNanos());
    }

    private NotFoundException missing(Path folder) {
        return new NotFoundException(
                ErrorCode.REGISTRY_MISSING,
                "open the registry in " + log,
                "this host knows a registry of this address, and the store has none",
                "mount or restore the store; or, to begin a new registry there, delete the folder " + folder);
    }

    private Ledger stale(KnownState.Known known, UnavailableException cause) {
        LOG.warn(
                "The store {} cannot be reached; models are served as of commit {}, as this host knows it",
                log,
                known.snapshot().head().number(),
                cause);
        Ledger ledger = new Ledger(log, readers, new Format(known.format()));
        ledger.assume(known, new Confirmation(settings, log, known), cause);
        return ledger;
    }
}
