package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.log.CommitLog;
import io.maas.model.Names;
import io.maas.repository.PackageLimits;
import io.maas.spi.ObjectStore;
import io.maas.spi.Pseudonyms;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How a registry is opened.
 *
 * @param store where
 * @param namespace under which prefix
 * @param readOnly whether changes are refused
 * @param actor who makes changes that name nobody
 * @param clock tells the time of commits
 * @param random makes keys and tokens
 * @param pauses waits between tries
 * @param commitTimeout how long a commit may take until its outcome is called unknown
 * @param limits how large packages may be
 * @param local what this host keeps on its own disk
 * @param pseudonyms whose ids stand in the log for actors; empty to write their names
 */
public record RegistrySettings(
        ObjectStore store,
        String namespace,
        boolean readOnly,
        String actor,
        Clock clock,
        RandomGenerator random,
        CommitLog.Pauses pauses,
        Duration commitTimeout,
        PackageLimits limits,
        Local local,
        Optional<Pseudonyms> pseudonyms) {
    private static final int ACTOR = 256;
    private static final int REASON = 4096;
    private static final int TOKEN = 200;

    /** Checks the actor. */
    public RegistrySettings {
        text("actor", actor, ACTOR);
    }

    /** Returns who makes a change, as it stands in the log. */
    String actor(Optional<String> given) {
        return logged(named(given));
    }

    /** Returns who makes a change, by name. */
    String named(Optional<String> given) {
        return text("actor", given.orElse(actor), ACTOR);
    }

    /** Returns how an actor stands in the log. */
    String logged(String name) {
        return pseudonyms
                .map(known -> text("pseudonym", known.idOf(name), ACTOR))
                .orElse(name);
    }

    /** Returns how an actor stands in the log if he is there, for whoever looks for him; ids stand for themselves. */
    String sought(String name) {
        return pseudonyms.flatMap(known -> known.find(name)).orElse(name);
    }

    static Optional<String> reason(Optional<String> given) {
        return given.map(reason -> text("reason", reason, REASON));
    }

    String token(Optional<String> given) {
        if (given.isPresent()) {
            return text("token", given.get(), TOKEN);
        }
        byte[] token = new byte[16];
        synchronized (random) {
            random.nextBytes(token);
        }
        return HexFormat.of().formatHex(token);
    }

    private static String text(String what, String value, int most) {
        if (value.isBlank() || value.length() > most) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING,
                    "change the registry",
                    "the " + what + " has " + value.length() + " characters, '" + Names.shown(value) + "'",
                    "use 1 to " + most + " characters");
        }
        return value;
    }
}
