package io.maas.repository;

import io.maas.model.Names;
import java.util.Optional;

/**
 * How to roll back. Immutable: each method returns a copy.
 *
 * @param alias the alias to move
 * @param version the version to go back to; if empty, the one published before
 * @param actor who does it; if empty, the platform's actor
 * @param reason why
 * @param token repeating a call with the same token returns the outcome of the first
 * @param expected the version that the alias must point at for the change to be made; if empty, any
 */
public record RollbackOptions(
        String alias,
        Optional<String> version,
        Optional<String> actor,
        Optional<String> reason,
        Optional<String> token,
        Optional<String> expected) {
    /** Checks the names. */
    public RollbackOptions {
        Names.alias(alias);
        version.ifPresent(Names::version);
        expected.ifPresent(Names::version);
    }

    /** Goes back to the version that production pointed at before. */
    public static RollbackOptions ofProduction() {
        return of(Names.PRODUCTION);
    }

    /** Goes back to the version that an alias pointed at before. */
    public static RollbackOptions of(String alias) {
        return new RollbackOptions(
                alias, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Goes back to this version, which must have been published before. */
    public RollbackOptions toVersion(String label) {
        return new RollbackOptions(alias, Optional.of(label), actor, reason, token, expected);
    }

    /** Says who does it. */
    public RollbackOptions actor(String who) {
        return new RollbackOptions(alias, version, Optional.of(who), reason, token, expected);
    }

    /** Says why. */
    public RollbackOptions reason(String why) {
        return new RollbackOptions(alias, version, actor, Optional.of(why), token, expected);
    }

    /** Makes the call repeatable. */
    public RollbackOptions token(String value) {
        return new RollbackOptions(alias, version, actor, reason, Optional.of(value), expected);
    }

    /** Refuses the change unless the alias points at this version. */
    public RollbackOptions expecting(String label) {
        return new RollbackOptions(alias, version, actor, reason, token, Optional.of(label));
    }
}
