package io.maas.internal.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Manifest;
import io.maas.model.Manifest.FileEntry;
import java.util.List;

/** Reads and writes {@code maas.json}. Thread-safe. */
public final class ManifestCodec {
    /** The largest {@code maas.json}. It is held in memory whole. */
    public static final int MAX_BYTES = 16 << 20;

    private static final String FAMILY = "maas/";

    /** Gives the labels that a manifest keeps in a file. */
    @FunctionalInterface
    public interface LabelFiles {
        /** Returns the lines of a file that the manifest lists. */
        List<String> lines(FileEntry file);
    }

    /**
     * Reads a manifest without its files: where a {@code labelsFile} holds the labels, there are none.
     *
     * @throws InvalidInputException as {@link #read(byte[], LabelFiles)}
     */
    public Manifest read(byte[] json) {
        return read(json, file -> List.of());
    }

    /**
     * Reads a manifest, and the labels that it keeps in files.
     *
     * @throws InvalidInputException {@link ErrorCode#PACKAGE_MANIFEST} if it is not one, naming the field; {@link
     *     ErrorCode#PACKAGE_MISSING} if it names a file that it does not list; {@link ErrorCode#NEWER_LAYOUT} if a newer
     *     platform wrote it
     */
    public Manifest read(byte[] json, LabelFiles labels) {
        JsonPlace root = root("read");
        JsonNode node = Json.parse(json, MAX_BYTES, root);
        JsonFields fields = new JsonFields(node, root);
        checkSchema(fields);
        Manifest manifest = new ManifestReading(fields, labels).read();
        fields.end();
        return manifest;
    }

    /**
     * Writes a manifest: the same bytes for equal manifests. Labels are written inline.
     *
     * @throws InvalidInputException {@link ErrorCode#PACKAGE_MANIFEST} if it holds something that JSON does not have
     */
    public byte[] write(Manifest manifest) {
        byte[] json = Json.write(new ManifestWriting(root("write")).write(manifest));
        if (json.length > MAX_BYTES) {
            throw root("write").refused("it would have " + json.length + " bytes, more than " + MAX_BYTES);
        }
        return json;
    }

    private static JsonPlace root(String verb) {
        return JsonPlace.root(ErrorCode.PACKAGE_MANIFEST, verb + " " + Bundle.MANIFEST);
    }

    private static void checkSchema(JsonFields fields) {
        String schema = fields.text("schema");
        if (schema.equals(Manifest.SCHEMA)) {
            return;
        }
        // one to nine digits without a leading zero: numbers above this platform's
        if (schema.startsWith(FAMILY) && schema.substring(FAMILY.length()).matches("[1-9][0-9]{0,8}")) {
            throw new InvalidInputException(
                    ErrorCode.NEWER_LAYOUT,
                    "read " + Bundle.MANIFEST,
                    "its schema is newer than '" + Manifest.SCHEMA + "', '" + schema + "'",
                    "upgrade the platform");
        }
        throw fields.place("schema")
                .refused("the schema is unknown, " + Origin.quoted(schema), "use '" + Manifest.SCHEMA + "'");
    }
}
