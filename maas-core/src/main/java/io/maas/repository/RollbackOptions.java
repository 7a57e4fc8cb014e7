package io.maas.repository;

import io.maas.model.Names;
import java.util.Optional;

/**
 * How to roll back. Immutable: each method returns a copy.
 *
 * @param alias the alias to move
 * @param version the version to go back to; if empty, the one published before
 * @param change who does it, and why
 * @param expected the version that the alias must point at for the change to be made; if empty, any
 */
public record RollbackOptions(String alias, Optional<String> version, ChangeOptions change, Optional<String> expected) {
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
        return new RollbackOptions(alias, Optional.empty(), ChangeOptions.defaults(), Optional.empty());
    }

    /** Goes back to this version, which must have been published before. */
    public RollbackOptions toVersion(String label) {
        return new RollbackOptions(alias, Optional.of(label), change, expected);
    }

    /** Says who does it. */
    public RollbackOptions actor(String who) {
        return change(change.actor(who));
    }

    /** Says why. */
    public RollbackOptions reason(String why) {
        return change(change.reason(why));
    }

    /** Makes the call repeatable. */
    public RollbackOptions token(String value) {
        return change(change.token(value));
    }

    /** Rolls back although the model is on hold, for an actor who may. */
    public RollbackOptions despiteHold() {
        return change(change.despiteHold());
    }

    /** Says who does it, and why. */
    public RollbackOptions change(ChangeOptions value) {
        return new RollbackOptions(alias, version, value, expected);
    }

    /** Refuses the change unless the alias points at this version. */
    public RollbackOptions expecting(String label) {
        return new RollbackOptions(alias, version, change, Optional.of(label));
    }
}
