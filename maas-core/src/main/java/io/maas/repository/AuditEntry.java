package io.maas.repository;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One operation of one commit.
 *
 * @param commit when, by whom and why
 * @param kind what was done: {@code register}, {@code attach}, {@code alias}, {@code hold}, {@code
 *     lifecycle}, {@code approve}, {@code policy}, {@code trust-key}, {@code distrust-key},
 *     {@code grant-key}, {@code revoke-key}, {@code condemn}, {@code collected}
 * @param subject to what, such as {@code digits:3} or {@code digits@production}
 * @param details the rest, as it stands in the log
 */
public record AuditEntry(Commit commit, String kind, String subject, Map<String, Object> details) {
    /** Copies the map. */
    public AuditEntry {
        details = Collections.unmodifiableMap(new LinkedHashMap<>(details)); // in the order of the log
    }
}
