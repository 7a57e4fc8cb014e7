package io.maas.http.internal.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;

/** JSON in memory. */
public final class JsonBytes {
    private JsonBytes() {}

    /** Writes a document. */
    @FunctionalInterface
    public interface Writer {
        /** Writes it. */
        void write(JsonGenerator json) throws IOException;
    }

    /** Returns what a writer writes, in UTF-8. */
    public static byte[] of(Writer writer) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder();
                JsonGenerator json = Json.FACTORY.createGenerator(bytes)) {
            writer.write(json);
            json.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write to memory", e);
        }
    }
}
