package io.maas.repository;

import java.util.Optional;

/**
 * How to bring a version into another registry. Immutable: each method returns a copy.
 *
 * @param change who does it there, and why
 * @param label which label it gets there
 * @param dependencies what becomes of the versions that it needs
 * @param publish how to publish it there afterwards; empty not to
 */
public record PromoteOptions(
        ChangeOptions change, Label label, Dependencies dependencies, Optional<PublishOptions> publish) {
    /** Which label a version gets. */
    public enum Label {
        /** The one that it has. */
        SAME,
        /** The next number. */
        NEXT
    }

    /** What becomes of the versions that a version needs. */
    public enum Dependencies {
        /** They have to be there already. */
        REQUIRED,
        /** Those that are not there are promoted along, in the same commit. */
        PROMOTED
    }

    /** Returns the defaults: the same label, dependencies required, not published. */
    public static PromoteOptions defaults() {
        return new PromoteOptions(ChangeOptions.defaults(), Label.SAME, Dependencies.REQUIRED, Optional.empty());
    }

    /** Says who does it. */
    public PromoteOptions actor(String who) {
        return change(change.actor(who));
    }

    /** Says why. */
    public PromoteOptions reason(String why) {
        return change(change.reason(why));
    }

    /** Makes the call repeatable. */
    public PromoteOptions token(String value) {
        return change(change.token(value));
    }

    /** Says who does it, and why. */
    public PromoteOptions change(ChangeOptions value) {
        return new PromoteOptions(value, label, dependencies, publish);
    }

    /**
     * Gives the version the next number there, rather than the label that it has. What comes along {@linkplain
     * #withDependencies() with it} keeps its labels.
     */
    public PromoteOptions nextLabel() {
        return new PromoteOptions(change, Label.NEXT, dependencies, publish);
    }

    /** Promotes the versions that it needs along with it, where they are not there yet. */
    public PromoteOptions withDependencies() {
        return new PromoteOptions(change, label, Dependencies.PROMOTED, publish);
    }

    /** Publishes the version there afterwards, through the gate and the policy of that registry. */
    public PromoteOptions thenPublish(PublishOptions how) {
        return new PromoteOptions(change, label, dependencies, Optional.of(how));
    }
}
