package io.maas.internal.log;

import io.maas.model.Digest;
import io.maas.model.Manifest;
import io.maas.model.ModelName;
import io.maas.model.TrustKey;
import io.maas.repository.AccessKey;
import io.maas.repository.AliasMove;
import io.maas.repository.Lifecycle;
import io.maas.repository.Policy;
import io.maas.repository.Traffic;
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
     * @param dependsOn the bundles that it needs
     */
    record Register(
            ModelName name,
            String version,
            Digest digest,
            long size,
            BlobKey manifest,
            List<BlobKey> blobs,
            List<Manifest.Dependency> dependsOn)
            implements Op {
        /** Copies the lists. */
        public Register {
            blobs = List.copyOf(blobs);
            dependsOn = List.copyOf(dependsOn);
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

        /** What the publish gate found, for one alias: this and the alias. */
        public static final String GATE = "gate.";

        /** What is known of the version from the registry that it came from. */
        public static final String ORIGIN = "origin";

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
     * @param from the version it points at; empty if it points at nothing
     * @param to the version it is to point at; empty to point at nothing
     */
    record MoveAlias(ModelName name, String alias, AliasMove.Kind kind, Optional<String> from, Optional<String> to)
            implements Op {
        @Override
        public String subject() {
            return name + "@" + alias;
        }
    }

    /**
     * Sets who answers the calls of an alias. Precondition: it points at {@code primary}, which has a share if any version
     * has, and every version that is named may be published. Any move of the alias ends it.
     *
     * @param name the model
     * @param alias the alias
     * @param primary the version that it points at
     * @param traffic who answers, and who gets copies
     */
    record SetTraffic(ModelName name, String alias, String primary, Traffic traffic) implements Op {
        @Override
        public String subject() {
            return name + "@" + alias;
        }
    }

    /**
     * Holds a model as it is, or lets go of it. Precondition: it is not so already.
     *
     * @param name the model
     * @param held whether it is held from now on
     */
    record Hold(ModelName name, boolean held) implements Op {
        @Override
        public String subject() {
            return name.value();
        }
    }

    /**
     * Moves a version along its life. Precondition: it is at {@code from}, nothing needs it where it is yanked or deleted,
     * and it is not deleted.
     *
     * @param name the model
     * @param version the label
     * @param from where it is
     * @param to where it is to be
     */
    record SetLifecycle(ModelName name, String version, Lifecycle from, Lifecycle to) implements Op {
        @Override
        public String subject() {
            return name + ":" + version;
        }
    }

    /**
     * Approves a version, in the name of the change's actor, or withdraws an approval. Precondition: it is not so already.
     *
     * @param name the model
     * @param version the label
     * @param digest the bundle that was looked at
     * @param approved whether it is approved from now on
     * @param by whose approval is withdrawn, who may stand there under another name; empty for the change's actor
     */
    record Approve(ModelName name, String version, Digest digest, boolean approved, Optional<String> by) implements Op {
        @Override
        public String subject() {
            return name + ":" + version;
        }
    }

    /**
     * Sets a policy, or removes it.
     *
     * @param model the model that it is for; empty for all that have none of their own
     * @param policy the policy; empty to remove it
     */
    record SetPolicy(Optional<ModelName> model, Optional<Policy> policy) implements Op {
        @Override
        public String subject() {
            return model.map(ModelName::value).orElse("*");
        }
    }

    /**
     * Trusts a key. Precondition: it is not trusted yet.
     *
     * @param key the key
     */
    record Trust(TrustKey key) implements Op {
        @Override
        public String subject() {
            return key.id();
        }
    }

    /**
     * Trusts a key no longer. Precondition: it is trusted.
     *
     * @param id the id of the key
     */
    record Distrust(String id) implements Op {
        @Override
        public String subject() {
            return id;
        }
    }

    /**
     * Lets the bearer of a secret in. Precondition: no key has this id.
     *
     * @param key what he may do
     */
    record Grant(AccessKey key) implements Op {
        @Override
        public String subject() {
            return key.id();
        }
    }

    /**
     * Lets the bearer of a secret in no longer. Precondition: a key has this id.
     *
     * @param id the id of the key
     */
    record Revoke(String id) implements Op {
        @Override
        public String subject() {
            return id;
        }
    }

    /**
     * Announces that blobs will be deleted: from now on no commit may name them. Precondition: no version names them.
     *
     * @param blobs the blobs
     */
    record Condemn(List<BlobKey> blobs) implements Op {
        /** Copies the list. */
        public Condemn {
            blobs = List.copyOf(blobs);
        }

        @Override
        public String subject() {
            return blobs.size() + " blobs";
        }
    }

    /**
     * Notes that the blobs condemned up to a commit are deleted, so that they need not be remembered one by one: no later
     * commit may name an upload that began before it and that no version has. Precondition: it is not before the last one.
     *
     * @param through the commit
     */
    record Collected(long through) implements Op {
        @Override
        public String subject() {
            return "blobs condemned up to commit " + through;
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
