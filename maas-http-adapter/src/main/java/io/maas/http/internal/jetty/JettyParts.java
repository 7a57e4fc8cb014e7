package io.maas.http.internal.jetty;

import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.exchange.PartReader;
import java.io.IOException;
import java.io.InputStream;
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
        for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
            parser.parse(Content.Chunk.from(ByteBuffer.wrap(buffer, 0, count), false));
            telling.requireSound();
        }
        parser.parse(Content.Chunk.EOF);
        telling.requireSound();
        if (!telling.complete) {
            throw malformed("it ends before its last part");
        }
    }

    private static HttpProblem malformed(String why) {
        return new HttpProblem(
                400, "bad-multipart", "Cannot read the parts: " + why + "; send multipart/form-data (curl -F)");
    }

    /** The parser logs what this throws, and goes on: it is kept, and nothing more is told after it. */
    private static final class Telling implements MultiPart.Parser.Listener {
        private final Parts parts;
        private @Nullable String disposition;
        private boolean complete;
        private boolean damaged;
        private @Nullable Exception thrown;

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
                thrown = malformed("a part has no name");
                return;
            }
            String file = parameter(disposition, "filename");
            tell(() -> parts.begin(name, Optional.ofNullable(file)));
        }

        private static @Nullable String parameter(String value, String name) {
            java.util.Map<String, String> parameters = new java.util.HashMap<>();
            HttpField.getValueParameters(value, parameters);
            return parameters.get(name);
        }

        @Override
        public void onPartContent(Content.Chunk chunk) {
            if (chunk.hasRemaining()) {
                tell(() -> parts.content(chunk.getByteBuffer()));
            }
        }

        @Override
        public void onPartEnd() {
            tell(parts::end);
        }

        @Override
        public void onComplete() {
            complete = true;
        }

        @Override
        public void onFailure(Throwable cause) {
            damaged = true;
        }

        void requireSound() throws IOException {
            if (thrown instanceof IOException e) {
                throw e;
            }
            if (thrown instanceof RuntimeException e) {
                throw e;
            }
            if (damaged) {
                throw malformed("they are damaged");
            }
        }

        private interface Action {
            void run() throws IOException;
        }

        private void tell(Action action) {
            if (thrown != null) {
                return;
            }
            try {
                action.run();
            } catch (IOException | RuntimeException e) {
                thrown = e;
            }
        }
    }
}
