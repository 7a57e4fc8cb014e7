package io.maas.http.internal.jetty;

import io.maas.http.internal.exchange.EventStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Sends events as fast as the client reads them; those that come meanwhile go together. */
final class JettyEvents implements EventStream, Callback {
    private static final int MOST_WAITING_BYTES = 1 << 20;
    private static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final byte[] KEEP_ALIVE = ":\n\n".getBytes(StandardCharsets.UTF_8);

    private final Response response;
    private final Callback whenWritten;

    private volatile BooleanSupplier over = () -> false;

    // guarded by this
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private boolean writing;
    private boolean closed;
    private boolean ended;
    private long sentAt = System.nanoTime();

    JettyEvents(Response response, Callback whenWritten) {
        this.response = response;
        this.whenWritten = whenWritten;
    }

    /** Sends the head, so that the client knows that it is being served. */
    void open() {
        offer(KEEP_ALIVE);
    }

    @Override
    public boolean send(String name, String data, String id) {
        requireOneLine(name);
        requireOneLine(id);
        StringBuilder text = new StringBuilder("event: ").append(name).append('\n');
        if (!id.isEmpty()) {
            text.append("id: ").append(id).append('\n');
        }
        if (data.isEmpty()) {
            text.append("data: \n"); // or clients ignore the event
        }
        data.lines().forEach(line -> text.append("data: ").append(line).append('\n'));
        return offer(text.append('\n').toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void requireOneLine(String text) {
        if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
            throw new IllegalArgumentException("Cannot send an event: its name or id has a line break; leave it out");
        }
    }

    @Override
    public void endWhen(BooleanSupplier over) {
        this.over = over;
    }

    /** Is called a few times a second. */
    void keepAlive(long now) {
        if (over.getAsBoolean()) {
            close();
            return;
        }
        synchronized (this) {
            if (now - sentAt < KEEP_ALIVE_NANOS || writing) {
                return;
            }
        }
        offer(KEEP_ALIVE);
    }

    private boolean offer(byte[] event) {
        synchronized (this) {
            if (closed) {
                return false;
            }
            if (waiting.size() + event.length > MOST_WAITING_BYTES) {
                closed = true;
                ended = true;
            } else {
                waiting.writeBytes(event);
            }
        }
        if (isEnded()) {
            whenWritten.failed(new IOException("A client does not read its events"));
            return false;
        }
        pump();
        return true;
    }

    private synchronized boolean isEnded() {
        return ended;
    }

    private void pump() {
        ByteBuffer next;
        boolean last;
        synchronized (this) {
            last = closed;
            if (writing || ended || (waiting.size() == 0 && !last)) {
                return;
            }
            next = ByteBuffer.wrap(waiting.toByteArray());
            waiting.reset();
            writing = !last;
            ended = last;
            sentAt = System.nanoTime();
        }
        response.write(last, next, last ? whenWritten : this);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        pump();
    }

    @Override
    public void succeeded() {
        synchronized (this) {
            writing = false;
        }
        pump();
    }

    @Override
    public void failed(Throwable cause) {
        synchronized (this) {
            closed = true;
            ended = true;
            writing = false;
        }
        whenWritten.failed(cause);
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
