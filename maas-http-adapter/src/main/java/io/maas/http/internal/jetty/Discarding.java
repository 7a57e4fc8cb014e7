package io.maas.http.internal.jetty;

import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;

/**
 * Reads what a client still sends of a body, after the answer, on HTTP/2. Else its stream is reset, and clients that are busy sending
 * report that and not the answer. Holds no thread.
 */
final class Discarding implements Invocable.Task {
    private static final long MOST_BYTES = 16L << 20;

    private final Request request;
    private final Callback then;
    private long bytes;

    Discarding(Request request, Callback then) {
        this.request = request;
        this.then = then;
    }

    @Override
    public void run() {
        for (Content.Chunk chunk = request.read(); chunk != null; chunk = request.read()) {
            boolean last = chunk.isLast() || Content.Chunk.isFailure(chunk);
            bytes += chunk.remaining();
            chunk.release();
            if (last || bytes > MOST_BYTES) {
                then.succeeded();
                return;
            }
        }
        request.demand(this);
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
