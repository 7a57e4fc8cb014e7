package io.maas.internal.signing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.bundle.Json;
import io.maas.internal.bundle.JsonFields;
import io.maas.internal.bundle.JsonPlace;
import io.maas.model.Digest;
import io.maas.model.Names;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads and writes the statement: in-toto v1 with the predicate of OpenSSF Model Signing v1.0. */
final class StatementCodec {
    private static final String TYPE = "https://in-toto.io/Statement/v1";
    private static final String PREDICATE = "https://model_signing/signature/v1.0";
    private static final String SHA256 = "sha256";
    private static final JsonPlace ROOT =
            JsonPlace.root(ErrorCode.SIGNATURE_MALFORMED, "read the statement in model.sig");

    private StatementCodec() {}

    static Statement read(byte[] json) {
        JsonFields root = new JsonFields(Json.parse(json, EnvelopeCodec.MAX_BYTES, ROOT), ROOT);
        require(root, "_type", TYPE);
        require(root, "predicateType", PREDICATE);
        JsonFields predicate = object(root, "predicate");
        JsonFields serialization = object(predicate, "serialization");
        require(serialization, "method", "files");
        require(serialization, "hash_type", SHA256);
        Map<String, Digest> files = files(predicate);
        List<JsonFields> subjects = root.list("subject", JsonFields::new);
        if (subjects.size() != 1) {
            throw root.place("subject").refused("one subject is expected, found " + subjects.size());
        }
        JsonFields subject = subjects.get(0);
        Statement statement = new Statement(subject.text("name"), files, serialization.texts("ignore_paths"));
        requireRoot(object(subject, "digest"), statement.rootDigest());
        return statement;
    }

    private static Map<String, Digest> files(JsonFields predicate) {
        Map<String, Digest> files = new LinkedHashMap<>();
        predicate.list("resources", (node, at) -> {
            JsonFields resource = new JsonFields(node, at);
            require(resource, "algorithm", SHA256);
            String path = resource.text("name");
            if (files.put(path, digest(resource, "digest")) != null) {
                throw at.refused("the file '" + Names.shown(path) + "' is listed twice");
            }
            return path;
        });
        return files;
    }

    private static void requireRoot(JsonFields digest, Digest computed) {
        Digest stated = digest(digest, SHA256);
        if (!stated.equals(computed)) {
            throw digest.place(SHA256)
                    .refused("the root digest is " + stated + ", that of the files it lists is " + computed);
        }
    }

    private static Digest digest(JsonFields fields, String name) {
        try {
            return Digest.parse(fields.text(name));
        } catch (InvalidInputException e) {
            throw fields.place(name).refused("it is not a SHA-256 digest", e);
        }
    }

    /** A statement of another kind may be good; it is not one that can be checked here. */
    private static void require(JsonFields fields, String name, String expected) {
        String found = fields.text(name);
        if (!found.equals(expected)) {
            throw EnvelopeCodec.unsupported("its " + fields.place(name).path() + " is '" + Names.shown(found)
                    + "', known is '" + expected + "'");
        }
    }

    private static JsonFields object(JsonFields fields, String name) {
        return new JsonFields(fields.node(name), fields.place(name));
    }

    /** Writes a statement: the same bytes for equal statements. */
    static byte[] write(Statement statement) {
        ObjectNode root = Json.NODES.objectNode();
        root.put("_type", TYPE);
        ObjectNode subject = root.putArray("subject").addObject().put("name", statement.name());
        subject.putObject("digest").put(SHA256, statement.rootDigest().hex());
        root.put("predicateType", PREDICATE);
        ObjectNode predicate = root.putObject("predicate");
        ObjectNode serialization = predicate.putObject("serialization");
        serialization.put("method", "files").put("hash_type", SHA256).put("allow_symlinks", false);
        ArrayNode ignored = serialization.putArray("ignore_paths");
        statement.ignored().forEach(ignored::add);
        ArrayNode resources = predicate.putArray("resources");
        statement
                .files()
                .forEach((path, digest) -> resources
                        .addObject()
                        .put("name", path)
                        .put("algorithm", SHA256)
                        .put("digest", digest.hex()));
        return Json.write(root);
    }
}
