package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.log.CommitCodec;
import io.maas.internal.log.CommitRecord;
import io.maas.model.ModelName;
import io.maas.model.Names;
import io.maas.repository.AliasMove;
import io.maas.repository.AuditEntry;
import io.maas.repository.Commit;
import io.maas.repository.ModelVersion;
import io.maas.repository.RepositoryView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the registry said earlier, read from the log. */
final class Past {
    private final Ledger ledger;
    private final Contents contents;

    Past(Ledger ledger, Contents contents) {
        this.ledger = ledger;
        this.contents = contents;
    }

    /** Operations from a commit on, about so many: a commit is never split. */
    List<AuditEntry> audit(long fromCommit, int limit) {
        List<AuditEntry> entries = new ArrayList<>();
        long head = ledger.head();
        for (long n = fromCommit; n <= head && entries.size() < limit; n++) {
            long number = n;
            byte[] bytes = ledger.log()
                    .read(n)
                    .orElseThrow(() -> new InvalidInputException(
                            ErrorCode.BROKEN_CHAIN,
                            "read the audit log",
                            "commit " + number + " is missing",
                            "restore the log from a copy of the store"));
            CommitRecord record = CommitCodec.read(n, bytes);
            List<List<CommitCodec.AuditedOp>> audited = CommitCodec.audit(n, bytes);
            for (int i = 0; i < audited.size(); i++) {
                Commit commit = record.commit(i);
                audited.get(i)
                        .forEach(op -> entries.add(new AuditEntry(commit, op.kind(), op.subject(), op.details())));
            }
        }
        return entries;
    }

    RepositoryView at(long commit) {
        ledger.commit(commit); // says what is wrong with the number
        return new StateView(stateAt(commit), contents);
    }

    private RegistryState stateAt(long commit) {
        Ledger past = new Ledger(ledger.log(), ledger.readers(), ledger.format());
        new Loader(ledger.log(), ledger.readers(), past).loadThrough(commit);
        return past.state();
    }

    Optional<ModelVersion> productionAt(ModelName name, Instant time) {
        Optional<ModelState> model = ledger.state().model(name);
        Optional<AliasState> alias = model.flatMap(state -> state.alias(Names.PRODUCTION));
        if (alias.isEmpty()) {
            return Optional.empty(); // an alias that ever pointed at something is remembered
        }
        List<AliasMove> moves = alias.get().moves();
        for (int i = moves.size() - 1; i >= 0; i--) {
            if (!moves.get(i).commit().time().isAfter(time)) {
                return moves.get(i).to().flatMap(model.get()::version).map(version -> version.of(name));
            }
        }
        if (moves.get(0).from().isEmpty() && moves.size() < AliasState.KEPT) {
            return Optional.empty(); // these are all its moves
        }
        long commit = lastCommitUntil(time);
        return commit < 0
                ? Optional.empty()
                : stateAt(commit)
                        .model(name)
                        .flatMap(state -> state.current(Names.PRODUCTION)
                                .flatMap(state::version)
                                .map(version -> version.of(name)));
    }

    /** The last commit that was made at a time or before, which a search finds since time never goes back; -1 if none. */
    private long lastCommitUntil(Instant time) {
        long low = -1;
        long high = ledger.state().head().number();
        while (low < high) {
            long middle = low + (high - low + 1) / 2;
            if (timeOf(middle).isAfter(time)) {
                high = middle - 1;
            } else {
                low = middle;
            }
        }
        return low;
    }

    private Instant timeOf(long number) {
        return ledger.commit(number).time();
    }
}
