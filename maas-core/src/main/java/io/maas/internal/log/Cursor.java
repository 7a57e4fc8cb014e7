package io.maas.internal.log;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Digest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log's commits in order: those that came just now from memory, older ones by whole segments where there are any,
 * else a few at once. From the second on, each is checked against the one before. Not thread-safe.
 */
public final class Cursor {
    /** Worth a segment: reading this many one by one costs as many round trips as reading ahead saves. */
    private static final int MANY = 2 * Readers.MOST;

    private final CommitLog log;
    private final Readers readers;
    private final Recent recent;
    private final Deque<byte[]> ahead = new ArrayDeque<>();
    private long next;
    private long noSegmentBefore = -1;
    private @Nullable Digest previous;

    /**
     * Starts before a commit.
     *
     * @param recent commits that need not be read
     */
    public Cursor(CommitLog log, Readers readers, Recent recent, long first) {
        this.log = log;
        this.readers = readers;
        this.recent = recent;
        this.next = first;
    }

    /**
     * Reads the next commit, and moves on if that succeeds.
     *
     * @param head the newest commit there is; at least the next
     * @throws InvalidInputException {@link ErrorCode#BROKEN_CHAIN} if it is missing, or does not follow on the one before
     */
    public StoredCommit next(long head) {
        Optional<StoredCommit> fresh = recent.find(next);
        byte[] bytes;
        if (fresh.isPresent()) {
            ahead.clear();
            bytes = fresh.get().bytes();
        } else {
            if (ahead.isEmpty()) {
                fetch(head);
            }
            bytes = ahead.remove();
        }
        try {
            CommitRecord record =
                    previous == null ? CommitCodec.read(next, bytes) : CommitLog.follow(next, bytes, previous);
            previous = Digest.of(bytes);
            next++;
            return new StoredCommit(record, bytes);
        } catch (InvalidInputException e) {
            // a segment may be at fault, and the commits behind it whole
            ahead.clear();
            noSegmentBefore = segmentOf(next) + CommitLog.SEGMENT;
            throw e;
        }
    }

    private static long segmentOf(long number) {
        return number - Math.floorMod(number, (long) CommitLog.SEGMENT);
    }

    private void fetch(long head) {
        long first = segmentOf(next);
        long end = first + CommitLog.SEGMENT;
        if (end - 1 <= head && end - next >= MANY && next >= noSegmentBefore) {
            Optional<CommitLog.Segment> segment = log.readSegment(first);
            if (segment.isPresent()) {
                ahead.addAll(segment.get().commits().subList((int) (next - first), CommitLog.SEGMENT));
                return;
            }
            noSegmentBefore = end;
        }
        int count = (int) Math.min(Readers.MOST, head - next + 1);
        for (Optional<byte[]> commit : log.read(readers, next, count)) {
            if (commit.isEmpty()) {
                break;
            }
            ahead.add(commit.get());
        }
        if (ahead.isEmpty()) {
            throw new InvalidInputException(
                    ErrorCode.BROKEN_CHAIN,
                    "read the commits of " + log,
                    "commit " + next + " is missing",
                    "restore the log from a copy of the store");
        }
    }
}
