package io.maas.internal.bundle;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.repository.PackageLimits;
import io.maas.spi.ObjectStore.Source;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A zip archive that this platform wrote, read as carefully as one of a stranger: the whole directory is checked before
 * anything is read, and content is exactly as long as that says or reading fails. Thread-safe.
 */
public final class ZipArchive implements AutoCloseable {
    /** Content is stored, not packed; but somebody may have packed it again. */
    private static final int RATIO = 100;

    private static final int DEPTH = 8;
    private static final int NAME = 200;
    private static final String REMEDY = "get the file again from where it was written";

    private final Resources resources;
    private final Map<String, Source> members;
    private final Origin origin;

    private ZipArchive(Resources resources, Map<String, Source> members, Origin origin) {
        this.resources = resources;
        this.members = members;
        this.origin = origin;
    }

    /**
     * Opens an archive. Whoever calls this closes it.
     *
     * @param doing what the archive is opened for, continuing "Cannot "
     * @param most the most files and folders that it may have; what they are called is held in memory
     * @param known tells whether a file may have a name. Each is asked about when it is read: a stranger's names may be long
     *     and many
     * @throws InvalidInputException if it is no such archive; the code says why
     */
    public static ZipArchive open(Path file, String doing, int most, Predicate<String> known) {
        Origin origin = new Origin(file.toString(), doing);
        Resources resources = new Resources();
        boolean opened = false;
        try {
            PackageLimits limits = new PackageLimits(most, Long.MAX_VALUE, RATIO, DEPTH, NAME);
            PathRules rules = new PathRules(origin, limits);
            Map<String, Source> members = new LinkedHashMap<>();
            for (Listing.Item item : ZipListing.list(
                            file, origin, limits, resources, name -> requireKnown(name, known, rules, origin))
                    .files()) {
                members.put(item.path(), item.content());
            }
            opened = true;
            return new ZipArchive(resources, Collections.unmodifiableMap(members), origin);
        } finally {
            if (!opened) {
                resources.close();
            }
        }
    }

    private static void requireKnown(String name, Predicate<String> known, PathRules rules, Origin origin) {
        if (name.endsWith("/")) {
            rules.check(name.substring(0, name.length() - 1)); // somebody may have packed it again, and with folders
        } else if (!known.test(name)) {
            rules.check(name); // which says more, if it is no path
            throw origin.refused(
                    ErrorCode.PACKAGE_UNLISTED,
                    "it has something that does not belong there, " + Origin.quoted(name),
                    REMEDY);
        }
    }

    /** Returns what is in it, by path. Reading it may fail with {@link InvalidInputException}. */
    public Map<String, Source> members() {
        return members;
    }

    /** Says that something in the archive is not as it should be. */
    public InvalidInputException refused(ErrorCode code, String why) {
        return origin.refused(code, why, REMEDY);
    }

    /** Closes the file. Closing twice is harmless. */
    @Override
    public void close() {
        resources.close();
    }
}
