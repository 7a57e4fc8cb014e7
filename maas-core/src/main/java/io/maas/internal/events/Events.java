package io.maas.internal.events;

import io.maas.internal.log.Change;
import io.maas.internal.log.CommitRecord;
import io.maas.internal.log.Op;
import io.maas.repository.AliasMove;
import io.maas.repository.Commit;
import io.maas.repository.ModelVersion;
import io.maas.repository.RepositoryEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the operations of a commit are to those who listen. */
final class Events {
    private Events() {}

    static List<RepositoryEvent> of(CommitRecord record) {
        List<RepositoryEvent> events = new ArrayList<>();
        for (Change change : record.changes()) {
            Commit commit = record.commit(change);
            change.ops().forEach(op -> event(commit, op).ifPresent(events::add));
        }
        return events;
    }

    private static Optional<RepositoryEvent> event(Commit commit, Op op) {
        if (op instanceof Op.Register register) {
            return Optional.of(new RepositoryEvent.Registered(
                    commit,
                    new ModelVersion(
                            register.name(),
                            register.version(),
                            register.digest(),
                            register.size(),
                            commit.number(),
                            commit.time(),
                            commit.actor())));
        } else if (op instanceof Op.Attach attach) {
            return Optional.of(new RepositoryEvent.Attached(commit, attach.name(), attach.version(), attach.fact()));
        } else if (op instanceof Op.MoveAlias move) {
            return Optional.of(new RepositoryEvent.AliasMoved(
                    new AliasMove(commit, move.name(), move.alias(), move.kind(), move.from(), move.to())));
        }
        return Optional.empty(); // of a newer platform: following ends before such a commit
    }
}
