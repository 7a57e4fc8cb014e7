package io.maas.internal.log;

import io.maas.error.InvalidInputException;
import io.maas.model.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a stretch of the log, in order and whole segments at a time where there are any. Each commit is handed over only
 * when it is known to be the right one: by the digest that the commit after it names, or the last one's own. What is wrong
 * is read again, as content is, before the log is called broken. Thread-safe.
 */
public final class LogScan {
    /** Without a segment, so many commits are read ahead. */
    private static final int FEW = 4 * Readers.MOST;

    private final CommitLog log;
    private final Readers readers;
    private final From from;

    /** What commits are read from. */
    public enum From {
        /** Whole segments, where there are any: copies, which are faster. */
        SEGMENTS,
        /** The commits themselves. */
        COMMITS
    }

    /** Creates one that reads several commits at once. */
    public LogScan(CommitLog log, Readers readers, From from) {
        this.log = log;
        this.readers = readers;
        this.from = from;
    }

    /** Takes commits. */
    @FunctionalInterface
    public interface Visitor {
        /** Takes the next commit. */
        void commit(CommitRecord record, byte[] bytes);
    }

    /**
     * The end of a stretch.
     *
     * @param number a commit; -1 for what lies before the first
     * @param digest its digest; that of {@code format.json} for what lies before the first
     */
    public record Point(long number, Digest digest) {}

    /**
     * Hands over the commits after one up to another.
     *
     * @throws InvalidInputException {@link io.maas.error.ErrorCode#BROKEN_CHAIN} if they do not lead from one to the other
     */
    public void read(Point after, Point last, Visitor visitor) {
        Point at = after;
        while (at.number() < last.number()) {
            for (StoredCommit commit : next(at, last)) {
                at = new Point(commit.record().number(), Digest.of(commit.bytes()));
                visitor.commit(commit.record(), commit.bytes());
            }
        }
    }

    /**
     * Returns the next few commits after one, at most a segment.
     *
     * @throws InvalidInputException {@link io.maas.error.ErrorCode#BROKEN_CHAIN} if they do not follow on it, or the commit
     *     after them does not follow on them, or the last is not what it should be
     */
    public List<StoredCommit> next(Point after, Point last) {
        long first = after.number() + 1;
        long segmentEnd = first - Math.floorMod(first, (long) CommitLog.SEGMENT) + CommitLog.SEGMENT - 1;
        boolean whole = from == From.SEGMENTS && segmentEnd - first + 1 == CommitLog.SEGMENT;
        long end = Math.min(Math.min(segmentEnd, last.number()), whole ? segmentEnd : first + FEW - 1);
        InvalidInputException wrong = null;
        for (int reads = 0; reads < BlobKey.READS; reads++) {
            try {
                return checked(reads == 0 ? fetch(first, end) : single(first, end), after, last);
            } catch (InvalidInputException e) {
                wrong = e;
            }
        }
        throw wrong == null ? CommitCodec.broken(first, "it cannot be read", null) : wrong;
    }

    private List<byte[]> fetch(long first, long end) {
        if (from == From.SEGMENTS && end - first + 1 == CommitLog.SEGMENT) {
            Optional<CommitLog.Segment> segment = log.readSegment(first);
            if (segment.isPresent()) {
                return segment.get().commits();
            }
        }
        return single(first, end);
    }

    private List<byte[]> single(long first, long end) {
        List<byte[]> commits = new ArrayList<>();
        for (long n = first; n <= end; n += Readers.MOST) {
            long start = n;
            List<Optional<byte[]>> read = log.read(readers, n, (int) Math.min(Readers.MOST, end - n + 1));
            for (int i = 0; i < read.size(); i++) {
                long number = start + i;
                commits.add(read.get(i).orElseThrow(() -> CommitCodec.broken(number, "it is missing", null)));
            }
        }
        return commits;
    }

    /** Holds each commit against the one before, and the newest against what is known of it from elsewhere. */
    private List<StoredCommit> checked(List<byte[]> commits, Point after, Point last) {
        List<StoredCommit> checked = new ArrayList<>(commits.size());
        Point at = after;
        for (byte[] bytes : commits) {
            checked.add(new StoredCommit(CommitLog.follow(at.number() + 1, bytes, at.digest()), bytes));
            at = new Point(at.number() + 1, Digest.of(bytes));
        }
        if (at.number() < last.number()) {
            CommitLog.follow(
                    at.number() + 1, single(at.number() + 1, at.number() + 1).get(0), at.digest());
        } else if (!at.digest().equals(last.digest())) {
            throw CommitCodec.broken(
                    at.number(), "its digest is " + at.digest() + " and should be " + last.digest(), null);
        }
        return checked;
    }
}
