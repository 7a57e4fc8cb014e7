package io.maas.http.internal.jetty;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Reads for a while what a client still sends of a body, after the answer. Else its stream is reset, or its connection by the system
 * where data lies unread, and clients that are busy sending report that and not the answer. Holds no thread.
 */
final class Discarding implements Invocable.Task {
    private static final long MOST_BYTES = 32L << 20;
    private static final long LONGEST_SECONDS = 5;

    private final Request request;
    private final Callback then;
    private final AtomicBoolean ended = new AtomicBoolean();
    private long bytes;
    private volatile Scheduler.@Nullable Task timer;

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
            if (last || bytes > MOST_BYTES || ended.get()) {
                end();
                return;
            }
        }
        if (timer == null) {
            timer = request.getComponents().getScheduler().schedule(this::end, LONGEST_SECONDS, TimeUnit.SECONDS);
        }
        request.demand(this);
    }

    private void end() {
        if (ended.compareAndSet(false, true)) {
            Scheduler.Task running = timer;
            if (running != null) {
                running.cancel();
            }
            then.succeeded();
        }
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
