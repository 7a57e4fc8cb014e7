package io.maas.repository;

import java.util.Optional;

/**
 * How to import a model with its history. Immutable: each method returns a copy.
 *
 * @param change who does it, and why
 * @param aliases what becomes of the aliases that the model had
 * @param force why aliases are made whatever the gate finds; empty if they are not
 */
public record ModelImportOptions(ChangeOptions change, Aliases aliases, Optional<String> force) {
    /** What becomes of aliases. */
    public enum Aliases {
        /** None is made: nothing is published by importing. */
        LEFT_OUT,
        /**
         * They are made with their publish stacks, so that a rollback goes where it went before; but not to what arrives
         * yanked.
         */
        RECREATED
    }

    /** Returns the defaults: versions only. */
    public static ModelImportOptions defaults() {
        return new ModelImportOptions(ChangeOptions.defaults(), Aliases.LEFT_OUT, Optional.empty());
    }

    /** Says who does it. */
    public ModelImportOptions actor(String who) {
        return change(change.actor(who));
    }

    /** Says why. */
    public ModelImportOptions reason(String why) {
        return change(change.reason(why));
    }

    /** Makes the call repeatable. */
    public ModelImportOptions token(String value) {
        return change(change.token(value));
    }

    /** Says who does it, and why. */
    public ModelImportOptions change(ChangeOptions value) {
        return new ModelImportOptions(value, aliases, force);
    }

    /**
     * Makes the aliases that the model had, once all of their publish stacks has passed the gate: what each is to point at,
     * and what it may be rolled back to, since a rollback passes none.
     */
    public ModelImportOptions withAliases() {
        return new ModelImportOptions(change, Aliases.RECREATED, force);
    }

    /** Makes the aliases whatever the gate finds. What it found, and this reason, stay in the log. */
    public ModelImportOptions force(String why) {
        return new ModelImportOptions(change, aliases, Optional.of(why));
    }
}
