package io.maas.repository;

import java.util.List;
import java.util.OptionalLong;

/**
 * Some entries of the audit log.
 *
 * @param entries the entries, oldest first
 * @param next the commit to {@linkplain AuditQuery#fromCommit go on from}; empty if there are no more
 */
public record AuditPage(List<AuditEntry> entries, OptionalLong next) {
    /** Copies the list. */
    public AuditPage {
        entries = List.copyOf(entries);
    }
}
