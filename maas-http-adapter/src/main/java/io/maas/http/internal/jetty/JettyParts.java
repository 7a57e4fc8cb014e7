package io.maas.http.internal.jetty;

import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.exchange.PartReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/** Has Jetty take multipart bodies apart. */
public final class JettyParts implements PartReader {
    private static final int MOST_PARTS = 64;
    private static final int LARGEST_HEADERS = 8 << 10;
    private static final int BUFFER = 64 << 10;

    /** Creates it. */
    public JettyParts() {}

    @Override
    public void read(InputStream body, String contentType, Parts parts) throws IOException {
        String boundary = MultiPart.extractBoundary(contentType);
        if (boundary == null || boundary.isEmpty()) {
            throw malformed("its Content-Type names no boundary");
        }
        Telling telling = new Telling(parts);
        MultiPart.Parser parser = new MultiPart.Parser(boundary, telling);
        parser.setMaxParts(MOST_PARTS);
        parser.setPartHeadersMaxLength(LARGEST_HEADERS);
        byte[] buffer = new byte[BUFFER];
        try {
            for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
                parser.parse(Content.Chunk.from(ByteBuffer.wrap(buffer, 0, count), false));
                telling.requireSound();
            }
            parser.parse(Content.Chunk.EOF);
            telling.requireSound();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (!telling.complete) {
            throw malformed("it ends before its last part");
        }
    }

    private static HttpProblem malformed(String why) {
        return new HttpProblem(
                400, "bad-multipart", "Cannot read the parts: " + why + "; send multipart/form-data (curl -F)");
    }

    private static final class Telling implements MultiPart.Parser.Listener {
        private final Parts parts;
        private @Nullable String disposition;
        private boolean complete;
        private @Nullable Throwable failure;

        Telling(Parts parts) {
            this.parts = parts;
        }

        @Override
        public void onPartBegin() {
            disposition = null;
        }

        @Override
        public void onPartHeader(String name, String value) {
            if (name.equalsIgnoreCase("Content-Disposition")) {
                disposition = value;
            }
        }

        @Override
        public void onPartHeaders() {
            String name = disposition == null ? null : parameter(disposition, "name");
            if (disposition == null || name == null) {
                throw malformed("a part has no name");
            }
            String file = parameter(disposition, "filename");
            quietly(() -> parts.begin(name, Optional.ofNullable(file)));
        }

        private static @Nullable String parameter(String value, String name) {
            java.util.Map<String, String> parameters = new java.util.HashMap<>();
            HttpField.getValueParameters(value, parameters);
            return parameters.get(name);
        }

        @Override
        public void onPartContent(Content.Chunk chunk) {
            if (chunk.hasRemaining()) {
                quietly(() -> parts.content(chunk.getByteBuffer()));
            }
        }

        @Override
        public void onPartEnd() {
            quietly(parts::end);
        }

        @Override
        public void onComplete() {
            complete = true;
        }

        @Override
        public void onFailure(Throwable cause) {
            failure = cause;
        }

        /** The parser tells of what it finds wrong and of what this throws in the same way. */
        void requireSound() throws IOException {
            if (failure instanceof HttpProblem refusal) {
                throw refusal;
            }
            if (failure instanceof UncheckedIOException e) {
                throw e.getCause();
            }
            if (failure != null) {
                throw malformed("they are damaged");
            }
        }

        private interface Action {
            void run() throws IOException;
        }

        private static void quietly(Action action) {
            try {
                action.run();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
