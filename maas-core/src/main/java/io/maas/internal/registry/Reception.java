package io.maas.internal.registry;

import io.maas.error.CommitStateUnknownException;
import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.internal.bundle.Bundle;
import io.maas.internal.bundle.BundleFile;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.Op;
import io.maas.model.Manifest;
import io.maas.repository.ModelVersion;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes packages in: stores their files, and loads each model once to learn about it. Files are stored before the commit
 * that names them, so a commit never points at nothing; what a refused package left is deleted.
 */
final class Reception {
    private static final int MOST_TRIES = 5;

    private final Ledger ledger;
    private final Blobs blobs;
    private volatile @Nullable Prober prober;

    Reception(Ledger ledger, Blobs blobs) {
        this.ledger = ledger;
        this.blobs = blobs;
    }

    void prober(Prober value) {
        prober = value;
    }

    /** Runs what stores files and commits versions, and deletes the files if they were stored for nothing. */
    List<ModelVersion> run(Function<Uploads, List<ModelVersion>> attempt) {
        Uploads uploads = new Uploads(ledger, blobs);
        boolean keep = false;
        try {
            List<ModelVersion> versions = null;
            for (int tries = 1; versions == null; tries++) {
                try {
                    versions = attempt.apply(uploads);
                } catch (Uploads.Doomed e) {
                    // the collector took files for garbage that this was about to name: they are stored once more
                    if (tries == MOST_TRIES) {
                        throw e.tooOften(tries);
                    }
                    uploads.forgetDoomed();
                } catch (UnavailableException e) {
                    // files that were about to be used again may have been collected, unnoticed by this host until now
                    if (e.code() != ErrorCode.CORRUPT_BLOB || tries == MOST_TRIES || !uploads.wereCollected()) {
                        throw e;
                    }
                    uploads.forgetDoomed();
                }
            }
            keep = uploads.usedBy(ledger.state(), versions);
            return versions;
        } catch (CommitStateUnknownException | Error e) {
            keep = true; // the commit may be there, and needs its files
            throw e;
        } finally {
            uploads.end();
            if (!keep) {
                uploads.discard();
            }
        }
    }

    /** Stores the files of a package. */
    Candidate store(Bundle bundle, Optional<String> label, Uploads uploads) {
        Manifest manifest = bundle.manifest();
        Map<String, BlobKey> stored = new HashMap<>();
        for (BundleFile file : bundle.files()) {
            stored.put(file.path(), uploads.store(file.digest(), file.content()));
        }
        BlobKey manifestBlob = Objects.requireNonNull(stored.get(Bundle.MANIFEST), Bundle.MANIFEST);
        return new Candidate(
                manifest.name(),
                label,
                bundle.digest(),
                bundle.size(),
                manifestBlob,
                StoredBundle.order(manifest, stored),
                manifest.dependsOn(),
                Map.of());
    }

    /** Asks the engine about a package whose files are stored, if there is one. */
    Candidate probe(Manifest manifest, Candidate candidate, Uploads uploads) {
        Prober asked = prober;
        if (asked == null) {
            return candidate;
        }
        byte[] facts = ProbeCodec.write(asked.probe(manifest, candidate.provisional()));
        return candidate.with(Op.Attach.PROBE, uploads.store(facts));
    }
}
