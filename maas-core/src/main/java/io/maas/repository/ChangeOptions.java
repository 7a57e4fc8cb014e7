package io.maas.repository;

import java.util.Optional;

/**
 * Who makes a change, and why. Immutable: each method returns a copy.
 *
 * @param actor who does it; if empty, the platform's actor
 * @param reason why
 * @param token repeating a call with the same token returns the outcome of the first
 * @param hold what a hold on the model means for this change
 */
public record ChangeOptions(Optional<String> actor, Optional<String> reason, Optional<String> token, OnHold hold) {
    /** What a hold on a model means for a change. */
    public enum OnHold {
        /** The change is refused. What is done automatically always respects a hold. */
        RESPECT,
        /** The change is made if its actor may change models on hold, see {@link Policy#holders()}. */
        OVERRIDE
    }

    /** Returns the defaults. */
    public static ChangeOptions defaults() {
        return new ChangeOptions(Optional.empty(), Optional.empty(), Optional.empty(), OnHold.RESPECT);
    }

    /** Returns the defaults, with a reason. */
    public static ChangeOptions because(String why) {
        return defaults().reason(why);
    }

    /** Says who does it. */
    public ChangeOptions actor(String who) {
        return new ChangeOptions(Optional.of(who), reason, token, hold);
    }

    /** Says why. */
    public ChangeOptions reason(String why) {
        return new ChangeOptions(actor, Optional.of(why), token, hold);
    }

    /** Makes the call repeatable. */
    public ChangeOptions token(String value) {
        return new ChangeOptions(actor, reason, Optional.of(value), hold);
    }

    /** Makes the change although the model is on hold, for an actor who may. */
    public ChangeOptions despiteHold() {
        return new ChangeOptions(actor, reason, token, OnHold.OVERRIDE);
    }
}
