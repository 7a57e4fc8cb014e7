package io.maas.internal.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.internal.bundle.Json;
import io.maas.internal.bundle.JsonPlace;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.model.Names;
import io.maas.repository.AliasMove;
import io.maas.repository.Lifecycle;
import java.time.DateTimeException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@code model.json}: what is in the file of a model with its history.
 *
 * @param registry the identity of the registry that it comes from
 * @param head the newest commit of that registry
 * @param headDigest the digest of that commit
 * @param model the model
 * @param versions its versions but the deleted ones, oldest first
 * @param aliases its aliases
 */
public record ModelDocument(
        Digest registry,
        long head,
        Digest headDigest,
        ModelName model,
        List<Version> versions,
        Map<String, Alias> aliases) {
    private static final int MAX_BYTES = 16 << 20;
    private static final int MOST_VERSIONS = 10_000;
    private static final int MOST_ALIASES = 1_000;
    /** As much as a registry keeps of an alias. */
    private static final int LONGEST_STACK = 64;

    private static final String SCHEMA = "maas-model/1";

    /** Copies the collections. */
    public ModelDocument {
        versions = List.copyOf(versions);
        aliases = Collections.unmodifiableMap(new TreeMap<>(aliases));
    }

    /**
     * A version, and where in the file its parts are.
     *
     * @param label its label
     * @param digest the identity of its bundle
     * @param lifecycle where it is in its life
     * @param manifest its {@code maas.json}, which lists its other files
     * @param signature its signature, if it has one
     * @param origin what the registry knows of it
     * @param facts what is attached to it, by kind
     */
    public record Version(
            String label,
            Digest digest,
            Lifecycle lifecycle,
            Digest manifest,
            Optional<Digest> signature,
            Digest origin,
            Map<String, Digest> facts) {
        /** Copies the map. */
        public Version {
            facts = Collections.unmodifiableMap(new TreeMap<>(facts));
        }
    }

    /**
     * An alias.
     *
     * @param stack its publish stack, oldest first
     * @param moves its latest moves, oldest first
     */
    public record Alias(List<String> stack, List<AliasMove> moves) {
        /** Copies the lists. */
        public Alias {
            stack = List.copyOf(stack);
            moves = List.copyOf(moves);
        }
    }

    /** Returns the document as JSON. */
    public byte[] write() {
        ObjectNode root = Json.NODES.objectNode().put("schema", SCHEMA);
        root.put("registry", registry.hex()).put("head", head).put("headDigest", headDigest.hex());
        root.put("model", model.value());
        ArrayNode all = root.putArray("versions");
        for (Version version : versions) {
            ObjectNode node = all.addObject()
                    .put("version", version.label())
                    .put("digest", version.digest().hex())
                    .put("lifecycle", CommitJson.lower(version.lifecycle()))
                    .put("manifest", version.manifest().hex());
            version.signature().ifPresent(signature -> node.put("signature", signature.hex()));
            node.put("origin", version.origin().hex());
            ObjectNode facts = node.putObject("facts");
            version.facts().forEach((fact, digest) -> facts.put(fact, digest.hex()));
        }
        ObjectNode named = root.putObject("aliases");
        aliases.forEach((alias, state) -> {
            ObjectNode node = named.putObject(alias);
            ArrayNode stack = node.putArray("stack");
            state.stack().forEach(stack::add);
            ArrayNode moves = node.putArray("moves");
            state.moves().forEach(move -> CommitJson.write(move, moves.addObject()));
        });
        byte[] json = Json.write(root);
        if (json.length > MAX_BYTES || versions.size() > MOST_VERSIONS || aliases.size() > MOST_ALIASES) {
            throw new InvalidInputException(
                    ErrorCode.BAD_DOCUMENT,
                    "export the model " + model,
                    "its history has " + versions.size() + " versions and " + aliases.size() + " aliases, and takes "
                            + json.length + " bytes, more than " + MOST_VERSIONS + ", " + MOST_ALIASES + " or "
                            + MAX_BYTES,
                    "copy the whole registry instead");
        }
        return json;
    }

    /**
     * Reads a document.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_DOCUMENT} if it is none, or contradicts itself
     */
    static ModelDocument read(byte[] json, String doing) {
        JsonPlace at = JsonPlace.root(ErrorCode.BAD_DOCUMENT, doing);
        JsonNode root = Json.parse(json, MAX_BYTES, at);
        String schema = root.path("schema").asText();
        if (!schema.equals(SCHEMA)) {
            throw at.refused("the schema of its model.json is unknown, '" + Names.shown(schema) + "'");
        }
        ModelDocument document;
        try {
            ModelName model = ModelName.of(CommitJson.text(root, "model"));
            Map<String, Alias> aliases = new TreeMap<>();
            JsonNode named = root.required("aliases");
            named.fieldNames()
                    .forEachRemaining(alias -> aliases.put(Names.alias(alias), readAlias(named.path(alias), model)));
            document = new ModelDocument(
                    digest(root, "registry"),
                    CommitJson.number(root, "head"),
                    digest(root, "headDigest"),
                    model,
                    CommitJson.list(root.required("versions"), ModelDocument::readVersion),
                    aliases);
        } catch (MaasException | IllegalArgumentException | DateTimeException e) {
            throw at.refused("its model.json is not one that a registry writes, " + Names.shown(e.toString()), e);
        }
        document.check(at);
        return document;
    }

    private static Version readVersion(JsonNode node) {
        Map<String, Digest> facts = new TreeMap<>();
        JsonNode attached = node.required("facts");
        attached.fieldNames().forEachRemaining(fact -> facts.put(fact, digest(attached, fact)));
        return new Version(
                Names.version(CommitJson.text(node, "version")),
                digest(node, "digest"),
                CommitJson.one(Lifecycle.class, CommitJson.text(node, "lifecycle")),
                digest(node, "manifest"),
                CommitJson.optional(node, "signature").map(Digest::parse),
                digest(node, "origin"),
                facts);
    }

    private static Alias readAlias(JsonNode node, ModelName model) {
        return new Alias(
                CommitJson.list(node.required("stack"), label -> Names.version(label.asText())),
                CommitJson.list(node.required("moves"), move -> CommitJson.readMove(move, model)));
    }

    private static Digest digest(JsonNode node, String field) {
        return Digest.parse(CommitJson.text(node, field));
    }

    private void check(JsonPlace at) {
        if (versions.isEmpty() || versions.size() > MOST_VERSIONS) {
            throw at.refused("it has " + versions.size() + " versions, not 1 to " + MOST_VERSIONS);
        }
        if (aliases.size() > MOST_ALIASES) {
            throw at.refused("it has " + aliases.size() + " aliases, more than " + MOST_ALIASES);
        }
        Map<String, Lifecycle> known = new HashMap<>();
        for (Version version : versions) {
            if (known.put(version.label(), version.lifecycle()) != null) {
                throw at.refused("it has two versions '" + version.label() + "'");
            } else if (version.lifecycle() == Lifecycle.DELETED) {
                throw at.refused("its version '" + version.label() + "' is deleted");
            }
        }
        aliases.forEach((alias, state) -> {
            if (state.stack().size() > LONGEST_STACK || state.moves().size() > LONGEST_STACK) {
                throw at.refused("its alias '" + alias + "' has a publish stack of "
                        + state.stack().size() + " versions and "
                        + state.moves().size() + " moves, more than "
                        + LONGEST_STACK);
            } else if (!state.stack().isEmpty()) {
                String top = state.stack().get(state.stack().size() - 1);
                Lifecycle lifecycle = known.get(top);
                if (lifecycle == null || lifecycle == Lifecycle.YANKED) {
                    throw at.refused("its alias '" + alias + "' points at '" + top + "', which cannot be published");
                }
            }
        });
    }
}
