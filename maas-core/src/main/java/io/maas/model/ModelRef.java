package io.maas.model;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;

/**
 * Points at a version of a model. As text: {@code digits} (its production alias), {@code digits:3}, {@code
 * digits@staging}, {@code digits@sha256:…}.
 */
public sealed interface ModelRef {
    /** Returns the model's name. */
    ModelName name();

    /**
     * Whatever an alias points at when asked.
     *
     * @param name the model
     * @param alias the alias
     */
    record ByAlias(ModelName name, String alias) implements ModelRef {
        /** Checks the alias. */
        public ByAlias {
            Names.alias(alias);
        }

        @Override
        public String toString() {
            return alias.equals(Names.PRODUCTION) ? name.value() : name + "@" + alias;
        }
    }

    /**
     * One version by its label.
     *
     * @param name the model
     * @param version the label
     */
    record ByVersion(ModelName name, String version) implements ModelRef {
        /** Checks the label. */
        public ByVersion {
            Names.version(version);
        }

        @Override
        public String toString() {
            return name + ":" + version;
        }
    }

    /**
     * One version by the digest of its bundle.
     *
     * @param name the model
     * @param digest the digest
     */
    record ByDigest(ModelName name, Digest digest) implements ModelRef {
        @Override
        public String toString() {
            return name + "@" + digest;
        }
    }

    /**
     * Reads a reference.
     *
     * @throws InvalidInputException {@link ErrorCode#INVALID_NAME} if it has none of the forms above
     */
    static ModelRef parse(String text) {
        int at = text.indexOf('@');
        if (at >= 0) {
            ModelName name = ModelName.of(text.substring(0, at));
            String rest = text.substring(at + 1);
            return rest.startsWith("sha256:") ? new ByDigest(name, Digest.parse(rest)) : new ByAlias(name, rest);
        }
        int colon = text.indexOf(':');
        if (colon >= 0) {
            return new ByVersion(ModelName.of(text.substring(0, colon)), text.substring(colon + 1));
        }
        return new ByAlias(ModelName.of(text), Names.PRODUCTION);
    }
}
