package io.maas.internal.log;

import io.maas.error.AmbiguousWriteException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.model.Digest;
import io.maas.spi.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The log in the store: one object for each commit, created once. The number is taken by whoever creates the object
 * first, which makes {@link ObjectStore#createIfAbsent} the only atomic step of the whole platform.
 *
 * <p>{@link #append} must follow three rules, each of which an earlier registry has broken with data lost. A write whose
 * outcome is unknown is repeated with the same number and the same bytes, never another. A read that finds nothing after
 * such a write proves nothing, since the write may still land. And once the outcome is unknown for good, nothing is
 * deleted or undone. Thread-safe.
 */
public final class CommitLog {
    /** The layout that this platform reads and writes. */
    public static final int LAYOUT = 1;

    /** Commits in one segment. */
    public static final int SEGMENT = 256;

    /** The most bytes of one commit; a segment with a longer one is taken for damaged. */
    public static final int LONGEST_COMMIT = 64 << 20;

    private static final String HINT = "hint/last";

    private final ObjectStore store;
    private final String namespace;
    private final Pauses pauses;

    /** Waits between tries; tests do not. */
    public interface Pauses {
        /** Returns the nanoseconds of a clock that only goes forward. */
        long nanoTime();

        /** Waits before the given try, counted from 1. */
        void beforeTry(int attempt) throws InterruptedException;

        /** Waits. */
        void pause(long nanos) throws InterruptedException;
    }

    /** Creates a view of the log in {@code namespace}. */
    public CommitLog(ObjectStore store, String namespace, Pauses pauses) {
        this.store = store;
        this.namespace = namespace;
        this.pauses = pauses;
    }

    /** What became of an append. */
    public sealed interface Outcome {
        /** The commit is durable under this number. */
        record Committed() implements Outcome {}

        /**
         * Somebody else's commit has this number.
         *
         * @param bytes theirs
         */
        record Taken(byte[] bytes) implements Outcome {}

        /**
         * The deadline passed and the commit may be there, now or later.
         *
         * @param cause the store's last answer
         */
        record Unknown(MaasException cause) implements Outcome {}
    }

    /**
     * Tries to make {@code bytes} commit {@code number}. An interrupt does not end this, since the changes of other threads
     * may ride along; the thread is interrupted again afterwards.
     *
     * @param deadline in the terms of {@link Pauses#nanoTime}
     * @throws UnavailableException if nothing was written and nothing will be
     */
    public Outcome append(long number, byte[] bytes, long deadline) {
        Tries tries = new Tries(deadline);
        AmbiguousWriteException unknown = null;
        try {
            do {
                try {
                    return attempt(number, bytes);
                } catch (AmbiguousWriteException e) {
                    unknown = e;
                } catch (MaasException e) {
                    // Definite for this try alone: an earlier one may still land, and only its number can tell. A store
                    // that gave up because of an interrupt has written nothing either.
                    boolean interrupted = tries.wasInterrupted() && e instanceof UnavailableException;
                    if (unknown == null && !interrupted) {
                        throw e;
                    }
                }
            } while (tries.again());
        } finally {
            tries.end();
        }
        if (unknown == null) {
            throw new UnavailableException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "commit",
                    "the thread was interrupted over and over",
                    "commit again from a thread that is not");
        }
        return new Outcome.Unknown(unknown);
    }

    private Outcome attempt(long number, byte[] bytes) {
        String key = commitKey(number);
        if (store.createIfAbsent(key, source(bytes))) {
            return new Outcome.Committed();
        }
        byte[] there = store.get(key).orElseThrow(() -> CommitCodec.broken(number, "it was there and is gone", null));
        return Arrays.equals(there, bytes) ? new Outcome.Committed() : new Outcome.Taken(there);
    }

    /**
     * Creates an object unless there is one, repeating the same write until the outcome is definite.
     *
     * @param deadline in the terms of {@link Pauses#nanoTime}
     * @return whether the last try created it; if not, an earlier one may have, or somebody else has
     */
    public boolean create(String relativeKey, ObjectStore.Source content, long deadline) {
        Tries tries = new Tries(deadline);
        AmbiguousWriteException last;
        try {
            do {
                try {
                    return store.createIfAbsent(key(relativeKey), content);
                } catch (AmbiguousWriteException e) {
                    last = e;
                }
            } while (tries.again());
        } finally {
            tries.end();
        }
        throw last;
    }

    /** Counts tries until a deadline, and keeps interrupts for later. */
    private final class Tries {
        private final long deadline;
        private int attempt = 1;
        private boolean interrupted = Thread.interrupted();

        Tries(long deadline) {
            this.deadline = deadline;
        }

        boolean wasInterrupted() {
            boolean now = Thread.interrupted();
            interrupted |= now;
            return now;
        }

        /** Waits before the next try; false if there is no time for one. */
        boolean again() {
            interrupted |= Thread.interrupted();
            if (pauses.nanoTime() - deadline >= 0) {
                return false;
            }
            attempt++;
            try {
                pauses.beforeTry(attempt);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            return true;
        }

        void end() {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns the bytes of a commit, if it exists. */
    public Optional<byte[]> read(long number) {
        return store.get(commitKey(number));
    }

    /** Returns the bytes of {@code count} commits from {@code first} on, read at once; nothing where there is none. */
    public List<Optional<byte[]>> read(Readers readers, long first, int count) {
        List<Supplier<Optional<byte[]>>> reads = new ArrayList<>(count);
        for (long n = first; n < first + count; n++) {
            long number = n;
            reads.add(() -> read(number));
        }
        return readers.all(reads);
    }

    /** Returns the numbers of commits after {@code head} that the store lists, in order. */
    public List<Long> listAfter(long head, int limit) {
        String after = head < 0 ? "" : commitKey(head);
        List<Long> numbers = new ArrayList<>();
        for (String key : store.list(key("log/"), after, limit)) {
            number(key, ".json").ifPresent(numbers::add);
        }
        return numbers;
    }

    // ---- segments: SEGMENT commits in one object, byte for byte

    /** Stores a segment of whole commits. Harmless if somebody did so before. */
    public int writeSegment(long first, List<byte[]> commits) {
        ByteArrayOutputStream buffer = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(buffer))) {
            for (byte[] commit : commits) {
                out.writeInt(commit.length);
                out.write(commit);
            }
        } catch (IOException e) {
            throw new AssertionError("memory does not fail to be written", e);
        }
        String name = "segments/" + padded(first) + "-" + padded(first + commits.size() - 1) + ".gz";
        store.createIfAbsent(key(name), source(buffer.toByteArray()));
        return buffer.size();
    }

    /** Returns the first commit numbers of the segments that hold commits from {@code from} on, in order. */
    public List<Long> segmentsFrom(long from) {
        long first = from - Math.floorMod(from, (long) SEGMENT);
        List<Long> firsts = new ArrayList<>();
        String after = key("segments/" + padded(first));
        List<String> page;
        do {
            page = store.list(key("segments/"), after, 1000);
            for (String key : page) {
                String name = key.substring(key("segments/").length());
                if (name.matches("\\d{12}-\\d{12}\\.gz")) {
                    firsts.add(Long.parseLong(name.substring(0, 12)));
                }
                after = key;
            }
        } while (page.size() == 1000);
        return firsts;
    }

    /** A segment as read: its commits, and how many bytes it has in the store. */
    public record Segment(List<byte[]> commits, int storedBytes) {}

    /** Returns a segment, or nothing if it is missing or damaged: the single commits are still there. */
    public Optional<Segment> readSegment(long first) {
        String name = "segments/" + padded(first) + "-" + padded(first + SEGMENT - 1) + ".gz";
        Optional<byte[]> stored = store.get(key(name));
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        List<byte[]> commits = new ArrayList<>(SEGMENT);
        try (DataInputStream in = gunzip(stored.get())) {
            for (int i = 0; i < SEGMENT; i++) {
                int length = in.readInt();
                if (length < 0 || length > LONGEST_COMMIT) {
                    throw new EOFException("an impossible length, " + length);
                }
                byte[] commit = in.readNBytes(length);
                if (commit.length < length) {
                    throw new EOFException("a commit is cut short");
                }
                commits.add(commit);
            }
            if (in.read() != -1) { // the checksum is compared at the end only
                throw new EOFException("data after the last commit");
            }
            return Optional.of(new Segment(commits, stored.get().length));
        } catch (IOException damaged) {
            return Optional.empty();
        }
    }

    /** Returns segments, read at once; nothing where one is missing or damaged. */
    public List<Optional<Segment>> readSegments(Readers readers, List<Long> firsts) {
        List<Supplier<Optional<Segment>>> reads = new ArrayList<>();
        firsts.forEach(first -> reads.add(() -> readSegment(first)));
        return readers.all(reads);
    }

    private static DataInputStream gunzip(byte[] stored) throws IOException {
        return new DataInputStream(new GZIPInputStream(new ByteArrayInputStream(stored), 1 << 16));
    }

    // ---- bases: the state after a commit

    /** Returns the commit numbers of the bases, newest first. */
    public List<Long> bases() {
        List<Long> numbers = new ArrayList<>();
        String after = "";
        List<String> page;
        do {
            page = store.list(key("base/"), after, 1000);
            for (String key : page) {
                number(key, ".gz").ifPresent(n -> numbers.add(0, n));
                after = key;
            }
        } while (page.size() == 1000);
        return numbers;
    }

    /** Stores a base. Harmless if somebody did so before. */
    public void writeBase(long number, byte[] content) {
        store.createIfAbsent(key("base/" + padded(number) + ".gz"), source(content));
    }

    /** Returns a base as it is stored. */
    public Optional<byte[]> readBase(long number) {
        return store.get(key("base/" + padded(number) + ".gz"));
    }

    // ---- hint

    /** Leaves word of the newest commit, for whoever opens the store next. Losing it loses nothing. */
    public void hint(long head) {
        store.put(key(HINT), Long.toString(head).getBytes(StandardCharsets.US_ASCII));
    }

    /** Returns the newest commit that a hint tells of; -1 if there is no readable hint. */
    public long hinted() {
        String text = store.get(key(HINT))
                .map(bytes -> new String(bytes, StandardCharsets.US_ASCII))
                .orElse("");
        return text.matches("\\d{1,12}") ? Long.parseLong(text) : -1;
    }

    // ---- keys

    /** Returns a key of this namespace. */
    public String key(String relative) {
        return namespace + "/" + relative;
    }

    /** Returns the key of a commit. */
    public String commitKey(long number) {
        return key("log/" + padded(number) + ".json");
    }

    private static String padded(long number) {
        return String.format(java.util.Locale.ROOT, "%012d", number);
    }

    private static Optional<Long> number(String key, String suffix) {
        String name = key.substring(key.lastIndexOf('/') + 1);
        return name.matches("\\d{12}" + java.util.regex.Pattern.quote(suffix))
                ? Optional.of(Long.parseLong(name.substring(0, 12)))
                : Optional.empty();
    }

    /** Returns content that is in memory. */
    public static ObjectStore.Source source(byte[] bytes) {
        return new ObjectStore.Source() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public ByteArrayInputStream open() {
                return new ByteArrayInputStream(bytes);
            }
        };
    }

    /** Checks that {@code bytes} follow on a commit, or on {@code format.json}, with this digest. */
    public static CommitRecord follow(long number, byte[] bytes, Digest previous) {
        CommitRecord record = CommitCodec.read(number, bytes);
        if (!record.previous().equals(previous)) {
            throw new InvalidInputException(
                    ErrorCode.BROKEN_CHAIN,
                    "read commit " + number,
                    "it follows on " + record.previous().abbreviated() + ", and what lies before it is "
                            + previous.abbreviated(),
                    "restore the log from a copy of the store");
        }
        return record;
    }

    @Override
    public String toString() {
        return store + " (" + namespace + ")";
    }
}
