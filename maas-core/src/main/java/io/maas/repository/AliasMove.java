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
 * @param from the version it pointed at; empty the first time
 * @param to the version it points at since
 */
public record AliasMove(Commit commit, ModelName name, String alias, Kind kind, Optional<String> from, String to) {
    /** How an alias moves. */
    public enum Kind {
        /** Onto the publish stack. */
        PUBLISH,
        /** Down the publish stack. */
        ROLLBACK
    }
}
