package io.maas.repository;

import io.maas.model.ModelName;
import java.util.Optional;

/**
 * One move of an alias from one version to another.
 *
 * @param commit when, by whom and why
 * @param name the model
 * @param alias the alias
 * @param kind how
 * @param from the version it pointed at; empty if it pointed at nothing
 * @param to the version it points at since; empty if it points at nothing
 */
public record AliasMove(
        Commit commit, ModelName name, String alias, Kind kind, Optional<String> from, Optional<String> to) {
    /** How an alias moves. */
    public enum Kind {
        /** Onto the publish stack. */
        PUBLISH,
        /** Down the publish stack. */
        ROLLBACK,
        /** Away: the alias points at nothing, and its publish stack is empty. */
        UNPUBLISH
    }
}
