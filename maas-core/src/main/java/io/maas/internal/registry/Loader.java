package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.log.CommitLog;
import io.maas.internal.log.Readers;
import io.maas.model.Digest;
import java.util.List;
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
    private static final int SEGMENTS_AHEAD = 4;

    private final CommitLog log;
    private final Readers readers;
    private final Ledger ledger;

    Loader(CommitLog log, Readers readers, Ledger ledger) {
        this.log = log;
        this.readers = readers;
        this.ledger = ledger;
    }

    void load() {
        // Read first: commits made while this loads must not look as if the log had been cut.
        long hinted = log.hinted();
        loadBase(Long.MAX_VALUE);
        loadSegments(Long.MAX_VALUE);
        loadTail();
        requireHinted(log, hinted, ledger);
    }

    /** Refuses a log that ends before a commit that was acknowledged. */
    static void requireHinted(CommitLog log, long hinted, Ledger ledger) {
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
        while (ledger.state().head().number() < last) {
            long next = ledger.state().head().number() + 1;
            int count = (int) Math.min(Readers.MOST, last - next + 1);
            for (Optional<byte[]> bytes : log.read(readers, next, count)) {
                long number = ledger.state().head().number() + 1;
                ledger.follow(
                        number,
                        bytes.orElseThrow(() -> new InvalidInputException(
                                ErrorCode.BROKEN_CHAIN,
                                "read the registry in " + log,
                                "commit " + number + " is missing",
                                "restore the log from a copy of the store")));
            }
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
        List<Long> firsts = log.segmentsFrom(ledger.state().head().number() + 1);
        for (int i = 0; i < firsts.size(); i += SEGMENTS_AHEAD) {
            List<Long> some = firsts.subList(i, Math.min(firsts.size(), i + SEGMENTS_AHEAD));
            List<Optional<CommitLog.Segment>> read = log.readSegments(readers, some);
            for (int k = 0; k < some.size(); k++) {
                if (some.get(k) > last || !apply(some.get(k), read.get(k), last)) {
                    return;
                }
            }
        }
    }

    private boolean apply(long first, Optional<CommitLog.Segment> segment, long last) {
        if (first > ledger.state().head().number() + 1) {
            return false; // a segment is missing; the single commits are there
        }
        if (segment.isEmpty()) {
            LOG.warn("The segment {} of {} cannot be used; reading single commits", first, log);
            return false;
        }
        return new Tail(log, readers, ledger).apply(first, segment.get(), last);
    }

    /** Reads single commits until there is none, and makes sure that there is really none. */
    void loadTail() {
        for (int tries = 0; ledger.followsAll(); tries++) {
            long before = ledger.state().head().number();
            new Tail(log, readers, ledger).follow();
            long head = ledger.state().head().number();
            tries = head > before ? 0 : tries;
            var listed = log.listAfter(head, 1);
            if (listed.isEmpty() || !ledger.followsAll()) {
                return;
            }
            // A listing made while others commit may show a commit and miss the one before, as POSIX lets readdir do.
            // So only a read tells: the earlier one was created first, and whoever has seen the later one finds it.
            if (tries == LISTING_TRIES) {
                throw new InvalidInputException(
                        ErrorCode.BROKEN_CHAIN,
                        "read the registry in " + log,
                        "commit " + (head + 1) + " is missing and commit " + listed.get(0) + " is there",
                        "restore the log from a copy of the store");
            }
        }
    }
}
