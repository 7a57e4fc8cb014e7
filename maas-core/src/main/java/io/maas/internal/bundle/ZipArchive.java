package io.maas.internal.bundle;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.repository.PackageLimits;
import io.maas.spi.ObjectStore.Source;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A zip archive that this platform wrote, read as carefully as one of a stranger: the whole directory is checked before
 * anything is read, and content is exactly as long as that says or reading fails. Thread-safe.
 */
public final class ZipArchive implements AutoCloseable {
    /** Content is stored, not packed; but somebody may have packed it again. */
    private static final int RATIO = 100;

    private static final int DEPTH = 8;
    private static final int NAME = 200;

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
     * @throws InvalidInputException if it is no such archive; the code says why
     */
    public static ZipArchive open(Path file, String doing) {
        Origin origin = new Origin(file.toString(), doing);
        Resources resources = new Resources();
        boolean opened = false;
        try {
            PackageLimits limits = new PackageLimits(Integer.MAX_VALUE, Long.MAX_VALUE, RATIO, DEPTH, NAME);
            Map<String, Source> members = new LinkedHashMap<>();
            for (Listing.Item item :
                    ZipListing.list(file, origin, limits, resources).files()) {
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

    /** Returns what is in it, by path. Reading it may fail with {@link InvalidInputException}. */
    public Map<String, Source> members() {
        return members;
    }

    /** Says that something in the archive is not as it should be. */
    public InvalidInputException refused(ErrorCode code, String why) {
        return origin.refused(code, why, "get the file again from where it was written");
    }

    /** Closes the file. Closing twice is harmless. */
    @Override
    public void close() {
        resources.close();
    }
}
