package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.error.NotFoundException;
import io.maas.error.UnavailableException;
import io.maas.internal.log.Change;
import io.maas.internal.log.CommitCodec;
import io.maas.internal.log.CommitLog;
import io.maas.internal.log.CommitRecord;
import io.maas.internal.log.Format;
import io.maas.internal.log.Op;
import io.maas.internal.log.Readers;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log and the state it adds up to, kept together: what follows on the log is applied to the state, in order, under
 * one lock. Reading the state takes no lock.
 */
final class Ledger {
    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    private final CommitLog log;
    private final Readers readers;
    private final Format format;
    private final RegistryState state;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<BiConsumer<Long, Collection<ModelName>>> listeners = new CopyOnWriteArrayList<>();
    private volatile BiConsumer<CommitRecord, byte[]> follower = (record, bytes) -> {};
    private volatile Runnable onHead = () -> {};
    /** The commit of a newer layout at which this stopped following. */
    private volatile @Nullable Long newer;

    private volatile @Nullable InvalidInputException broken;
    /** Set while the state is what this host knew, and the store has not confirmed it. */
    private volatile @Nullable Confirmation unconfirmed;
    /** Why the store could not be followed the last time, if it could not. */
    private volatile @Nullable String lost;

    private long baseBytes;
    private long segmentBytesSinceBase;
    private long nextSegment;

    Ledger(CommitLog log, Readers readers, Format format) {
        this.log = log;
        this.readers = readers;
        this.format = format;
        this.state = new RegistryState(format.digest());
    }

    CommitLog log() {
        return log;
    }

    /** What the first commit follows on. */
    Format format() {
        return format;
    }

    Readers readers() {
        return readers;
    }

    /**
     * Reads one commit of those that are part of the state.
     *
     * @throws NotFoundException if there is no such commit
     */
    CommitRecord commit(long number) {
        if (number < 0 || number > state.head().number()) {
            throw new NotFoundException(
                    ErrorCode.UNKNOWN_RECORD,
                    "read commit " + number,
                    "the log has commits 0 to " + state.head().number(),
                    "name one of these");
        }
        return CommitCodec.read(number, bytes(number));
    }

    /** Returns the digest of a commit as it is stored. */
    Digest commitDigest(long number) {
        return Digest.of(bytes(number));
    }

    private byte[] bytes(long number) {
        return log.read(number)
                .orElseThrow(() -> new InvalidInputException(
                        ErrorCode.BROKEN_CHAIN,
                        "read commit " + number,
                        "it is missing",
                        "restore the log from a copy of the store"));
    }

    RegistryState state() {
        return state;
    }

    ReentrantLock lock() {
        return lock;
    }

    /** Calls {@code listener} with each commit's number and the models it changed, in order and under the lock. */
    void onCommit(BiConsumer<Long, Collection<ModelName>> listener) {
        listeners.add(listener);
    }

    /**
     * Calls {@code next} with each commit and its bytes just before it is applied, in order and under the lock, and {@code
     * head} when it was, or the store has confirmed what this host started from. Neither may fail.
     */
    void onRecord(BiConsumer<CommitRecord, byte[]> next, Runnable head) {
        follower = next;
        onHead = head;
    }

    /** Returns the newest commit that can be read from the store as this knows it; -1 until the store is confirmed. */
    long readable() {
        return unconfirmed == null ? head() : -1;
    }

    /** Tells whether every commit so far was understood. */
    boolean followsAll() {
        return newer == null;
    }

    /** Reads everything that is in the store. */
    void load() {
        lock.lock();
        try {
            new Loader(log, readers, this).load();
        } finally {
            lock.unlock();
        }
    }

    /** Starts with what this host knows, until the store confirms it. */
    void assume(KnownState.Known known, Confirmation confirmation, UnavailableException cause) {
        lock.lock();
        try {
            restore(known.snapshot(), 0);
            unconfirmed = confirmation;
            lost = cause.getMessage();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the newest state, for this host to know. */
    KnownState.Known known() {
        lock.lock();
        try {
            return new KnownState.Known(format.digest(), state.snapshot());
        } finally {
            lock.unlock();
        }
    }

    /** Tells whether the log is known to be the one that this follows, so that something may be added to it. */
    boolean isConfirmed() {
        return unconfirmed == null && broken == null;
    }

    /** Returns why the newest commits may not be known here, if they may not. */
    Optional<String> stale() {
        InvalidInputException error = broken;
        Long stopped = newer;
        if (error != null) {
            return Optional.of(String.valueOf(error.getMessage()));
        } else if (stopped != null) {
            return Optional.of("commit " + stopped + " was made by a newer platform");
        }
        return Optional.ofNullable(lost);
    }

    /** Reads what was committed since; returns the head. */
    long refresh() {
        lock.lock();
        try {
            requireIntact();
            confirm();
            if (followsAll()) {
                new Tail(log, readers, this).follow();
            }
            lost = null;
            return state.head().number();
        } catch (InvalidInputException e) {
            if (broken == null) {
                broken = e;
                LOG.error("{} cannot be followed any more; models go on serving as of commit {}", log, head(), e);
            }
            throw e;
        } catch (RuntimeException e) {
            lost = e instanceof MaasException ? e.getMessage() : e.toString();
            throw e;
        } finally {
            lock.unlock();
        }
    }

    long head() {
        return state.head().number();
    }

    /** Makes sure that the store has what this host started from; after that, it is followed as any other. */
    private void confirm() {
        Confirmation open = unconfirmed;
        if (open == null) {
            return;
        }
        open.check();
        long hinted = log.hinted();
        List<Long> segments = log.segmentsFrom(0);
        new Loader(log, readers, this).loadTail();
        Loader.requireHinted(log, hinted, this);
        // what this host knew says nothing of which segments there are
        nextSegment = segments.isEmpty() ? 0 : segments.get(segments.size() - 1) + CommitLog.SEGMENT;
        unconfirmed = null;
        onHead.run();
        LOG.info("The store {} can be reached again; models are served as of commit {}", log, head());
    }

    /**
     * Applies the commit that follows on the head. The caller holds the lock.
     *
     * @return false if it is of a newer layout; this then stops following
     */
    boolean follow(long number, byte[] bytes) {
        CommitRecord record = CommitLog.follow(number, bytes, state.head().digest());
        if (record.minReader() > CommitLog.LAYOUT || hasUnknown(record)) {
            newer = number;
            LOG.error(
                    "Commit {} of {} was made by a newer platform. Models go on serving as of commit {}; upgrade to follow",
                    number,
                    log,
                    number - 1);
            return false;
        }
        applied(record, bytes);
        return true;
    }

    private static boolean hasUnknown(CommitRecord record) {
        for (Change change : record.changes()) {
            if (change.ops().stream().anyMatch(Op.Unknown.class::isInstance)) {
                return true;
            }
        }
        return false;
    }

    /** Applies a commit that is known to follow on the head. The caller holds the lock. */
    void applied(CommitRecord record, byte[] bytes) {
        follower.accept(record, bytes); // before whoever waits for the head can ask for it
        Collection<ModelName> changed = state.apply(record, Digest.of(bytes));
        onHead.run();
        for (BiConsumer<Long, Collection<ModelName>> listener : listeners) {
            try {
                listener.accept(record.number(), changed);
            } catch (RuntimeException e) {
                // the commit is durable and applied: a listener cannot undo it
                LOG.error("A listener failed on commit {} of {}", record.number(), log, e);
            }
        }
    }

    /** Throws if no change can be made here any more. */
    void requireWritable() {
        requireIntact();
        requireConfirmed();
        Long stopped = newer;
        if (stopped != null) {
            throw new UnavailableException(
                    ErrorCode.NEWER_LAYOUT,
                    "change the registry",
                    "commit " + stopped + " was made by a newer platform, whose layout is not known here",
                    "upgrade the platform");
        }
    }

    /** Returns what a token was used for, if that is remembered. */
    Optional<Tokens.Use> use(String token) {
        lock.lock();
        try {
            return Optional.ofNullable(state.token(token));
        } finally {
            lock.unlock();
        }
    }

    /** Asks the store to confirm what this host started from, and throws if it does not. */
    void requireConfirmed() {
        if (unconfirmed == null) {
            return;
        }
        try {
            refresh();
        } catch (InvalidInputException diverged) {
            throw diverged;
        } catch (MaasException e) {
            throw new UnavailableException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "change the registry",
                    "the store was not reached since the platform was opened, which serves what this host knows: "
                            + e.getMessage(),
                    "make the change when the store answers again",
                    e);
        }
    }

    private void requireIntact() {
        InvalidInputException error = broken;
        if (error != null) {
            throw new InvalidInputException(
                    error.code(),
                    "use the registry",
                    "its log is damaged: " + error.getMessage(),
                    "restore the log from a copy of the store",
                    error);
        }
    }

    // ---- bases and segments

    void restore(RegistryState.Snapshot snapshot, int storedBytes) {
        state.restore(snapshot);
        baseBytes = storedBytes;
        segmentBytesSinceBase = 0;
        // segments are written before the base that covers them
        nextSegment =
                snapshot.head().number() + 1 - Math.floorMod(snapshot.head().number() + 1, CommitLog.SEGMENT);
    }

    void countSegment(long first, int storedBytes) {
        nextSegment = Math.max(nextSegment, first + CommitLog.SEGMENT);
        segmentBytesSinceBase += storedBytes;
    }

    /**
     * Folds whole segments, and writes a base when the segments since the last one outweigh a quarter of it, so that what
     * is written for bases stays in proportion to what is written for commits. One thread at a time: what is written is
     * created once, and would be made twice for nothing.
     */
    synchronized void compact() {
        while (followsAll()
                && nextSegment + CommitLog.SEGMENT - 1 <= state.head().number()) {
            fold(nextSegment);
        }
        // after all segments: a host that starts from a base takes those before it to be there
        if (segmentBytesSinceBase * 4 > baseBytes) {
            writeBase();
        }
    }

    private void fold(long first) {
        Optional<CommitLog.Segment> there = log.readSegment(first);
        if (there.isPresent()) {
            countSegment(first, there.get().storedBytes()); // another host was faster
            return;
        }
        List<byte[]> commits = new ArrayList<>(CommitLog.SEGMENT);
        while (commits.size() < CommitLog.SEGMENT) {
            long from = first + commits.size();
            for (Optional<byte[]> commit : log.read(readers, from, Readers.MOST)) {
                long number = first + commits.size();
                commits.add(commit.orElseThrow(() -> new InvalidInputException(
                        ErrorCode.BROKEN_CHAIN,
                        "fold a segment of " + log,
                        "commit " + number + " is missing",
                        "restore the log from a copy of the store")));
            }
        }
        countSegment(first, log.writeSegment(first, commits));
    }

    private void writeBase() {
        RegistryState.Snapshot snapshot;
        lock.lock();
        try {
            snapshot = state.snapshot();
        } finally {
            lock.unlock();
        }
        byte[] bytes = StateCodec.write(snapshot);
        log.writeBase(snapshot.head().number(), bytes);
        baseBytes = bytes.length;
        segmentBytesSinceBase = 0;
    }
}
