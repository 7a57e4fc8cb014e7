package io.maas.repository;

import io.maas.model.ModelName;
import java.util.Optional;

/**
 * One operation of a commit, as those who listen are told of it. More kinds come with later versions of the platform:
 * whoever switches over them should have something to do for one that is not known.
 */
public sealed interface RepositoryEvent {
    /** Returns when it was, by whom and why. Events of one commit may differ in the last two. */
    Commit commit();

    /** Returns the model that it is about, if it is about one. */
    Optional<ModelName> model();

    /**
     * A version was registered.
     *
     * @param commit when, by whom and why
     * @param version the version
     */
    record Registered(Commit commit, ModelVersion version) implements RepositoryEvent {
        @Override
        public Optional<ModelName> model() {
            return Optional.of(version.name());
        }
    }

    /**
     * Something that was found out about a version was attached to it.
     *
     * @param commit when, by whom and why
     * @param name the model
     * @param version the label of the version
     * @param fact what kind of fact, such as {@code probe}
     */
    record Attached(Commit commit, ModelName name, String version, String fact) implements RepositoryEvent {
        @Override
        public Optional<ModelName> model() {
            return Optional.of(name);
        }
    }

    /**
     * An alias was published or rolled back.
     *
     * @param move how it moved
     */
    record AliasMoved(AliasMove move) implements RepositoryEvent {
        @Override
        public Commit commit() {
            return move.commit();
        }

        @Override
        public Optional<ModelName> model() {
            return Optional.of(move.name());
        }
    }
}
