package io.maas.internal.registry;

import io.maas.internal.log.CommitCodec;
import io.maas.internal.log.Cursor;
import io.maas.internal.log.Recent;
import io.maas.internal.log.StoredCommit;
import io.maas.model.ModelName;
import io.maas.repository.AuditEntry;
import io.maas.repository.AuditQuery;
import io.maas.repository.Commit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Goes through the log and picks what a query selects, a commit at a time. Used by one thread. */
final class AuditScan {
    private final AuditQuery query;
    private final long last;
    private final Cursor cursor;
    private long next;

    /**
     * Starts where the first commit can be that is selected.
     *
     * @param last the commit after which nothing is looked at
     */
    AuditScan(Ledger ledger, AuditQuery query, long last) {
        this.query = query;
        this.last = last;
        this.next = first(ledger, query, last);
        this.cursor = new Cursor(ledger.log(), ledger.readers(), new Recent(), next);
    }

    private static long first(Ledger ledger, AuditQuery query, long last) {
        long byTime = query.from()
                .map(from -> new Times(ledger).lastCommitBefore(from) + 1)
                .orElse(0L);
        return Math.min(last + 1, Math.max(query.fromCommit(), byTime));
    }

    /** Returns the number of the commit that is looked at next. */
    long position() {
        return next;
    }

    boolean atEnd() {
        return next > last;
    }

    /** Returns what is selected of the next commit. */
    List<AuditEntry> next() {
        StoredCommit commit = cursor.next(last);
        Instant time = commit.record().time();
        if (query.until().filter(until -> !time.isBefore(until)).isPresent()) {
            next = last + 1; // time never goes back: nothing that follows is selected
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
                && query.model().map(model -> isAbout(op, model)).orElse(true);
    }

    private static boolean isAbout(CommitCodec.AuditedOp op, ModelName model) {
        return Optional.ofNullable(op.details().get("model"))
                .filter(model.value()::equals)
                .isPresent();
    }
}
