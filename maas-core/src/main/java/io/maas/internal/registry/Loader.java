package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.log.CommitLog;
import io.maas.model.Digest;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a ledger up to date from the store: the newest readable base, the segments after it, then single commits. Bases
 * and segments only save time; one that is damaged is passed over.
 */
final class Loader {
    private static final Logger LOG = LoggerFactory.getLogger(Loader.class);
    private static final int LISTING_TRIES = 3;

    private final CommitLog log;
    private final Ledger ledger;

    Loader(CommitLog log, Ledger ledger) {
        this.log = log;
        this.ledger = ledger;
    }

    void load() {
        // Read first: commits made while this loads must not look as if the log had been cut.
        long hinted = log.hinted();
        loadBase(Long.MAX_VALUE);
        loadSegments(Long.MAX_VALUE);
        loadTail();
        long head = ledger.state().head().number();
        if (hinted > head && ledger.followsAll()) {
            throw new InvalidInputException(
                    ErrorCode.BROKEN_CHAIN,
                    "open the registry in " + log,
                    "its log ends at commit " + head + " and commit " + hinted + " was acknowledged",
                    "restore the log from a copy of the store");
        }
    }

    /** Loads what the log says up to a commit that is known to exist. */
    void loadThrough(long last) {
        loadBase(last);
        loadSegments(last);
        for (long n = ledger.state().head().number() + 1; n <= last; n++) {
            long number = n;
            byte[] bytes = log.read(n)
                    .orElseThrow(() -> new InvalidInputException(
                            ErrorCode.BROKEN_CHAIN,
                            "read the registry in " + log,
                            "commit " + number + " is missing",
                            "restore the log from a copy of the store"));
            ledger.follow(n, bytes);
        }
    }

    private void loadBase(long last) {
        for (long number : log.bases()) {
            if (number > last) {
                continue;
            }
            Optional<byte[]> bytes = log.readBase(number);
            if (bytes.isEmpty()) {
                continue;
            }
            try {
                RegistryState.Snapshot snapshot = StateCodec.read(bytes.get());
                Optional<byte[]> commit = log.read(snapshot.head().number());
                if (commit.isPresent()
                        && Digest.of(commit.get()).equals(snapshot.head().digest())) {
                    ledger.restore(snapshot, bytes.get().length);
                    return;
                }
                LOG.warn("The base {} of {} does not belong to its log; reading without it", number, log);
            } catch (InvalidInputException e) {
                LOG.warn("The base {} of {} cannot be used; reading without it", number, log, e);
            }
        }
    }

    private void loadSegments(long last) {
        for (long first : log.segmentsFrom(ledger.state().head().number() + 1)) {
            long next = ledger.state().head().number() + 1;
            if (first > last) {
                return;
            }
            if (first > next) {
                return; // a segment is missing; the single commits are there
            }
            Optional<CommitLog.Segment> segment = log.readSegment(first);
            if (segment.isEmpty()) {
                LOG.warn("The segment {} of {} cannot be used; reading single commits", first, log);
                return;
            }
            ledger.countSegment(first, segment.get().storedBytes());
            for (long n = next; n < first + CommitLog.SEGMENT && n <= last; n++) {
                ledger.follow(n, segment.get().commits().get((int) (n - first)));
            }
        }
    }

    /** Reads single commits until there is none, and makes sure that there is really none. */
    void loadTail() {
        for (int tries = 0; ledger.followsAll(); tries++) {
            long next = ledger.state().head().number() + 1;
            Optional<byte[]> bytes = log.read(next);
            while (bytes.isPresent() && ledger.follow(next, bytes.get())) {
                next++;
                tries = 0;
                bytes = log.read(next);
            }
            var listed = log.listAfter(next - 1, 1);
            if (listed.isEmpty() || !ledger.followsAll()) {
                return;
            }
            // A listing made while others commit may show a commit and miss the one before, as POSIX lets readdir do.
            // So
            // only a read tells: the earlier one was created first, and whoever has seen the later one finds it.
            if (tries == LISTING_TRIES) {
                throw new InvalidInputException(
                        ErrorCode.BROKEN_CHAIN,
                        "read the registry in " + log,
                        "commit " + next + " is missing and commit " + listed.get(0) + " is there",
                        "restore the log from a copy of the store");
            }
        }
    }
}
