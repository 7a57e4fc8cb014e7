package io.maas.http.internal.jetty;

import io.maas.http.internal.exchange.ErrorFace;
import io.maas.http.internal.exchange.Problem;
import io.maas.http.internal.exchange.Trace;
import io.maas.http.limits.HttpLimits;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at every connection and exchange a few times a second, for clients that are slow or gone. A timer for each would cost every
 * small request more than this costs them all.
 */
final class Lookout implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Lookout.class);
    private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    /** Shorter calls end before anyone misses their client. */
    private static final long WATCH_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final int TOO_SLOW = 408;

    private final AbstractConnector connector;
    private final Scheduler scheduler;
    private final InFlight inFlight;
    private final HttpLimits limits;
    private final long intervalNanos;
    private final ErrorFace face;

    Lookout(AbstractConnector connector, Surroundings around) {
        this.connector = connector;
        this.scheduler = connector.getScheduler();
        this.inFlight = around.inFlight();
        this.limits = around.limits();
        long shortest = Math.min(limits.grace().toNanos(), limits.headers().toNanos());
        this.intervalNanos = Math.max(LEAST_NANOS, Math.min(MOST_NANOS, shortest / 4));
        this.face = around.face();
    }

    void begin() {
        scheduler.schedule(this, intervalNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void run() {
        long now = System.nanoTime();
        try {
            inFlight.all().forEach(exchange -> quietly(() -> exchange.check(now, WATCH_AFTER_NANOS)));
            connector.getConnectedEndPoints().forEach(endPoint -> quietly(() -> check(endPoint, now)));
        } finally {
            if (connector.isRunning()) {
                begin();
            }
        }
    }

    /** One that fails keeps nobody from looking at the others. */
    private static void quietly(Runnable look) {
        try {
            look.run();
        } catch (RuntimeException e) {
            LOG.error("A connection could not be looked at; it is again in a moment", e);
        }
    }

    private void check(EndPoint endPoint, long now) {
        WatchedEndPoint watched = WatchedEndPoint.below(endPoint);
        if (watched == null) {
            return;
        }
        if (watched.isSlowToRead(now, limits.grace().toNanos(), limits.bytesPerSecond())) {
            watched.close(new TimeoutException("The client reads too slowly"));
        } else if (watched.isSlowWithHead(now, limits.headers().toNanos())) {
            watched.headIsAnswered();
            if (watched.isEncrypted()) {
                watched.close(
                        new TimeoutException("The client says too slowly what it wants")); // perhaps before it has keys
            } else {
                Trace trace = Trace.begin();
                watched.write(closing(watched), answer(trace));
                AccessLines.silent(ClientAddress.address(endPoint.getRemoteSocketAddress()), TOO_SLOW, trace);
            }
        }
    }

    private static Callback closing(WatchedEndPoint endPoint) {
        return Callback.from(Callback.NOOP.getInvocationType(), endPoint::close, failure -> endPoint.close());
    }

    private ByteBuffer answer(Trace trace) {
        Problem problem = JettyErrors.refused(TOO_SLOW, "its head comes too slowly");
        ErrorFace.Rendered body = face.render(problem, "", trace.id());
        String head = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Type: " + body.contentType()
                + "\r\n" + Trace.HEADER + ": " + trace.header() + "\r\nContent-Length: " + body.body().length
                + "\r\n\r\n";
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        all.writeBytes(body.body());
        return ByteBuffer.wrap(all.toByteArray());
    }
}
