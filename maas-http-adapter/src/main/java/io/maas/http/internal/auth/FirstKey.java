package io.maas.http.internal.auth;

import io.maas.error.ConflictException;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.repository.AccessKey;
import io.maas.repository.AccessRole;
import io.maas.repository.AccessSecret;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.ModelRepository;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where nobody can grant keys, somebody has to begin: a key for an administrator is made when a server starts, and told once. */
public final class FirstKey {
    private static final Logger LOG = LoggerFactory.getLogger(FirstKey.class);

    private final ModelRepository repository;
    private final Clock clock;
    private final SecureRandom random;

    /** Creates it for a registry. */
    public FirstKey(ModelRepository repository, Clock clock, SecureRandom random) {
        this.repository = repository;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Makes a key if there is none that can make others.
     *
     * @param reader is told the secret, if one was made
     * @throws MaasException if the registry cannot be changed for a reason other than that it is only read
     */
    public void ensure(Consumer<String> reader) {
        if (exists()) {
            return;
        }
        AccessSecret secret = AccessSecret.random(random);
        AccessKey key = secret.key("first administrator", AccessRole.ADMIN);
        try {
            Commit commit = repository.governance().grant(key, options());
            if (isMadeBefore(commit)) {
                repository
                        .governance()
                        .revoke(key.id(), ChangeOptions.because("another key was made at the same time"));
                return;
            }
        } catch (MaasException e) {
            if (isMadeElsewhere(e)) {
                return;
            }
            if (e.code() == ErrorCode.READ_ONLY) {
                LOG.warn("No key can grant others, and none can be made: the platform was opened to read only");
                return;
            }
            throw e;
        }
        reader.accept(secret.text());
    }

    /** Of hosts that start at the same time on the same state, one makes the key. */
    private ChangeOptions options() {
        return ChangeOptions.because("no key could grant others").token("first-access-key-" + repository.head());
    }

    /** Their tokens differ if something else was committed between their looks; of what both made, the first is kept. */
    private boolean isMadeBefore(Commit commit) {
        return repository.accessKeys().stream()
                .filter(grant -> isAdministrator(grant.key()))
                .anyMatch(grant -> isBefore(grant.commit(), commit));
    }

    private static boolean isBefore(Commit one, Commit other) {
        return one.number() < other.number() || (one.number() == other.number() && one.index() < other.index());
    }

    private boolean isMadeElsewhere(MaasException e) {
        return e instanceof ConflictException && e.code() == ErrorCode.TOKEN_REUSED && exists();
    }

    private boolean exists() {
        return repository.accessKeys().stream().anyMatch(grant -> isAdministrator(grant.key()));
    }

    private boolean isAdministrator(AccessKey key) {
        return key.has(AccessRole.ADMIN) && key.models().isEmpty() && key.isValidAt(clock.instant());
    }
}
