package io.maas.internal.log;

import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.repository.AliasMove;
import java.util.List;
import java.util.Optional;

/** One operation of a change. */
public sealed interface Op {
    /** Returns what it acts on, for people who read the log. */
    String subject();

    /**
     * Adds a version. Precondition: there is no version of that label.
     *
     * @param name the model
     * @param version the label
     * @param digest the identity of the bundle
     * @param size the size of its files in bytes
     * @param manifest where {@code maas.json} lies
     * @param blobs where the other files lie
     */
    record Register(ModelName name, String version, Digest digest, long size, BlobKey manifest, List<BlobKey> blobs)
            implements Op {
        /** Copies the list. */
        public Register {
            blobs = List.copyOf(blobs);
        }

        @Override
        public String subject() {
            return name + ":" + version;
        }
    }

    /**
     * Attaches a fact to a version. Precondition: the version exists.
     *
     * @param name the model
     * @param version the label
     * @param fact what kind of fact
     * @param blob where it lies
     */
    record Attach(ModelName name, String version, String fact, BlobKey blob) implements Op {
        /** What the engine said when the version was registered. */
        public static final String PROBE = "probe";

        @Override
        public String subject() {
            return name + ":" + version;
        }
    }

    /**
     * Moves an alias. Precondition: it points at {@code from}.
     *
     * @param name the model
     * @param alias the alias
     * @param kind onto the publish stack or down it
     * @param from the version it points at; empty if it does not exist
     * @param to the version it is to point at
     */
    record MoveAlias(ModelName name, String alias, AliasMove.Kind kind, Optional<String> from, String to)
            implements Op {
        @Override
        public String subject() {
            return name + "@" + alias;
        }
    }

    /**
     * Something a newer platform wrote. It cannot be applied.
     *
     * @param kind the kind that is not known here
     * @param subject what it acts on
     */
    record Unknown(String kind, String subject) implements Op {}
}
