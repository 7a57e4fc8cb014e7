package io.maas.repository;

import java.util.Optional;

/**
 * How to retire versions. Immutable: each method returns a copy.
 *
 * @param mode whether to do it
 * @param actor who does it; if empty, the platform's actor
 * @param reason why; the rule of the policy is part of the reason in any case
 */
public record RetireOptions(Maintenance.Mode mode, Optional<String> actor, Optional<String> reason) {
    /** Returns the defaults. */
    public static RetireOptions defaults() {
        return new RetireOptions(Maintenance.Mode.APPLY, Optional.empty(), Optional.empty());
    }

    /** Writes nothing. */
    public RetireOptions dryRun() {
        return new RetireOptions(Maintenance.Mode.DRY_RUN, actor, reason);
    }

    /** Says who does it. */
    public RetireOptions actor(String who) {
        return new RetireOptions(mode, Optional.of(who), reason);
    }

    /** Says why. */
    public RetireOptions reason(String why) {
        return new RetireOptions(mode, actor, Optional.of(why));
    }
}
