package io.maas.http.internal.exchange;

import java.util.Map;

/**
 * What a client is told when something went wrong.
 *
 * @param status of HTTP
 * @param code stable, for programs: lower case, with hyphens
 * @param detail for people; says nothing about the inside of the server
 * @param headers that go with the answer
 */
public record Problem(int status, String code, String detail, Map<String, String> headers) {
    /** Copies the headers. */
    public Problem {
        headers = Map.copyOf(headers);
    }

    /** Creates one without headers. */
    public Problem(int status, String code, String detail) {
        this(status, code, detail, Map.of());
    }
}
