package io.maas.internal.registry;

import io.maas.error.CommitStateUnknownException;
import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.internal.log.Change;
import io.maas.internal.log.CommitCodec;
import io.maas.internal.log.CommitLog;
import io.maas.internal.log.CommitRecord;
import io.maas.internal.log.Op;
import io.maas.repository.Commit;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The commit loop. One commit of this process is in flight at a time; changes that other threads ask for meanwhile wait,
 * and ride together in the next one, so the cost of the store's round trip is shared by all of them.
 *
 * <p>Each round decides every waiting change against the newest state, writes one commit, and starts over for the changes
 * that are left if another process took the number. A change is refused, done, or unknown; when it is unknown its token
 * tells the outcome later.
 *
 * <p>What needs no write, a refusal or that something is so already, is answered when the commit of its round is durable:
 * it may rest on a change in that commit, and the commit proves that the state was the newest. A round without a commit
 * asks the store instead.
 */
final class Committer {
    private static final int MOST_CHANGES = 256;

    private final Ledger ledger;
    private final Clock clock;
    private final CommitLog.Pauses pauses;
    private final Duration timeout;
    private final Courtesy courtesy;
    private final ConcurrentLinkedQueue<Pending<?>> waiting = new ConcurrentLinkedQueue<>();

    Committer(Ledger ledger, Clock clock, CommitLog.Pauses pauses, Duration timeout) {
        this.ledger = ledger;
        this.clock = clock;
        this.pauses = pauses;
        this.timeout = timeout;
        this.courtesy = new Courtesy(pauses);
    }

    private static final class Pending<T> {
        final Proposal<T> proposal;
        // written by whoever leads the round, read after taking the same lock
        @Nullable
        T result;

        @Nullable
        RuntimeException error;

        boolean done;

        Pending(Proposal<T> proposal) {
            this.proposal = proposal;
        }

        void complete(T value) {
            result = value;
            done = true;
        }

        void completeFrom(Commit commit, List<Op> ops) {
            complete(proposal.result().apply(commit, ops));
        }

        void fail(RuntimeException cause) {
            error = cause;
            done = true;
        }
    }

    /** Makes the change, and returns when it is durable. */
    <T> T commit(Proposal<T> proposal) {
        Pending<T> mine = new Pending<>(proposal);
        waiting.add(mine);
        boolean polite = true;
        ledger.lock().lock();
        try {
            while (!mine.done) {
                if (polite && courtesy.nanosLeft() > 0) {
                    polite = pauseUnlocked();
                } else {
                    round();
                }
            }
        } finally {
            ledger.lock().unlock();
        }
        if (mine.error != null) {
            throw mine.error;
        }
        return Objects.requireNonNull(mine.result);
    }

    /** Lets go of the lock for a moment, in which another thread may make this one's change. False if it was interrupted. */
    private boolean pauseUnlocked() {
        ledger.lock().unlock();
        try {
            return courtesy.pause();
        } finally {
            ledger.lock().lock();
        }
    }

    private void round() {
        List<Pending<?>> members = gather();
        Round round = new Round(pauses.nanoTime() + timeout.toNanos());
        try {
            ledger.requireWritable();
            while (!members.isEmpty() && !attempt(members, round)) {
                members.removeIf(member -> member.done);
            }
        } catch (MaasException e) {
            fail(members, e);
        } catch (RuntimeException | Error e) {
            // A store that fails in a way it should not says nothing about the write, and nobody may wait forever.
            for (Pending<?> member : members) {
                if (!member.done) {
                    member.fail(new CommitStateUnknownException(member.proposal.token(), "the store failed, " + e, e));
                }
            }
        }
    }

    /** Takes what waits, but of changes with one token only the first: the others are answered from its commit. */
    private List<Pending<?>> gather() {
        List<Pending<?>> members = new ArrayList<>();
        List<Pending<?>> later = new ArrayList<>();
        Set<String> tokens = new HashSet<>();
        Pending<?> next = waiting.poll();
        while (next != null) {
            (tokens.add(next.proposal.token()) ? members : later).add(next);
            next = members.size() < MOST_CHANGES ? waiting.poll() : null;
        }
        waiting.addAll(later);
        return members;
    }

    private static void fail(List<Pending<?>> members, RuntimeException cause) {
        members.stream().filter(member -> !member.done).forEach(member -> member.fail(cause));
    }

    /** Writes one commit for the members that are not refused. Returns false if another process was faster. */
    private boolean attempt(List<Pending<?>> members, Round round) {
        RegistryState state = ledger.state();
        RegistryState.Head head = state.head();
        long number = head.number() + 1;
        List<Change> changes = new ArrayList<>();
        List<Pending<?>> writers = new ArrayList<>();
        Draft draft = state.draft();
        Instant time = draft.time(clock.instant());
        List<Runnable> answers = new ArrayList<>();
        for (Pending<?> member : members) {
            int before = changes.size();
            draft = decide(member, draft, new Slot(number, time), changes, answers);
            if (changes.size() > before) {
                writers.add(member);
            }
        }
        if (changes.isEmpty()) {
            if (ledger.refresh() != head.number()) {
                return false;
            }
            ledger.requireWritable();
            answers.forEach(Runnable::run);
            return true;
        }
        CommitRecord record = new CommitRecord(number, head.digest(), time, 1, changes);
        byte[] bytes = CommitCodec.write(record);
        if (bytes.length > CommitLog.LONGEST_COMMIT) {
            return tooLong(members, bytes.length);
        }
        round.tries++;
        long asked = pauses.nanoTime();
        CommitLog.Outcome outcome = ledger.log().append(number, bytes, round.deadline);
        if (outcome instanceof CommitLog.Outcome.Committed) {
            courtesy.committed(number, round.tries, pauses.nanoTime() - asked);
            ledger.applied(record, bytes);
            for (int i = 0; i < writers.size(); i++) {
                complete(writers.get(i), record.commit(i), changes.get(i).ops());
            }
            answers.forEach(Runnable::run);
            return true;
        } else if (outcome instanceof CommitLog.Outcome.Taken taken) {
            ledger.follow(number, taken.bytes());
            ledger.refresh();
            ledger.requireWritable();
            return false;
        }
        CommitLog.Outcome.Unknown unknown = (CommitLog.Outcome.Unknown) outcome;
        for (Pending<?> member : members) {
            member.fail(new CommitStateUnknownException(
                    member.proposal.token(), "the store did not answer for " + timeout, unknown.cause()));
        }
        return true;
    }

    /** Refuses what nobody could read again; where several ride together, each may try by itself. */
    private boolean tooLong(List<Pending<?>> members, int length) {
        if (members.size() > 1) {
            members.subList(1, members.size()).forEach(waiting::add);
            members.subList(1, members.size()).clear();
            return false;
        }
        fail(
                members,
                new InvalidInputException(
                        ErrorCode.BAD_SETTING,
                        "make the change",
                        "its commit would have " + length + " bytes, more than " + CommitLog.LONGEST_COMMIT,
                        "do it in parts"));
        return true;
    }

    /** Tells one member of its change, which is durable: whatever goes wrong in that touches nobody else and nothing else. */
    private static void complete(Pending<?> member, Commit commit, List<Op> ops) {
        try {
            member.completeFrom(commit, ops);
        } catch (RuntimeException e) {
            member.fail(new CommitStateUnknownException(
                    member.proposal.token(),
                    "it was made in commit " + commit.number() + ", and what came of it cannot be told, " + e,
                    e));
        }
    }

    /** What one round goes by. */
    private static final class Round {
        /** When to give up. */
        private final long deadline;

        private int tries;

        Round(long deadline) {
            this.deadline = deadline;
        }
    }

    private record Slot(long number, Instant time) {}

    /** Adds the change of one member, or what to answer without one. Returns the draft after it. */
    private <T> Draft decide(Pending<T> member, Draft draft, Slot slot, List<Change> changes, List<Runnable> answers) {
        Proposal<T> proposal = member.proposal;
        try {
            Tokens.Use use = ledger.state().token(proposal.token());
            if (use != null) {
                T outcome = outcome(proposal, use);
                answers.add(() -> member.complete(outcome));
                return draft;
            }
            Proposal.Decision<T> decision = proposal.decide().apply(draft);
            if (decision instanceof Proposal.Decision.Already<T> already) {
                answers.add(() -> member.complete(already.result()));
                return draft;
            }
            List<Op> ops = ((Proposal.Decision.Write<T>) decision).ops();
            Change change = new Change(proposal.token(), proposal.intent(), proposal.actor(), proposal.reason(), ops);
            Commit commit = new Commit(slot.number(), changes.size(), slot.time(), change.actor(), change.reason());
            Draft next = draft.copy().apply(commit, ops);
            changes.add(change);
            return next;
        } catch (RuntimeException e) {
            answers.add(() -> member.fail(e)); // its own fault, and not that of those who ride along
            return draft;
        }
    }

    /** Returns the outcome of the first change with a token. */
    private <T> T outcome(Proposal<T> proposal, Tokens.Use use) {
        if (!use.intent().equals(proposal.intent())) {
            throw new ConflictException(
                    ErrorCode.TOKEN_REUSED,
                    "make the change",
                    "its token '" + proposal.token() + "' was used for another change in commit " + use.commit(),
                    "use a new token for each change, and the same one only to repeat it");
        }
        return made(use, proposal.token(), proposal.result());
    }

    /** Returns the commit of the change that was made with a token, if that is remembered. */
    Optional<Commit> made(String token) {
        return ledger.use(token).map(use -> made(use, token, (commit, ops) -> commit));
    }

    private <T> T made(Tokens.Use use, String token, BiFunction<Commit, List<Op>, T> result) {
        CommitRecord record = ledger.log()
                .read(use.commit())
                .map(bytes -> CommitCodec.read(use.commit(), bytes))
                .orElseThrow(() -> missing(use.commit(), "is missing"));
        for (int i = 0; i < record.changes().size(); i++) {
            Change change = record.changes().get(i);
            if (change.token().equals(token)) {
                return result.apply(record.commit(i), change.ops());
            }
        }
        throw missing(use.commit(), "does not have it");
    }

    private static ConflictException missing(long commit, String why) {
        return new ConflictException(
                ErrorCode.BROKEN_CHAIN,
                "tell the outcome of an earlier change",
                "commit " + commit + " " + why,
                "restore the log from a copy of the store");
    }
}
