package io.maas.repository;

import io.maas.model.ModelName;
import io.maas.model.TrustKey;
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
     * An alias was published, rolled back or taken away.
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

    /**
     * The traffic of an alias was set. Whenever an alias moves, its traffic ends, of which there is no event of its own.
     *
     * @param commit when, by whom and why
     * @param name the model
     * @param alias the alias
     * @param version the version that the alias points at
     * @param traffic who answers since
     */
    record TrafficChanged(Commit commit, ModelName name, String alias, String version, Traffic traffic)
            implements RepositoryEvent {
        @Override
        public Optional<ModelName> model() {
            return Optional.of(name);
        }
    }

    /**
     * A model was put on hold, or taken off it.
     *
     * @param commit when, by whom and why
     * @param name the model
     * @param held whether it is on hold since
     */
    record HoldChanged(Commit commit, ModelName name, boolean held) implements RepositoryEvent {
        @Override
        public Optional<ModelName> model() {
            return Optional.of(name);
        }
    }

    /**
     * A version was deprecated, yanked, reinstated or deleted.
     *
     * @param commit when, by whom and why
     * @param name the model
     * @param version the label of the version
     * @param from where in its life it was
     * @param to where it is since
     */
    record LifecycleChanged(Commit commit, ModelName name, String version, Lifecycle from, Lifecycle to)
            implements RepositoryEvent {
        @Override
        public Optional<ModelName> model() {
            return Optional.of(name);
        }
    }

    /**
     * A version was approved by the commit's actor, or the approval was withdrawn.
     *
     * @param commit when, by whom and why
     * @param name the model
     * @param version the label of the version
     * @param approved whether the approval stands since
     */
    record ApprovalChanged(Commit commit, ModelName name, String version, boolean approved) implements RepositoryEvent {
        @Override
        public Optional<ModelName> model() {
            return Optional.of(name);
        }
    }

    /**
     * A policy was set or removed.
     *
     * @param commit when, by whom and why
     * @param model the model whose own it is; empty if it is the one for all
     * @param policy the policy since; empty if it was removed
     */
    record PolicyChanged(Commit commit, Optional<ModelName> model, Optional<Policy> policy)
            implements RepositoryEvent {}

    /**
     * A key is trusted.
     *
     * @param commit when, by whom and why
     * @param key the key
     */
    record KeyTrusted(Commit commit, TrustKey key) implements RepositoryEvent {
        @Override
        public Optional<ModelName> model() {
            return Optional.empty();
        }
    }

    /**
     * A key is trusted no longer.
     *
     * @param commit when, by whom and why
     * @param id the id of the key
     */
    record KeyDistrusted(Commit commit, String id) implements RepositoryEvent {
        @Override
        public Optional<ModelName> model() {
            return Optional.empty();
        }
    }

    /**
     * The bearer of an access key is let in.
     *
     * @param commit when, by whom and why
     * @param key the key
     */
    record AccessGranted(Commit commit, AccessKey key) implements RepositoryEvent {
        @Override
        public Optional<ModelName> model() {
            return Optional.empty();
        }
    }

    /**
     * The bearer of an access key is let in no longer.
     *
     * @param commit when, by whom and why
     * @param id the id of the key
     */
    record AccessRevoked(Commit commit, String id) implements RepositoryEvent {
        @Override
        public Optional<ModelName> model() {
            return Optional.empty();
        }
    }

    /**
     * Files that no version needs will be deleted from the store.
     *
     * @param commit when, by whom and why
     * @param files how many
     */
    record FilesCondemned(Commit commit, int files) implements RepositoryEvent {
        @Override
        public Optional<ModelName> model() {
            return Optional.empty();
        }
    }

    /**
     * Files that were condemned are deleted from the store.
     *
     * @param commit when, by whom and why
     * @param through the last commit whose condemned files are gone
     */
    record FilesCollected(Commit commit, long through) implements RepositoryEvent {
        @Override
        public Optional<ModelName> model() {
            return Optional.empty();
        }
    }
}
