package io.maas.repository;

import java.util.Map;

/**
 * One operation of one commit.
 *
 * @param commit when, by whom and why
 * @param kind what was done: {@code register}, {@code attach}, {@code alias} …
 * @param subject to what, such as {@code digits:3} or {@code digits@production}
 * @param details the rest, as it stands in the log
 */
public record AuditEntry(Commit commit, String kind, String subject, Map<String, Object> details) {
    /** Copies the map. */
    public AuditEntry {
        details = Map.copyOf(details);
    }
}
