package io.maas.internal.registry;

import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.internal.bundle.Intake;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.CommitLog;
import io.maas.model.Digest;
import io.maas.repository.ModelVersion;
import io.maas.spi.ObjectStore;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What was stored for one call alone. Used by one thread. */
final class Uploads implements Intake {
    private final Ledger ledger;
    private final Blobs blobs;
    private final Map<Digest, BlobKey> fresh = new HashMap<>();
    private final Set<BlobKey> reused = new HashSet<>();
    private final Set<BlobKey> reports = new HashSet<>();

    Uploads(Ledger ledger, Blobs blobs) {
        this.ledger = ledger;
        this.blobs = blobs;
    }

    /** Says that files were condemned before a commit could name them. */
    static final class Doomed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Doomed() {
            super("files were condemned", null, false, false);
        }

        ConflictException tooOften(int tries) {
            return new ConflictException(
                    ErrorCode.STALE,
                    "register a package",
                    "its files were taken for garbage " + tries + " times before they were committed",
                    "let the collection of garbage wait longer, and register again");
        }
    }

    BlobKey store(byte[] content) {
        return store(Digest.of(content), CommitLog.source(content));
    }

    BlobKey store(Digest digest, ObjectStore.Source content) {
        return find(digest).orElseGet(() -> upload(digest, content));
    }

    /** Stores a large file while it is checked, unless it is there. */
    @Override
    public boolean offer(Digest promised, ObjectStore.Source content) {
        boolean absent = find(promised).isEmpty();
        if (absent) {
            upload(promised, content);
        }
        return absent;
    }

    private Optional<BlobKey> find(Digest digest) {
        RegistryState state = ledger.state();
        Optional<BlobKey> known =
                state.blob(digest).filter(blob -> !state.draft().isDoomed(blob));
        known.ifPresent(reused::add);
        return known.or(() -> Optional.ofNullable(fresh.get(digest)));
    }

    /** Stores what the gate found, apart from all else: it may have to be taken back alone, when the gate looks again. */
    BlobKey storeReport(byte[] content) {
        BlobKey report = blobs.upload(
                Digest.of(content),
                CommitLog.source(content),
                ledger.state().head().number());
        reports.add(report);
        return report;
    }

    /** Deletes what the gate found, which no commit names. */
    void discardReports() {
        blobs.forgetWritten(reports);
        blobs.discard(reports);
        reports.clear();
    }

    private BlobKey upload(Digest digest, ObjectStore.Source content) {
        BlobKey uploaded = blobs.upload(digest, content, ledger.state().head().number());
        fresh.put(digest, uploaded);
        return uploaded;
    }

    /** Tells whether one of these versions has the files stored here, rather than those of an earlier call. */
    boolean usedBy(RegistryState state, List<ModelVersion> versions) {
        for (ModelVersion version : versions) {
            VersionState there = state.model(version.name())
                    .flatMap(model -> model.version(version.version()))
                    .orElse(null);
            if (there != null
                    && (isOwn(there.manifest())
                            || there.blobs().stream().anyMatch(this::isOwn)
                            || there.facts().values().stream().anyMatch(this::isOwn))) {
                return true;
            }
        }
        return false;
    }

    private boolean isOwn(BlobKey blob) {
        return fresh.containsValue(blob) || reports.contains(blob);
    }

    /** Tells whether files that were stored before by somebody else, or by this call, are garbage by now. */
    boolean wereCollected() {
        ledger.refresh();
        Draft now = ledger.state().draft();
        return reused.stream().anyMatch(now::isDoomed)
                || fresh.values().stream().anyMatch(now::isDoomed);
    }

    void forgetDoomed() {
        Draft now = ledger.state().draft();
        fresh.values().removeIf(now::isDoomed);
        reused.removeIf(now::isDoomed);
    }

    /** Ends the time in which what was stored here is just written. */
    void end() {
        blobs.forgetWritten(fresh.values());
        blobs.forgetWritten(reports);
    }

    void discard() {
        blobs.discard(fresh.values());
        blobs.discard(reports);
    }
}
