package io.maas.http.internal.platform;

import io.maas.http.internal.exchange.HttpProblem;
import io.maas.model.Names;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a client sent to be registered: a file, which lies in a folder of its own until this is closed, and what it said of it. */
final class Upload implements AutoCloseable {
    /** What routes ask for; the rest is not kept. */
    static final List<String> FIELDS = List.of("version", "name", "format", "reason");

    private final Path folder;
    private final Path file;
    private final Map<String, String> fields = new HashMap<>();
    private @Nullable String fileField;

    private Upload(Path folder) {
        this.folder = folder;
        this.file = folder.resolve("upload");
    }

    static Upload begin() throws IOException {
        return new Upload(Scratch.ofUpload());
    }

    /**
     * Opens the file, at its end: a client may send it in pieces of one name.
     *
     * @param field that the piece came in
     * @throws HttpProblem 400 if others came in another
     */
    OutputStream append(String field) throws IOException {
        requireOneFile(field);
        return Files.newOutputStream(
                file, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND);
    }

    void requireOneFile(String field) {
        if (fileField != null && !fileField.equals(field)) {
            throw secondFile(field);
        }
        fileField = field;
    }

    static HttpProblem secondFile(String field) {
        return UploadReader.malformed("there is a second file in it, " + Names.shown(field));
    }

    Path file() {
        return file;
    }

    boolean hasFile() {
        return Files.exists(file);
    }

    void say(String field, String value) {
        if (FIELDS.contains(field)) {
            fields.put(field, value);
        }
    }

    Optional<String> said(String field) {
        return Optional.ofNullable(fields.get(field)).filter(value -> !value.isBlank());
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(folder);
    }
}
