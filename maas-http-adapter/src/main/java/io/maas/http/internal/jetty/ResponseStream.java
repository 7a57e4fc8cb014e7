package io.maas.http.internal.jetty;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** An answer that is written bit by bit, by one thread that may wait. */
final class ResponseStream extends OutputStream {
    private static final int KEPT_BYTES = 32 << 10;

    private final Response response;
    private final StreamPace pace;
    private final Callback whenWritten;
    private final ByteBuffer kept = ByteBuffer.allocate(KEPT_BYTES);
    private boolean closed;

    ResponseStream(Response response, StreamPace pace, Callback whenWritten) {
        this.response = response;
        this.pace = pace;
        this.whenWritten = whenWritten;
    }

    @Override
    public void write(int value) throws IOException {
        if (!kept.hasRemaining()) {
            pass(kept);
        }
        kept.put((byte) value);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        if (length > kept.remaining()) {
            flush();
        }
        if (length > kept.remaining()) {
            send(ByteBuffer.wrap(source, offset, length));
        } else {
            kept.put(source, offset, length);
        }
    }

    @Override
    public void flush() throws IOException {
        if (kept.position() > 0) {
            pass(kept);
        }
    }

    private void pass(ByteBuffer filled) throws IOException {
        send(filled.flip());
        filled.clear();
    }

    private void send(ByteBuffer bytes) throws IOException {
        if (closed) {
            throw new IOException("Cannot write: the answer is complete; write before closing it");
        }
        try {
            pace.begins(bytes.remaining());
            Content.Sink.write(response, false, bytes);
            pace.ends();
        } catch (IllegalStateException e) {
            throw new IOException("Cannot write: the answer was cut short; the client may be gone", e);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                ByteBuffer rest = kept.flip();
                pace.begins(rest.remaining());
                response.write(true, rest, whenWritten);
            } catch (IllegalStateException e) {
                whenWritten.failed(e); // the answer was cut short before
            }
        }
    }
}
