package io.maas.http.internal.jetty;

import io.maas.http.internal.exchange.EventStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Sends events as fast as the client reads them; those that come meanwhile go together, and are waited for when there are many.
 */
final class JettyEvents implements EventStream, Callback {
    private static final int MOST_WAITING_BYTES = 64 << 10;
    private static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final byte[] KEEP_ALIVE = ":\n\n".getBytes(StandardCharsets.UTF_8);

    private final Response response;
    private final StreamPace pace;
    private final Callback whenWritten;

    private volatile BooleanSupplier over = () -> false;

    // guarded by this
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private boolean writing;
    private boolean closed;
    private boolean ended;
    private long sentAt = System.nanoTime();

    JettyEvents(Response response, StreamPace pace, Callback whenWritten) {
        this.response = response;
        this.pace = pace;
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
        byte[] event = text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
        if (hasRoom(event.length)) {
            return offer(event);
        }
        close();
        return false;
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

    /** Waits until there is; whoever looks at the pace of answers closes those that are too slow. False if it is closed first. */
    private synchronized boolean hasRoom(int bytes) {
        try {
            while (!closed && waiting.size() > 0 && waiting.size() + bytes > MOST_WAITING_BYTES) {
                wait();
            }
            return !closed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false; // what is not sent must not look as if it was
        }
    }

    private boolean offer(byte[] event) {
        synchronized (this) {
            if (closed) {
                return false;
            }
            waiting.writeBytes(event);
        }
        pump();
        return true;
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
            notifyAll();
            writing = !last;
            ended = last;
            sentAt = System.nanoTime();
        }
        pace.begins(next.remaining());
        response.write(last, next, last ? whenWritten : this);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        pump();
    }

    @Override
    public void succeeded() {
        pace.ends();
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
            notifyAll();
        }
        whenWritten.failed(cause);
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
