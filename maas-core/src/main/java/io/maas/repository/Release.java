package io.maas.repository;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.ModelName;
import io.maas.model.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Several moves of aliases, of one or more models, that are made in one commit: all or none. Immutable: each method returns
 * a copy.
 *
 * <pre>{@code
 * Commit live = repository.release(Release.of()
 *         .publish(tokenizer, "production")
 *         .publish(ranker, "production")
 *         .options(ChangeOptions.because("ranker 7 needs tokenizer 3")));
 * repository.undo(live, ChangeOptions.because("ranker 7 is slow"));
 * }</pre>
 *
 * @param steps the moves; at most one of each alias
 * @param options who releases, and why
 * @param force why it is released whatever the gate finds; empty if it is not
 */
public record Release(List<Step> steps, ChangeOptions options, Optional<String> force) {
    /** One move. */
    public sealed interface Step {
        /** Returns the model. */
        ModelName name();

        /** Returns the alias. */
        String alias();

        /** Returns the version that the alias must point at for the release to be made; empty if any. */
        Optional<String> expected();
    }

    /**
     * Points an alias at a version, which passes the gate first.
     *
     * @param version the version
     * @param alias the alias
     * @param expected what the alias must point at; empty if any
     */
    public record Publish(ModelVersion version, String alias, Optional<String> expected) implements Step {
        @Override
        public ModelName name() {
            return version.name();
        }
    }

    /**
     * Moves an alias down its publish stack.
     *
     * @param name the model
     * @param alias the alias
     * @param version the version to go back to; empty for the one published before
     * @param expected what the alias must point at; empty if any
     */
    public record Rollback(ModelName name, String alias, Optional<String> version, Optional<String> expected)
            implements Step {}

    /**
     * Takes an alias away.
     *
     * @param name the model
     * @param alias the alias
     * @param expected what the alias must point at; empty if any
     */
    public record Unpublish(ModelName name, String alias, Optional<String> expected) implements Step {}

    /** Checks the steps. */
    public Release {
        steps = List.copyOf(steps);
        List<String> seen = new ArrayList<>();
        for (Step step : steps) {
            Names.alias(step.alias());
            String key = step.name() + "@" + step.alias();
            if (seen.contains(key)) {
                throw new InvalidInputException(
                        ErrorCode.BAD_SETTING,
                        "make a release",
                        "it moves " + key + " twice",
                        "move each alias once, to where it is to end");
            }
            seen.add(key);
        }
    }

    /** Returns a release of nothing. */
    public static Release of() {
        return new Release(List.of(), ChangeOptions.defaults(), Optional.empty());
    }

    /** Adds a version to publish. */
    public Release publish(ModelVersion version, String alias) {
        return and(new Publish(version, alias, Optional.empty()));
    }

    /** Adds an alias to roll back to the version published before. */
    public Release rollback(ModelName name, String alias) {
        return and(new Rollback(name, alias, Optional.empty(), Optional.empty()));
    }

    /** Adds an alias to take away. */
    public Release unpublish(ModelName name, String alias) {
        return and(new Unpublish(name, alias, Optional.empty()));
    }

    /** Adds a step. */
    public Release and(Step step) {
        List<Step> more = new ArrayList<>(steps);
        more.add(step);
        return new Release(more, options, force);
    }

    /** Says who releases, and why. */
    public Release options(ChangeOptions value) {
        return new Release(steps, value, force);
    }

    /** Releases whatever the gate finds. What it found, and this reason, stay in the log. */
    public Release force(String why) {
        return new Release(steps, options, Optional.of(why));
    }
}
