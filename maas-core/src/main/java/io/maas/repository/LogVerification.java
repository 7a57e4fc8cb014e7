package io.maas.repository;

import java.util.List;
import java.util.OptionalLong;

/**
 * What came of checking a log.
 *
 * @param verified the last commit that is as it should be, and so is every one before it
 * @param findings what is wrong; empty if nothing is
 */
public record LogVerification(LogHead verified, List<Finding> findings) {
    /** Copies the list. */
    public LogVerification {
        findings = List.copyOf(findings);
    }

    /** What may be wrong. */
    public enum Part {
        /** The document that the first commit follows on. */
        FORMAT,
        /** A commit: it is missing, was changed, or cannot be what was done. Commits are the truth. */
        COMMIT,
        /** A copy of 256 commits, from which hosts catch up, differs from these. */
        SEGMENT,
        /** A state, from which hosts start, is not what the commits add up to. */
        BASE
    }

    /**
     * Something that is wrong.
     *
     * @param part what
     * @param commit the commit: of a segment the first that differs, of a base the last that it covers
     * @param why what is wrong, for people
     */
    public record Finding(Part part, long commit, String why) {}

    /** Tells whether nothing is wrong. */
    public boolean isIntact() {
        return findings.isEmpty();
    }

    /** Returns the first commit that is wrong; those after it cannot be trusted and were not looked at. */
    public OptionalLong firstBadCommit() {
        return findings.stream()
                .filter(finding -> finding.part() == Part.COMMIT)
                .mapToLong(Finding::commit)
                .findFirst();
    }
}
