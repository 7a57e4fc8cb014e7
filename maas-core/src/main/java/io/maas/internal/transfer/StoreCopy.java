package io.maas.internal.transfer;

import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.NotFoundException;
import io.maas.error.UnavailableException;
import io.maas.internal.log.BlobKey;
import io.maas.internal.log.CommitLog;
import io.maas.internal.log.CommitRecord;
import io.maas.internal.log.Format;
import io.maas.internal.log.LogScan;
import io.maas.internal.log.Readers;
import io.maas.model.Digest;
import io.maas.repository.CopyOptions;
import io.maas.repository.CopyReport;
import io.maas.spi.ObjectStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Copies a registry byte for byte: what its newest state needs of blobs, then the log in order, then {@code format.json},
 * without which nobody takes the target for a registry, and the hint. So a copy that was cut off is no registry, or is the
 * earlier one if there was one; whoever copies again goes on.
 *
 * <p>Others may write to the source and collect its garbage meanwhile. What they commit is left for the next copy. A blob
 * that is gone is no error if by now no version needs it.
 *
 * <p>Bases are not copied: they are believed without being held against the log. Segments are folded anew from commits
 * that were checked. Used once.
 */
public final class StoreCopy {
    /** A source that loses blobs faster than they are copied is not worth waiting for. */
    private static final int MOST_INVENTORIES = 16;

    private static final int PAGE = 1000;

    private final ObjectStore from;
    private final ObjectStore to;
    private final CommitLog source;
    private final CommitLog target;
    private final CopyOptions options;
    private final Tools tools;
    private final Readers readers;

    /** Takes an inventory of a registry. */
    @FunctionalInterface
    public interface Inventories {
        /** Reads the registry of a namespace up to its newest commit. */
        Inventory take(ObjectStore store, String namespace, CommitLog log, Readers readers);
    }

    /**
     * What copying needs.
     *
     * @param inventories tells what is to be copied
     * @param pauses waits between tries
     * @param random makes the key on which the target is tried
     */
    public record Tools(Inventories inventories, CommitLog.Pauses pauses, RandomGenerator random) {}

    /** What is copied into. */
    public enum Target {
        /** A store, in which there may be an earlier copy. */
        STORE,
        /** A backup, which is written once and from its beginning to its end. */
        BACKUP
    }

    private StoreCopy(ObjectStore from, ObjectStore to, CopyOptions options, Tools tools, Readers readers) {
        this.from = from;
        this.to = to;
        this.source = new CommitLog(from, options.namespace(), tools.pauses());
        this.target = new CommitLog(to, options.namespace(), tools.pauses());
        this.options = options;
        this.tools = tools;
        this.readers = readers;
    }

    /**
     * Copies from store to store.
     *
     * @throws ConflictException {@link ErrorCode#OTHER_REGISTRY} if the target holds another registry
     * @throws NotFoundException if the source holds none
     * @throws InvalidInputException if the source is damaged, or not all of it is understood
     * @throws UnavailableException {@link ErrorCode#CORRUPT_BLOB} if a blob is damaged or missing; or if a store fails
     */
    public static CopyReport toStore(ObjectStore from, ObjectStore to, CopyOptions options, Tools tools) {
        return copy(from, to, options, tools, Target.STORE);
    }

    /** Copies into a backup, which has the order of the members of the archive. */
    static CopyReport toBackup(ObjectStore from, ObjectStore to, CopyOptions options, Tools tools) {
        return copy(from, to, options, tools, Target.BACKUP);
    }

    private static CopyReport copy(ObjectStore from, ObjectStore to, CopyOptions options, Tools tools, Target kind) {
        try (Readers readers = new Readers()) {
            return new StoreCopy(from, to, options, tools, readers).run(kind);
        }
    }

    private long deadline() {
        return tools.pauses().nanoTime() + options.timeout().toNanos();
    }

    private CopyReport run(Target kind) {
        Format.read(from, options.namespace());
        byte[] format = from.get(Format.key(options.namespace())).orElseThrow();
        Optional<byte[]> there = to.get(Format.key(options.namespace()));
        if (there.isPresent() && !Arrays.equals(there.get(), format)) {
            throw other("another registry is there, with another " + Format.key(options.namespace()));
        }
        Inventory inventory = take();
        if (!inventory.format().digest().equals(Digest.of(format))) {
            throw other("the source was replaced while it was read");
        }
        long targetHead = targetHead();
        requireSameLog(targetHead, inventory.head().number());
        if (there.isEmpty() && kind == Target.STORE) {
            Format.requireFit(to, options.namespace(), tools.random(), target, deadline());
        }
        BlobCopy blobs = new BlobCopy(from, target, this::deadline, readers, kind == Target.STORE ? Readers.MOST : 1);
        inventory = copyBlobs(inventory, blobs);
        LogCopy log = new LogCopy(targetHead, kind);
        log.copy(inventory);
        finish(format, inventory.head().number(), there.isPresent() || kind == Target.BACKUP);
        long skipped = Math.max(0, inventory.blobs().size() - blobs.blobs());
        return new CopyReport(
                Math.max(inventory.head().number(), targetHead),
                log.commits,
                blobs.blobs(),
                blobs.bytes() + log.bytes,
                skipped);
    }

    private Inventory take() {
        return tools.inventories().take(from, options.namespace(), source, readers);
    }

    /** The newest commit of an earlier copy; -1 if there is none. Commits are created in order, so one tells of all before. */
    private long targetHead() {
        long head = target.hinted();
        if (head >= 0 && target.read(head).isEmpty()) {
            head = -1;
        }
        while (true) {
            List<Long> next = target.listAfter(head, PAGE);
            long before = head;
            for (long number : next) {
                if (number != head + 1) {
                    throw other("its log has commit " + number + " and not the one before");
                }
                head = number;
            }
            if (head == before) {
                return head;
            }
        }
    }

    /** One commit vouches for all before it, as each names the digest of the one before. */
    private void requireSameLog(long targetHead, long head) {
        if (targetHead < 0) {
            return;
        }
        // a target that is ahead may have it from another copy that was made since the inventory was taken
        long number =
                targetHead > head && source.read(targetHead).isPresent() ? targetHead : Math.min(targetHead, head);
        if (number < targetHead) {
            throw other("its log goes on to commit " + targetHead + ", that of the source ends at " + head);
        }
        byte[] theirs = source.read(number).orElseThrow();
        if (!Arrays.equals(theirs, target.read(number).orElse(null))) {
            throw other("its commit " + number + " is another one");
        }
    }

    private Inventory copyBlobs(Inventory first, BlobCopy copy) {
        Inventory inventory = first;
        for (int i = 1; ; i++) {
            try {
                Set<BlobKey> missing = inventory.blobs();
                removePresent(missing);
                copy.copy(inventory.versions(), missing);
                return inventory;
            } catch (BlobCopy.Gone e) {
                Inventory newer = take();
                if (newer.blobs().contains(e.blob()) || i == MOST_INVENTORIES) {
                    throw e.error();
                }
                inventory = newer; // it was collected, and so was what needed it
            }
        }
    }

    private void removePresent(Set<BlobKey> blobs) {
        String prefix = target.key("blobs/sha256/");
        String after = "";
        List<String> page;
        do {
            page = to.list(prefix, after, PAGE);
            for (String key : page) {
                // what somebody else left there is none of this
                BlobKey.ofKey(key.substring(target.key("").length())).ifPresent(blobs::remove);
                after = key;
            }
        } while (page.size() == PAGE);
    }

    /** Adds the commits that the target does not have, and folds them where a segment is full. */
    private final class LogCopy {
        private final long targetHead;
        private final Target kind;
        private final List<byte[]> segment = new ArrayList<>();
        private long commits;
        private long bytes;

        LogCopy(long targetHead, Target kind) {
            this.targetHead = targetHead;
            this.kind = kind;
        }

        void copy(Inventory inventory) {
            // from the start of a segment, so that it can be folded
            long first = targetHead + 1 - Math.floorMod(targetHead + 1, (long) CommitLog.SEGMENT);
            LogScan.Point after = first == 0
                    ? inventory.format()
                    : new LogScan.Point(
                            first - 1, Digest.of(source.read(first - 1).orElseThrow()));
            new LogScan(source, readers, LogScan.From.SEGMENTS).read(after, inventory.head(), this::add);
        }

        private void add(CommitRecord record, byte[] content) {
            if (record.number() > targetHead) {
                append(record.number(), content);
            }
            segment.add(content);
            if (segment.size() == CommitLog.SEGMENT) {
                if (kind == Target.STORE) {
                    target.writeSegment(record.number() - CommitLog.SEGMENT + 1, segment);
                }
                segment.clear();
            }
        }

        private void append(long number, byte[] content) {
            CommitLog.Outcome outcome = target.append(number, content, deadline());
            if (outcome instanceof CommitLog.Outcome.Taken) {
                throw other("somebody else made commit " + number);
            } else if (outcome instanceof CommitLog.Outcome.Unknown unknown) {
                throw unknown.cause();
            }
            commits++;
            bytes += content.length;
        }
    }

    private void finish(byte[] format, long head, boolean formatIsRight) {
        target.create("format.json", CommitLog.source(format), deadline());
        if (!formatIsRight
                && !Arrays.equals(
                        format, to.get(Format.key(options.namespace())).orElse(null))) {
            throw other("a registry was made there meanwhile");
        }
        if (head > target.hinted()) {
            target.hint(head);
        }
    }

    private ConflictException other(String why) {
        return new ConflictException(
                ErrorCode.OTHER_REGISTRY,
                "copy the registry in " + source + " to " + to,
                why,
                "copy into an empty store, or under the namespace of another one");
    }
}
