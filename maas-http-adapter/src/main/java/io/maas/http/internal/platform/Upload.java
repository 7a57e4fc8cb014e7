package io.maas.http.internal.platform;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What a client sent to be registered: a file, which lies in a folder of its own until this is closed, and what it said of it. */
final class Upload implements AutoCloseable {
    private final Path folder;
    private final Path file;
    private final Map<String, String> fields = new HashMap<>();

    private Upload(Path folder) {
        this.folder = folder;
        this.file = folder.resolve("upload");
    }

    static Upload begin() throws IOException {
        return new Upload(Files.createTempDirectory("maas-upload"));
    }

    /** Opens the file, at its end. */
    OutputStream append() throws IOException {
        return Files.newOutputStream(
                file, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND);
    }

    Path file() {
        return file;
    }

    boolean hasFile() {
        return Files.exists(file);
    }

    void say(String field, String value) {
        fields.put(field, value);
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
