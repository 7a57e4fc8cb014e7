package io.maas.http.internal.platform;

import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.route.Caller;
import java.util.Optional;

/** What makes a repeated request the same change: the client's {@code Idempotency-Key}, which counts for him alone. */
final class Tokens {
    private static final int LONGEST = 128;

    private Tokens() {}

    static Optional<String> of(Exchange exchange, Caller caller) {
        Optional<String> key = exchange.headers().first("Idempotency-Key");
        if (key.isPresent() && !isSound(key.get())) {
            throw new HttpProblem(
                    400,
                    "bad-header",
                    "Cannot use the Idempotency-Key: it is empty, has odd characters or more than " + LONGEST
                            + "; send a UUID");
        }
        return key.map(value -> caller.credential() + ":" + value);
    }

    private static boolean isSound(String key) {
        return !key.isBlank() && key.length() <= LONGEST && key.chars().allMatch(c -> c > ' ' && c < 127);
    }
}
