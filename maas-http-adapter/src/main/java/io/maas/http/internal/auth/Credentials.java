package io.maas.http.internal.auth;

import io.maas.http.internal.exchange.Headers;
import io.maas.http.internal.exchange.HttpProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where requests have their credential: {@code Authorization: Bearer}, or {@code X-API-Key}. Never in the path, which is logged. */
final class Credentials {
    private static final String SCHEME = "Bearer ";

    private Credentials() {}

    /**
     * Returns the credential of a request, if it has one.
     *
     * @throws HttpProblem 401 if it has several, or one that is of no use here
     */
    static Optional<String> of(Headers headers) {
        List<String> all = new ArrayList<>(1);
        headers.all("Authorization").forEach(value -> all.add(bearer(value)));
        all.addAll(headers.all("X-API-Key"));
        if (all.size() > 1) {
            throw Challenges.refused("the request has several credentials", "send one");
        }
        return all.stream().map(String::strip).findFirst();
    }

    private static String bearer(String value) {
        if (!value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw Challenges.refused("its Authorization is of a kind that is not used here", "send it as Bearer");
        }
        return value.substring(SCHEME.length());
    }
}
