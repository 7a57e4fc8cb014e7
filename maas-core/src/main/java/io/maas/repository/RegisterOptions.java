package io.maas.repository;

import io.maas.model.Names;
import java.util.Optional;

/**
 * How to register. Immutable: each method returns a copy.
 *
 * @param version the label; if empty, the package's own, or else the next number
 * @param actor who does it; if empty, the platform's actor
 * @param reason why
 * @param token repeating a call with the same token returns the outcome of the first
 */
public record RegisterOptions(
        Optional<String> version, Optional<String> actor, Optional<String> reason, Optional<String> token) {
    /** Checks the label. */
    public RegisterOptions {
        version.ifPresent(Names::version);
    }

    /** Returns the defaults. */
    public static RegisterOptions defaults() {
        return new RegisterOptions(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Sets the label. */
    public RegisterOptions version(String label) {
        return new RegisterOptions(Optional.of(label), actor, reason, token);
    }

    /** Says who does it. */
    public RegisterOptions actor(String who) {
        return new RegisterOptions(version, Optional.of(who), reason, token);
    }

    /** Says why. */
    public RegisterOptions reason(String why) {
        return new RegisterOptions(version, actor, Optional.of(why), token);
    }

    /** Makes the call repeatable. */
    public RegisterOptions token(String value) {
        return new RegisterOptions(version, actor, reason, Optional.of(value));
    }
}
