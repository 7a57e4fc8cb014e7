package io.maas.http.internal.platform;

import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.route.Caller;
import io.maas.model.Digest;
import java.nio.charset.StandardCharsets;
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
        return key.map(value -> of(caller.credential(), value));
    }

    /** The log keeps tokens for good: from a digest nobody learns who made a change, though he has to be forgotten. */
    static String of(String credential, String key) {
        // a key has no NUL, so that no two pairs are written the same way
        return Digest.of((credential + '\0' + key).getBytes(StandardCharsets.UTF_8))
                .hex();
    }

    private static boolean isSound(String key) {
        return !key.isBlank() && key.length() <= LONGEST && key.chars().allMatch(c -> c > ' ' && c < 127);
    }
}
