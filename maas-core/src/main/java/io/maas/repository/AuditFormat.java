package io.maas.repository;

/** How entries of the audit log are written for other programs. All are in UTF-8. */
public enum AuditFormat {
    /**
     * A JSON object on a line of its own for each entry: {@code commit}, {@code index}, {@code time} (ISO 8601, UTC), {@code
     * actor}, {@code reason} if there is one, {@code kind}, {@code subject} and {@code details}, an object.
     */
    JSON_LINES,
    /**
     * Comma-separated values as in RFC 4180, with a header and the same fields, {@code details} being JSON. Since
     * spreadsheets compute what begins with {@code =}, {@code +}, {@code -}, {@code @}, a tab or a carriage return, an
     * apostrophe stands before such a text.
     */
    CSV
}
