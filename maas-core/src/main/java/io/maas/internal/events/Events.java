package io.maas.internal.events;

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
        for (int i = 0; i < record.changes().size(); i++) {
            Commit commit = record.commit(i);
            record.changes().get(i).ops().forEach(op -> event(commit, op).ifPresent(events::add));
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
        } else if (op instanceof Op.SetTraffic set) {
            return Optional.of(
                    new RepositoryEvent.TrafficChanged(commit, set.name(), set.alias(), set.primary(), set.traffic()));
        } else if (op instanceof Op.Hold hold) {
            return Optional.of(new RepositoryEvent.HoldChanged(commit, hold.name(), hold.held()));
        } else if (op instanceof Op.SetLifecycle set) {
            return Optional.of(
                    new RepositoryEvent.LifecycleChanged(commit, set.name(), set.version(), set.from(), set.to()));
        } else if (op instanceof Op.Approve approve) {
            return Optional.of(
                    new RepositoryEvent.ApprovalChanged(commit, approve.name(), approve.version(), approve.approved()));
        } else if (op instanceof Op.SetPolicy set) {
            return Optional.of(new RepositoryEvent.PolicyChanged(commit, set.model(), set.policy()));
        } else if (op instanceof Op.Trust trust) {
            return Optional.of(new RepositoryEvent.KeyTrusted(commit, trust.key()));
        } else if (op instanceof Op.Distrust distrust) {
            return Optional.of(new RepositoryEvent.KeyDistrusted(commit, distrust.id()));
        } else if (op instanceof Op.Grant grant) {
            return Optional.of(new RepositoryEvent.AccessGranted(commit, grant.key()));
        } else if (op instanceof Op.Revoke revoke) {
            return Optional.of(new RepositoryEvent.AccessRevoked(commit, revoke.id()));
        } else if (op instanceof Op.Condemn condemn) {
            return Optional.of(
                    new RepositoryEvent.FilesCondemned(commit, condemn.blobs().size()));
        } else if (op instanceof Op.Collected collected) {
            return Optional.of(new RepositoryEvent.FilesCollected(commit, collected.through()));
        }
        return Optional.empty(); // of a newer platform: following ends before such a commit
    }
}
