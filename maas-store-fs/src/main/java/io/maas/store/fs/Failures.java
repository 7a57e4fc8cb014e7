package io.maas.store.fs;

import io.maas.error.AmbiguousWriteException;
import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Says what a failed system call means for the caller. Java hands over most error numbers as text in the language of the
 * host; where the text is not understood, the state of the filesystem tells.
 */
final class Failures {
    private static final List<String> FULL =
            List.of("No space left on device", "Disk quota exceeded", "There is not enough space on the disk");
    private static final List<String> READ_ONLY = List.of("Read-only file system", "Operation not permitted");
    /** A filesystem with less than this left counts as full. */
    private static final long CRUMBS = 64 * 1024;

    private enum Kind {
        FULL,
        READ_ONLY,
        INTERRUPTED,
        GONE,
        OTHER
    }

    private final Path root;
    private final Disk disk;

    Failures(Path root, Disk disk) {
        this.root = root;
        this.disk = disk;
    }

    static boolean saysFull(IOException e) {
        return says(e, FULL);
    }

    /** A write failed and left nothing behind that anyone can see. */
    MaasException notWritten(String doing, IOException e) {
        return switch (kindOf(e)) {
            case FULL ->
                new UnavailableException(
                        ErrorCode.STORE_FULL,
                        doing,
                        "the filesystem of " + root + " has no room left, " + e,
                        "make room, or raise the quota, and repeat the call",
                        e);
            case READ_ONLY ->
                new DeniedException(
                        ErrorCode.STORE_READ_ONLY,
                        doing,
                        "this process may not write to " + root + ", " + e,
                        "make the folder writable, or open the store to read only",
                        e);
            case INTERRUPTED -> interrupted(doing, e);
            case GONE ->
                unavailable(
                        doing,
                        "a folder of the store is gone, " + e,
                        "see whether " + root + " is still mounted, and open the store again",
                        e);
            case OTHER -> unavailable(doing, "writing to " + root + " failed, " + e, "look at the disk", e);
        };
    }

    /** A second name could not be given to a finished file. */
    MaasException notLinked(String doing, IOException e) {
        return kindOf(e) == Kind.OTHER ? unknown(doing, e) : notWritten(doing, e);
    }

    /** A write may have taken effect, or may not survive a crash of the machine. */
    AmbiguousWriteException unknown(String doing, IOException e) {
        return new AmbiguousWriteException(
                ErrorCode.STORE_UNAVAILABLE,
                doing,
                "the disk did not confirm that the name is on it, " + e,
                "repeat the call with the same bytes",
                e);
    }

    /** The store failed earlier, so that what is there may not survive a crash of the machine. */
    AmbiguousWriteException unknownSince(String doing, IOException earlier) {
        return new AmbiguousWriteException(
                ErrorCode.STORE_UNAVAILABLE,
                doing,
                "an object is there, but the disk failed to keep what was written, " + earlier,
                "look at the disk, open the store again, and repeat the call with the same bytes",
                earlier);
    }

    /** The store failed earlier; nothing was tried. */
    UnavailableException failedBefore(String doing, IOException earlier) {
        return unavailable(
                doing,
                "the disk failed to keep what was written and cannot be trusted any more, " + earlier,
                "look at the disk, then open the store again",
                earlier);
    }

    /** A read failed. */
    UnavailableException notRead(String doing, IOException e) {
        return kindOf(e) == Kind.INTERRUPTED
                ? interrupted(doing, e)
                : unavailable(doing, "reading " + root + " failed, " + e, "look at the disk and at the permissions", e);
    }

    /** The thread was interrupted before anything took effect. Its flag is still set. */
    static UnavailableException interrupted(String doing, IOException e) {
        return unavailable(doing, "the thread was interrupted, " + e, "repeat the call if it is still wanted", e);
    }

    private static UnavailableException unavailable(String doing, String why, String remedy, IOException e) {
        return new UnavailableException(ErrorCode.STORE_UNAVAILABLE, doing, why, remedy, e);
    }

    private Kind kindOf(IOException e) {
        if (e instanceof ClosedByInterruptException) {
            return Kind.INTERRUPTED;
        }
        if (e instanceof NoSuchFileException) {
            return Kind.GONE;
        }
        if (saysFull(e)) {
            return Kind.FULL;
        }
        if (e instanceof AccessDeniedException || says(e, READ_ONLY)) {
            return Kind.READ_ONLY;
        }
        try {
            Disk.Volume volume = disk.volume(root);
            return volume.readOnly() ? Kind.READ_ONLY : volume.usable() < CRUMBS ? Kind.FULL : Kind.OTHER;
        } catch (IOException unreadable) {
            e.addSuppressed(unreadable);
            return Kind.OTHER;
        }
    }

    private static boolean says(IOException e, List<String> texts) {
        String message = String.valueOf(e.getMessage());
        return texts.stream().anyMatch(message::contains);
    }
}
