package io.maas.internal.registry;

import io.maas.internal.log.CommitCodec;
import io.maas.internal.log.LogScan;
import io.maas.internal.log.StoredCommit;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.repository.AuditEntry;
import io.maas.repository.AuditQuery;
import io.maas.repository.Commit;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * Goes through the log and picks what a query selects, a commit at a time. Every commit is the right one: the one after it
 * names its digest, and the last is the one that this process knows. Used by one thread.
 */
final class AuditScan {
    private final AuditQuery query;
    private final LogScan log;
    private final LogScan.Point last;
    private final Deque<StoredCommit> ahead = new ArrayDeque<>();
    private LogScan.Point read;
    private long next;

    /**
     * Starts where the first commit can be that is selected.
     *
     * @param head the commit after which nothing is looked at
     */
    AuditScan(Ledger ledger, AuditQuery query, RegistryState.Head head) {
        this.query = query;
        this.log = new LogScan(ledger.log(), ledger.readers(), LogScan.From.SEGMENTS);
        this.last = new LogScan.Point(head.number(), head.digest());
        this.next = first(ledger, query, head.number());
        this.read = before(ledger, next, head);
    }

    private static long first(Ledger ledger, AuditQuery query, long last) {
        long byTime = query.from()
                .map(from -> new Times(ledger).lastCommitBefore(from) + 1)
                .orElse(0L);
        return Math.min(last + 1, Math.max(query.fromCommit(), byTime));
    }

    /** The commit before the first: that it is the right one shows when the first follows on it. */
    private static LogScan.Point before(Ledger ledger, long first, RegistryState.Head head) {
        if (first == 0) {
            return new LogScan.Point(-1, ledger.format().digest());
        }
        return first > head.number()
                ? new LogScan.Point(head.number(), head.digest())
                : new LogScan.Point(first - 1, ledger.commitDigest(first - 1));
    }

    /** Returns the number of the commit that is looked at next. */
    long position() {
        return next;
    }

    boolean atEnd() {
        return next > last.number();
    }

    /** Returns what is selected of the next commit. */
    List<AuditEntry> next() {
        if (ahead.isEmpty()) {
            ahead.addAll(log.next(read, last));
            StoredCommit newest = ahead.getLast();
            read = new LogScan.Point(newest.record().number(), Digest.of(newest.bytes()));
        }
        StoredCommit commit = ahead.remove();
        Instant time = commit.record().time();
        if (query.until().filter(until -> !time.isBefore(until)).isPresent()) {
            next = last.number() + 1; // time never goes back: nothing that follows is selected
            return List.of();
        }
        next++;
        return query.from().filter(time::isBefore).isPresent() ? List.of() : entries(commit);
    }

    private List<AuditEntry> entries(StoredCommit commit) {
        List<AuditEntry> found = new ArrayList<>();
        List<List<CommitCodec.AuditedOp>> changes =
                CommitCodec.audit(commit.record().number(), commit.bytes());
        for (int i = 0; i < changes.size(); i++) {
            Commit change = commit.record().commit(i);
            if (query.actor().map(change.actor()::equals).orElse(true)) {
                changes.get(i).stream()
                        .filter(this::isSelected)
                        .map(op -> new AuditEntry(change, op.kind(), op.subject(), op.details()))
                        .forEach(found::add);
            }
        }
        return found;
    }

    private boolean isSelected(CommitCodec.AuditedOp op) {
        return (query.kinds().isEmpty() || query.kinds().contains(op.kind()))
                && query.models().map(models -> isAbout(op, models)).orElse(true);
    }

    private static boolean isAbout(CommitCodec.AuditedOp op, Set<ModelName> models) {
        return op.details().get("model") instanceof String name
                && models.stream().anyMatch(model -> model.value().equals(name));
    }
}
