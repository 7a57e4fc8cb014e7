package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.UnavailableException;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.Change;
import io.maas.internal.log.CommitLog;
import io.maas.internal.log.CommitRecord;
import io.maas.internal.log.Format;
import io.maas.internal.log.Op;
import io.maas.internal.log.Readers;
import io.maas.model.Digest;
import io.maas.repository.LogHead;
import io.maas.repository.LogVerification;
import io.maas.repository.LogVerification.Finding;
import io.maas.repository.LogVerification.Part;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Checks a log from its first commit on, reading every commit by itself: hosts start from bases and catch up by segments,
 * so that these are held against the commits and not the other way round. Nothing that is wrong stops this but a commit,
 * since no state follows on it. Used once, by one thread.
 */
final class LogVerifier {
    private final CommitLog log;
    private final Readers readers;
    private final Format format;
    private final RegistryState state;
    private final Set<Long> bases;
    private final Set<Long> segments;
    private final List<Digest> segment = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private boolean broken;

    LogVerifier(CommitLog log, Readers readers, Format format) {
        this.log = log;
        this.readers = readers;
        this.format = format;
        this.state = new RegistryState(format.digest());
        this.bases = new HashSet<>(log.bases());
        this.segments = new HashSet<>(log.segmentsFrom(0));
    }

    /**
     * Checks the whole log.
     *
     * @param known a commit that was seen before, which has to be there
     */
    LogVerification verify(RegistryState.Head known) {
        long hinted = log.hinted(); // read first: what is committed meanwhile is no damage
        while (!broken && (batch(known) || !isEnd(Math.max(hinted, known.number())))) {
            // goes on: a read may miss what another finds
        }
        RegistryState.Head head = state.head();
        return new LogVerification(new LogHead(format.digest(), head.number(), head.digest(), head.time()), findings);
    }

    private boolean batch(RegistryState.Head known) {
        long first = state.head().number() + 1;
        for (Optional<byte[]> bytes : log.read(readers, first, Readers.MOST)) {
            if (bytes.isEmpty()) {
                return false;
            }
            long number = state.head().number() + 1;
            check(number, bytes.get(), known);
            if (broken) {
                return false;
            }
        }
        return true;
    }

    private void check(long number, byte[] read, RegistryState.Head known) {
        byte[] bytes = read;
        Optional<String> problem = apply(number, bytes, known);
        for (int reads = 1; problem.isPresent() && reads < BlobKey.READS; reads++) {
            bytes = log.read(number).orElse(bytes);
            problem = apply(number, bytes, known);
        }
        if (problem.isPresent()) {
            bad(number, problem.get());
            return;
        }
        checkBase(number);
        checkSegment(number, Digest.of(bytes));
    }

    /** Applies a commit, or says why it cannot be one. */
    private Optional<String> apply(long number, byte[] bytes, RegistryState.Head known) {
        Digest digest = Digest.of(bytes);
        try {
            CommitRecord record = CommitLog.follow(number, bytes, state.head().digest());
            requireKnown(record);
            if (record.time().isBefore(state.head().time())) {
                return Optional.of("its time, " + record.time() + ", is before that of the commit before it");
            }
            if (number == known.number() && !digest.equals(known.digest())) {
                return Optional.of("it is another commit than the one that this process has seen");
            }
            state.apply(record, digest);
            return Optional.empty();
        } catch (InvalidInputException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** What a newer platform wrote cannot be checked, which says nothing against it. */
    private static void requireKnown(CommitRecord record) {
        boolean unknown = record.minReader() > CommitLog.LAYOUT;
        for (Change change : record.changes()) {
            unknown |= change.ops().stream().anyMatch(Op.Unknown.class::isInstance);
        }
        if (unknown) {
            throw new UnavailableException(
                    ErrorCode.NEWER_LAYOUT,
                    "verify the log",
                    "commit " + record.number() + " was made by a newer platform, whose layout is not known here",
                    "upgrade the platform");
        }
    }

    private void checkBase(long number) {
        if (!bases.contains(number)) {
            return;
        }
        Optional<byte[]> stored = log.readBase(number);
        try {
            if (stored.isPresent() && !StateCodec.read(stored.get()).equals(state.snapshot())) {
                findings.add(new Finding(Part.BASE, number, "it is not what the commits add up to"));
            }
        } catch (InvalidInputException e) {
            findings.add(new Finding(Part.BASE, number, String.valueOf(e.getMessage())));
        }
    }

    private void checkSegment(long number, Digest digest) {
        segment.add(digest);
        if (segment.size() < CommitLog.SEGMENT) {
            return;
        }
        long first = number + 1 - CommitLog.SEGMENT;
        if (segments.contains(first)) {
            Optional<CommitLog.Segment> stored = log.readSegment(first);
            if (stored.isEmpty()) {
                findings.add(new Finding(Part.SEGMENT, first, "it is damaged"));
            }
            stored.ifPresent(read -> compare(first, read));
        }
        segment.clear();
    }

    private void compare(long first, CommitLog.Segment stored) {
        for (int i = 0; i < CommitLog.SEGMENT; i++) {
            if (!Digest.of(stored.commits().get(i)).equals(segment.get(i))) {
                findings.add(new Finding(Part.SEGMENT, first + i, "it has another commit"));
                return;
            }
        }
    }

    /** Whether there is no commit after those that were read. One that is missing before others is a finding. */
    private boolean isEnd(long acknowledged) {
        long head = state.head().number();
        if (broken) {
            return true;
        }
        for (int reads = 0; reads < BlobKey.READS; reads++) {
            if (log.read(head + 1).isPresent()) {
                return false;
            }
        }
        List<Long> later = log.listAfter(head, 1);
        if (!later.isEmpty()) {
            bad(head + 1, "it is missing, and commit " + later.get(0) + " is there");
        } else if (acknowledged > head) {
            bad(head + 1, "it is missing, and commit " + acknowledged + " was acknowledged");
        }
        return true;
    }

    private void bad(long number, String why) {
        findings.add(new Finding(Part.COMMIT, number, why));
        broken = true;
    }
}
