package io.maas.repository;

import io.maas.model.Names;
import java.util.Optional;

/**
 * How to publish. Immutable: each method returns a copy.
 *
 * @param alias the alias to move
 * @param actor who does it; if empty, the platform's actor
 * @param reason why
 * @param token repeating a call with the same token returns the outcome of the first
 * @param expected the version that the alias must point at for the change to be made; if empty, any
 */
public record PublishOptions(
        String alias,
        Optional<String> actor,
        Optional<String> reason,
        Optional<String> token,
        Optional<String> expected) {
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
        return new PublishOptions(alias, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Says who does it. */
    public PublishOptions actor(String who) {
        return new PublishOptions(alias, Optional.of(who), reason, token, expected);
    }

    /** Says why. */
    public PublishOptions reason(String why) {
        return new PublishOptions(alias, actor, Optional.of(why), token, expected);
    }

    /** Makes the call repeatable. */
    public PublishOptions token(String value) {
        return new PublishOptions(alias, actor, reason, Optional.of(value), expected);
    }

    /** Refuses the change unless the alias points at this version. */
    public PublishOptions expecting(String version) {
        return new PublishOptions(alias, actor, reason, token, Optional.of(version));
    }
}
