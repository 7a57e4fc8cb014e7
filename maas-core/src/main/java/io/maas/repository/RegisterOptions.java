package io.maas.repository;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.ModelName;
import io.maas.model.Names;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How to register. Immutable: each method returns a copy.
 *
 * @param version the label; if empty, the package's own, or else the next number
 * @param actor who does it; if empty, the platform's actor
 * @param reason why
 * @param token repeating a call with the same token returns the outcome of the first
 * @param model the model that packages must be of; empty for any
 * @param within the models that packages may be of, and may depend on; empty for any
 */
public record RegisterOptions(
        Optional<String> version,
        Optional<String> actor,
        Optional<String> reason,
        Optional<String> token,
        Optional<ModelName> model,
        Optional<Set<ModelName>> within) {
    /** Checks the label, and copies the set. */
    public RegisterOptions {
        version.ifPresent(Names::version);
        within = within.map(names -> Collections.unmodifiableSet(new TreeSet<>(names)));
    }

    /** Returns the defaults. */
    public static RegisterOptions defaults() {
        return new RegisterOptions(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** Sets the label. */
    public RegisterOptions version(String label) {
        return new RegisterOptions(Optional.of(label), actor, reason, token, model, within);
    }

    /** Says who does it. */
    public RegisterOptions actor(String who) {
        return new RegisterOptions(version, Optional.of(who), reason, token, model, within);
    }

    /** Says why. */
    public RegisterOptions reason(String why) {
        return new RegisterOptions(version, actor, Optional.of(why), token, model, within);
    }

    /** Makes the call repeatable. */
    public RegisterOptions token(String value) {
        return new RegisterOptions(version, actor, reason, Optional.of(value), model, within);
    }

    /**
     * Lets packages be of this model only: for who means to add a version to it. Others are refused with an {@link
     * InvalidInputException} and {@link ErrorCode#OTHER_MODEL}, and nothing of them is kept.
     */
    public RegisterOptions ofModel(ModelName name) {
        return new RegisterOptions(version, actor, reason, token, Optional.of(name), within);
    }

    /**
     * Lets packages be of these models only, and depend on no others: for who acts for somebody who may not do everything. What
     * a package says it is of is known only once it was read, so that this cannot be asked before. Others are refused with an
     * {@link InvalidInputException} and {@link ErrorCode#OTHER_MODEL}, and nothing of them is kept.
     */
    public RegisterOptions within(Collection<ModelName> models) {
        return new RegisterOptions(version, actor, reason, token, model, Optional.of(new TreeSet<>(models)));
    }
}
