package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.CommitLog;
import io.maas.internal.log.Readers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log from a ledger's head on. One commit is asked for first, since mostly there is none; the more there are,
 * the more are asked for at once, and where many are, whole segments.
 *
 * <p>Commits are applied in order however they were read, each checked against the one before. That a number has none
 * tells the end only if none after it was found: reads that run at once see the log at different moments, but whoever
 * finds a commit finds all before it when he asks again.
 */
final class Tail {
    private static final Logger LOG = LoggerFactory.getLogger(Tail.class);
    private static final int GAP_TRIES = 3;
    private static final int SEGMENTS_AHEAD = 4;

    private final CommitLog log;
    private final Readers readers;
    private final Ledger ledger;
    private int window = 1;
    private int gaps;
    private int segments = 1;

    Tail(CommitLog log, Readers readers, Ledger ledger) {
        this.log = log;
        this.readers = readers;
        this.ledger = ledger;
    }

    /** Applies what there is. The caller holds the ledger's lock. */
    void follow() {
        boolean more = true;
        int misread = 0;
        while (more && ledger.followsAll()) {
            boolean far = window == Readers.MOST && segments > 0;
            long before = next();
            try {
                more = far ? followSegments() : followCommits();
            } catch (InvalidInputException e) {
                // what was applied before is sound, and bytes that changed on the way come right when they come again
                misread = next() > before ? 1 : misread + 1;
                if (misread == BlobKey.READS) {
                    throw e;
                }
            }
        }
    }

    private long next() {
        return ledger.state().head().number() + 1;
    }

    /** Asks for the next few commits. Returns false if there are none after those that were applied. */
    private boolean followCommits() {
        long first = next();
        List<Optional<byte[]>> read = log.read(readers, first, window);
        int found = 0;
        while (found < window && read.get(found).isPresent()) {
            if (!ledger.follow(first + found, read.get(found).get())) {
                return false;
            }
            found++;
        }
        if (found == window) {
            window = Math.min(Readers.MOST, window * 2);
            gaps = 0;
            return true;
        }
        boolean later = read.subList(found, window).stream().anyMatch(Optional::isPresent);
        gaps = found > 0 ? 1 : gaps + 1;
        if (later && gaps > GAP_TRIES) {
            throw new InvalidInputException(
                    ErrorCode.BROKEN_CHAIN,
                    "read the registry in " + log,
                    "commit " + (first + found) + " is missing and a later one is there",
                    "restore the log from a copy of the store");
        }
        return later;
    }

    /** Asks for the next few segments; returns true, and asks for no more once one is not to be had. */
    private boolean followSegments() {
        long next = next();
        List<Long> firsts = new ArrayList<>();
        for (int i = 0; i < segments; i++) {
            firsts.add(next - Math.floorMod(next, (long) CommitLog.SEGMENT) + (long) i * CommitLog.SEGMENT);
        }
        List<Optional<CommitLog.Segment>> read = log.readSegments(readers, firsts);
        segments = SEGMENTS_AHEAD;
        for (int i = 0; i < read.size() && segments > 0; i++) {
            if (read.get(i).isEmpty() || !apply(firsts.get(i), read.get(i).get())) {
                segments = 0;
            }
        }
        return true;
    }

    /** Applies what of a segment is not applied yet. Returns false if it cannot be used to its end. */
    boolean apply(long first, CommitLog.Segment segment) {
        return apply(first, segment, Long.MAX_VALUE);
    }

    /** As above, up to a commit. */
    boolean apply(long first, CommitLog.Segment segment, long last) {
        try {
            for (long n = next(); n < first + CommitLog.SEGMENT && n <= last; n++) {
                if (!ledger.follow(n, segment.commits().get((int) (n - first)))) {
                    return false;
                }
            }
            ledger.countSegment(first, segment.storedBytes());
            return true;
        } catch (InvalidInputException e) {
            // what was applied before followed on the chain; the single commits tell the rest
            LOG.warn("The segment {} of {} cannot be used; reading single commits", first, log, e);
            return false;
        }
    }
}
