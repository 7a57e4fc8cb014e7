package io.maas.model;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * A key whose signatures are trusted.
 *
 * @param name a name for people
 * @param pem the key
 * @param from trusted from
 * @param until trusted until
 */
public record TrustKey(String name, String pem, Optional<Instant> from, Optional<Instant> until) {
    /** Returns the identity. */
    public String id() {
        return Digest.of(pem.getBytes(StandardCharsets.UTF_8)).hex();
    }
}
