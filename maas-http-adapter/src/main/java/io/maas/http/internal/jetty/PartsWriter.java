package io.maas.http.internal.jetty;

import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Writes buffers one after the other, without copying them together. */
final class PartsWriter implements Callback {
    private final Response response;
    private final ByteBuffer[] parts;
    private final Callback last;
    private int next;

    PartsWriter(Response response, ByteBuffer[] parts, Callback last) {
        this.response = response;
        this.parts = parts;
        this.last = last;
    }

    /** Writes the next one; Jetty sees to it that this does not recurse. */
    @Override
    public void succeeded() {
        if (next >= parts.length - 1) {
            response.write(true, parts.length == 0 ? null : parts[next].duplicate(), last);
        } else {
            response.write(false, parts[next++].duplicate(), this);
        }
    }

    @Override
    public void failed(Throwable cause) {
        last.failed(cause);
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
