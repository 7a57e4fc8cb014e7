package io.maas.repository;

import io.maas.model.Names;
import java.util.Optional;

/**
 * How to publish. Immutable: each method returns a copy.
 *
 * @param alias the alias to move
 * @param change who does it, and why
 * @param expected the version that the alias must point at for the change to be made; if empty, any
 * @param force why it is published whatever the gate finds; empty if it is not
 */
public record PublishOptions(String alias, ChangeOptions change, Optional<String> expected, Optional<String> force) {
    /** Checks the names. */
    public PublishOptions {
        Names.alias(alias);
        expected.ifPresent(Names::version);
    }

    /** Moves the alias {@code production}, which a bare model name stands for. */
    public static PublishOptions toProduction() {
        return to(Names.PRODUCTION);
    }

    /** Moves any alias. */
    public static PublishOptions to(String alias) {
        return new PublishOptions(alias, ChangeOptions.defaults(), Optional.empty(), Optional.empty());
    }

    /** Says who does it. */
    public PublishOptions actor(String who) {
        return change(change.actor(who));
    }

    /** Says why. */
    public PublishOptions reason(String why) {
        return change(change.reason(why));
    }

    /** Makes the call repeatable. */
    public PublishOptions token(String value) {
        return change(change.token(value));
    }

    /** Publishes although the model is on hold, for an actor who may. */
    public PublishOptions despiteHold() {
        return change(change.despiteHold());
    }

    /** Says who does it, and why. */
    public PublishOptions change(ChangeOptions value) {
        return new PublishOptions(alias, value, expected, force);
    }

    /** Refuses the change unless the alias points at this version. */
    public PublishOptions expecting(String version) {
        return new PublishOptions(alias, change, Optional.of(version), force);
    }

    /** Publishes whatever the gate finds. What it found, and this reason, stay in the log. */
    public PublishOptions force(String why) {
        return new PublishOptions(alias, change, expected, Optional.of(why));
    }
}
