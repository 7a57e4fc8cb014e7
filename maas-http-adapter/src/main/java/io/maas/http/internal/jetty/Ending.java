package io.maas.http.internal.jetty;

import io.maas.http.internal.exchange.BodyBuffers;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has to happen when an exchange ends, or its client goes away first. Thread-safe. */
final class Ending {
    private static final Logger LOG = LoggerFactory.getLogger(Ending.class);
    private static final int MOST_READS = 16;

    private final JettyExchange exchange;
    private final Request request;
    private final @Nullable WatchedEndPoint endPoint;
    private final InFlight inFlight;
    private final long began = System.nanoTime();

    // guarded by this
    private BodyBuffers.@Nullable Lease lease;
    private @Nullable List<Runnable> afterwards;
    private @Nullable List<Runnable> ifGone;
    private boolean gone;
    private boolean complete;
    private boolean watched;
    private boolean silenceIgnored;

    private volatile boolean bodyRead;

    Ending(JettyExchange exchange, Request request, @Nullable WatchedEndPoint endPoint, InFlight inFlight) {
        this.exchange = exchange;
        this.request = request;
        this.endPoint = endPoint;
        this.inFlight = inFlight;
        this.bodyRead = hasNoBody(request);
    }

    private static boolean hasNoBody(Request request) {
        long length = request.getLength();
        return length == 0
                || (length < 0
                        && request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2
                        && !request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING));
    }

    void bodyIsRead() {
        bodyRead = true;
    }

    boolean isBodyRead() {
        return bodyRead;
    }

    /** Tells whether nothing of the request's body is left, after throwing away what has come. For HTTP/1. */
    boolean isBodyGone() {
        for (int reads = 0; !bodyRead && reads < MOST_READS; reads++) {
            Content.Chunk chunk = request.read(); // Jetty's own way to do this leaves nothing for later
            if (chunk == null || Content.Chunk.isFailure(chunk)) {
                return false;
            }
            bodyRead = chunk.isLast();
            chunk.release();
        }
        return bodyRead;
    }

    synchronized void holds(BodyBuffers.Lease held) {
        lease = held;
    }

    void abandonLease() {
        BodyBuffers.Lease held;
        synchronized (this) {
            held = lease;
            lease = null;
        }
        if (held != null) {
            held.abandon();
        }
    }

    /** Does nothing once the exchange is complete. */
    synchronized void ignoreSilence() {
        if (!complete && !silenceIgnored) {
            silenceIgnored = true;
            // completing waits for this lock, so that Jetty has not given the request up
            request.addIdleTimeoutListener(timeout -> false);
        }
    }

    void onComplete(Runnable task) {
        synchronized (this) {
            if (!complete) {
                afterwards = with(afterwards, task);
                return;
            }
        }
        quietly(task);
    }

    void failRequest(Throwable cause) {
        synchronized (this) {
            if (!complete) {
                request.fail(cause);
            }
        }
    }

    void onDisconnect(Runnable task) {
        boolean late;
        boolean first;
        synchronized (this) {
            if (complete) {
                return;
            }
            late = gone;
            first = !late && ifGone == null;
            if (!late) {
                ifGone = with(ifGone, task);
            }
            if (first) {
                request.addFailureListener(failure -> disconnected());
            }
        }
        if (late) {
            quietly(task);
        } else if (first && bodyRead) {
            lookForEarlierFailure();
        }
    }

    /** Jetty tells listeners nothing that happened before they came. */
    private void lookForEarlierFailure() {
        Content.Chunk chunk = request.read();
        if (chunk == null) {
            return;
        }
        boolean failed = Content.Chunk.isFailure(chunk);
        chunk.release();
        if (failed) {
            disconnected();
        }
    }

    synchronized boolean isWorthWatching(long now, long afterNanos) {
        if (watched || complete || !bodyRead || ifGone == null || now - began < afterNanos) {
            return false;
        }
        watched = true;
        return true;
    }

    void disconnected() {
        List<Runnable> tasks;
        synchronized (this) {
            if (gone || complete) {
                return;
            }
            gone = true;
            tasks = ifGone;
            ifGone = null;
        }
        if (tasks != null) {
            tasks.forEach(Ending::quietly);
        }
    }

    /** Gives back what the exchange held. Called before Jetty is told, which may begin the connection's next exchange. */
    void complete() {
        List<Runnable> tasks;
        BodyBuffers.Lease held;
        synchronized (this) {
            complete = true;
            tasks = afterwards;
            held = lease;
            afterwards = null;
            ifGone = null;
            lease = null;
        }
        if (held != null) {
            held.close();
        }
        if (endPoint != null) {
            endPoint.exchangeEnds();
        }
        if (tasks != null) {
            tasks.forEach(Ending::quietly);
        }
        inFlight.ends(exchange);
    }

    private static List<Runnable> with(@Nullable List<Runnable> tasks, Runnable task) {
        List<Runnable> all = tasks == null ? new ArrayList<>(2) : tasks;
        all.add(task);
        return all;
    }

    private static void quietly(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("What was to happen at the end of an exchange failed", e);
        }
    }
}
