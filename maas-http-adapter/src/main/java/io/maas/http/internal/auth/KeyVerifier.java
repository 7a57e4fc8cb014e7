package io.maas.http.internal.auth;

import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.route.Caller;
import io.maas.repository.AccessGrant;
import io.maas.repository.AccessKey;
import io.maas.repository.AccessSecret;
import io.maas.repository.RepositoryView;
import java.time.Clock;
import java.util.Optional;

/**
 * Knows access keys. What the registry says when the request comes counts: a key that is revoked here is revoked for the next
 * request, and elsewhere as soon as this host learns of it.
 */
public final class KeyVerifier implements Verifier {
    private static final String PREFIX = "maas_";

    private final RepositoryView repository;
    private final Clock clock;

    /** Creates one for the keys of a registry. */
    public KeyVerifier(RepositoryView repository, Clock clock) {
        this.repository = repository;
        this.clock = clock;
    }

    /** Returns by what name a key's bearer is told from others. */
    private static String credential(String keyId) {
        return "key:" + keyId;
    }

    @Override
    public boolean recognizes(String credential) {
        return credential.startsWith(PREFIX);
    }

    @Override
    public boolean takesLong(String credential) {
        return false;
    }

    @Override
    public Caller verify(String credential) {
        AccessSecret secret = AccessSecret.read(credential).orElseThrow(KeyVerifier::unknown);
        AccessKey key = known(secret).orElseThrow(KeyVerifier::unknown);
        if (!key.isValidAt(clock.instant())) {
            throw Challenges.refused("the access key " + key.id() + " has expired", "ask for a new one");
        }
        return new Caller(
                key.label(),
                credential(key.id()),
                Permissions.of(key.roles()),
                key.models(),
                () -> known(secret)
                        .filter(now -> now.isValidAt(clock.instant()))
                        .isPresent());
    }

    private Optional<AccessKey> known(AccessSecret secret) {
        return repository.accessKey(secret.id()).map(AccessGrant::key).filter(secret::fits);
    }

    /** Whether there is a key of this id is for those to know who have its secret. */
    private static HttpProblem unknown() {
        return Challenges.refused("its access key is unknown, or was revoked", "ask for a new one");
    }
}
