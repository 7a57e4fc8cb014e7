package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.NotFoundException;
import io.maas.error.UnavailableException;
import io.maas.internal.log.Change;
import io.maas.internal.log.CommitCodec;
import io.maas.internal.log.CommitLog;
import io.maas.internal.log.CommitRecord;
import io.maas.internal.log.Op;
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
    private final Digest format;
    private final RegistryState state;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<BiConsumer<Long, Collection<ModelName>>> listeners = new CopyOnWriteArrayList<>();
    /** The commit of a newer layout at which this stopped following. */
    private volatile @Nullable Long newer;

    private volatile @Nullable InvalidInputException broken;
    private long baseBytes;
    private long segmentBytesSinceBase;
    private long nextSegment;

    Ledger(CommitLog log, Digest format) {
        this.log = log;
        this.format = format;
        this.state = new RegistryState(format);
    }

    CommitLog log() {
        return log;
    }

    /** The digest that the first commit follows on. */
    Digest format() {
        return format;
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
        return CommitCodec.read(
                number,
                log.read(number)
                        .orElseThrow(() -> new InvalidInputException(
                                ErrorCode.BROKEN_CHAIN,
                                "read commit " + number,
                                "it is missing",
                                "restore the log from a copy of the store")));
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

    /** Tells whether every commit so far was understood. */
    boolean followsAll() {
        return newer == null;
    }

    /** Reads everything that is in the store. */
    void load() {
        lock.lock();
        try {
            new Loader(log, this).load();
        } finally {
            lock.unlock();
        }
    }

    /** Reads what was committed since; returns the head. */
    long refresh() {
        lock.lock();
        try {
            requireIntact();
            if (followsAll()) {
                catchUp();
            }
            return state.head().number();
        } catch (InvalidInputException e) {
            broken = e;
            throw e;
        } finally {
            lock.unlock();
        }
    }

    private void catchUp() {
        long next = state.head().number() + 1;
        Optional<byte[]> bytes = log.read(next);
        while (bytes.isPresent() && follow(next, bytes.get())) {
            next++;
            bytes = log.read(next);
        }
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
        Collection<ModelName> changed = state.apply(record, Digest.of(bytes));
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
        Long stopped = newer;
        if (stopped != null) {
            throw new UnavailableException(
                    ErrorCode.NEWER_LAYOUT,
                    "change the registry",
                    "commit " + stopped + " was made by a newer platform, whose layout is not known here",
                    "upgrade the platform");
        }
    }

    /** Tells whether some change was made with a token. */
    boolean isUsed(String token) {
        lock.lock();
        try {
            return state.token(token) != null;
        } finally {
            lock.unlock();
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
        List<byte[]> commits = new ArrayList<>(CommitLog.SEGMENT);
        for (long n = first; n < first + CommitLog.SEGMENT; n++) {
            long number = n;
            commits.add(log.read(n)
                    .orElseThrow(() -> new InvalidInputException(
                            ErrorCode.BROKEN_CHAIN,
                            "fold a segment of " + log,
                            "commit " + number + " is missing",
                            "restore the log from a copy of the store")));
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
