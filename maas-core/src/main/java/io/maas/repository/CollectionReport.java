package io.maas.repository;

import java.util.List;

/**
 * What was collected, or would be. Files are named by their keys in the store, below the registry's prefix.
 *
 * @param mode whether it was done
 * @param deleted the files that are gone; they were condemned before
 * @param condemned the files that are garbage from now on, and are deleted when they have waited
 * @param commits the changes; none in a dry run
 * @param waiting how many files were condemned before and have not waited long enough
 * @param young how many files belong to no version and to uploads that may still be running
 * @param later how many more files are garbage, and are left to the next time
 * @param failed the files that could not be deleted, and why
 * @param strange keys among those of files that are none; they are left alone. The first 100
 */
public record CollectionReport(
        Maintenance.Mode mode,
        List<String> deleted,
        List<String> condemned,
        List<Commit> commits,
        long waiting,
        long young,
        long later,
        List<Failure> failed,
        List<String> strange) {
    /** Copies the lists. */
    public CollectionReport {
        deleted = List.copyOf(deleted);
        condemned = List.copyOf(condemned);
        commits = List.copyOf(commits);
        failed = List.copyOf(failed);
        strange = List.copyOf(strange);
    }

    /**
     * A file that could not be deleted.
     *
     * @param key its key
     * @param reason why
     */
    public record Failure(String key, String reason) {}
}
