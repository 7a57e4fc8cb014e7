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
    private final CommitLog log;
    private final Readers readers;

    /** Creates one that reads several commits at once. */
    public LogScan(CommitLog log, Readers readers) {
        this.log = log;
        this.readers = readers;
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
        Point from = after;
        while (from.number() < last.number()) {
            List<byte[]> stretch = stretch(from, last);
            for (byte[] bytes : stretch) {
                CommitRecord record = CommitLog.follow(from.number() + 1, bytes, from.digest());
                from = new Point(record.number(), Digest.of(bytes));
                visitor.commit(record, bytes);
            }
        }
    }

    /** The commits after one, up to the end of its segment or to the last. */
    private List<byte[]> stretch(Point from, Point last) {
        long first = from.number() + 1;
        long segmentEnd = first - Math.floorMod(first, (long) CommitLog.SEGMENT) + CommitLog.SEGMENT - 1;
        long end = Math.min(segmentEnd, last.number());
        InvalidInputException wrong = null;
        for (int reads = 0; reads < BlobKey.READS; reads++) {
            try {
                List<byte[]> commits = reads == 0 ? fetch(first, end) : single(first, end);
                check(commits, from, last);
                return commits;
            } catch (InvalidInputException e) {
                wrong = e;
            }
        }
        throw wrong == null ? CommitCodec.broken(first, "it cannot be read", null) : wrong;
    }

    private List<byte[]> fetch(long first, long end) {
        if (end - first + 1 == CommitLog.SEGMENT) {
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
    private void check(List<byte[]> commits, Point from, Point last) {
        Point at = from;
        for (byte[] bytes : commits) {
            CommitLog.follow(at.number() + 1, bytes, at.digest());
            at = new Point(at.number() + 1, Digest.of(bytes));
        }
        if (at.number() < last.number()) {
            CommitLog.follow(
                    at.number() + 1, single(at.number() + 1, at.number() + 1).get(0), at.digest());
        } else if (!at.digest().equals(last.digest())) {
            throw CommitCodec.broken(
                    at.number(), "its digest is " + at.digest() + " and should be " + last.digest(), null);
        }
    }
}
