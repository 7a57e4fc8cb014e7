package io.maas.http.internal.exchange;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Takes a {@code multipart/form-data} body apart as it comes. Thread-safe. */
@FunctionalInterface
public interface PartReader {
    /**
     * Reads a body to its end.
     *
     * @param contentType as the client sent it, with the boundary
     * @throws HttpProblem 400 if it is malformed
     */
    void read(InputStream body, String contentType, Parts parts) throws IOException;

    /** Is told of the parts, in their order. */
    interface Parts {
        /** A part begins. */
        void begin(String name, Optional<String> fileName) throws IOException;

        /** Some of the part's content; the buffer is valid until this returns. */
        void content(ByteBuffer some) throws IOException;

        /** The part has ended. */
        void end() throws IOException;
    }
}
