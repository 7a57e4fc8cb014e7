package io.maas.internal.transfer;

import io.maas.internal.log.BlobKey;
import io.maas.internal.log.LogScan;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a registry consists of at a commit.
 *
 * @param format its beginning, before the first commit
 * @param head its newest commit
 * @param versions its versions, with the blobs that they need; a deleted one needs no files
 */
public record Inventory(LogScan.Point format, LogScan.Point head, List<Version> versions) {
    /** Copies the list. */
    public Inventory {
        versions = List.copyOf(versions);
    }

    /**
     * The blobs of a version.
     *
     * @param manifest its {@code maas.json}
     * @param files its files, as the manifest lists them, then its signature if it has one
     * @param facts what is attached to it
     */
    public record Version(BlobKey manifest, List<BlobKey> files, List<BlobKey> facts) {
        /** Copies the lists. */
        public Version {
            files = List.copyOf(files);
            facts = List.copyOf(facts);
        }
    }

    /** Returns all blobs that are needed. */
    Set<BlobKey> blobs() {
        Set<BlobKey> blobs = new HashSet<>();
        for (Version version : versions) {
            blobs.add(version.manifest());
            blobs.addAll(version.files());
            blobs.addAll(version.facts());
        }
        return blobs;
    }
}
