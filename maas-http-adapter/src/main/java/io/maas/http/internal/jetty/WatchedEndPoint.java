package io.maas.http.internal.jetty;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A connection that can be asked whether its client is still there while an answer is made, and how long it has been slow.
 *
 * <p>HTTP/1.1 in Jetty reads nothing between a request's end and its answer's, and so does not see that a client goes away. This
 * reads in its place, and keeps the bytes of a next request until Jetty asks for them. The one who waits for bytes is registered
 * with Jetty only once: while this waits, it passes on what the connection wants to wait for.
 */
final class WatchedEndPoint extends SocketChannelEndPoint {
    private static final int EARLY_BYTES = 4 << 10;
    private final Executor executor;
    private final ConnectionPace pace = new ConnectionPace();
    private final Object lock = new Object();

    // guarded by the lock
    private @Nullable ByteBuffer early;
    private boolean registered;
    private @Nullable Runnable gone;
    private @Nullable Callback connection;

    WatchedEndPoint(
            SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler, Executor executor) {
        super(channel, selector, key, scheduler);
        this.executor = executor;
    }

    /** Returns the connection below what a request came on. */
    static @Nullable WatchedEndPoint below(EndPoint endPoint) {
        EndPoint bottom = endPoint;
        while (bottom instanceof EndPoint.Wrapper wrapper) {
            bottom = wrapper.unwrap();
        }
        return bottom instanceof WatchedEndPoint watched ? watched : null;
    }

    // ---- what a request tells

    void exchangeBegins() {
        pace.exchangeBegins();
    }

    void exchangeEnds() {
        pace.exchangeEnds();
        synchronized (lock) {
            gone = null;
        }
    }

    // ---- what is asked of it

    boolean isMultiplexed() {
        Connection own = getConnection();
        Connection top = own instanceof SslConnection ssl ? ssl.getSslEndPoint().getConnection() : own;
        return top instanceof HTTP2Connection;
    }

    boolean isEncrypted() {
        return getConnection() instanceof SslConnection;
    }

    boolean isSlowWithHead(long now, long allowedNanos) {
        return pace.isSlowWithHead(now, allowedNanos) && !isMultiplexed();
    }

    void headIsAnswered() {
        pace.headIsAnswered();
    }

    boolean isSlowToRead(long now, long graceNanos, long bytesPerSecond) {
        return pace.isSlowToRead(now, graceNanos, bytesPerSecond);
    }

    // ---- the watch

    /** Runs something, once, if the client goes away before the exchange ends. Does nothing while the connection reads itself. */
    void watch(Runnable onGone) {
        synchronized (lock) {
            gone = onGone;
            if (!registered && hasRoom()) {
                register();
            }
        }
        if (!isOpen()) {
            leave();
        }
    }

    private void register() {
        registered = true; // first: registering fails with a call of the watcher if the connection is closed meanwhile
        if (!super.tryFillInterested(watcher)) {
            registered = false;
        }
    }

    private final Callback watcher = new Callback() {
        @Override
        public void succeeded() {
            Callback waiting;
            boolean ended = false;
            synchronized (lock) {
                registered = false;
                waiting = connection;
                connection = null;
                // under the same lock, or the connection waits for bytes that are here already
                if (waiting == null) {
                    ended = !keepEarly();
                    if (!ended && hasRoom()) {
                        register();
                    }
                }
            }
            if (waiting != null) {
                waiting.succeeded();
            } else if (ended) {
                leave();
            }
        }

        @Override
        public void failed(Throwable cause) {
            Callback waiting;
            synchronized (lock) {
                registered = false;
                waiting = connection;
                connection = null;
            }
            if (waiting != null) {
                waiting.failed(cause);
                return;
            }
            leave();
            if (cause instanceof TimeoutException) {
                close(cause); // Jetty takes it that whoever waited closes
            }
        }

        @Override
        public InvocationType getInvocationType() {
            synchronized (lock) {
                return connection == null ? InvocationType.NON_BLOCKING : connection.getInvocationType();
            }
        }
    };

    /** Whoever ends an encrypted connection says so first: the end itself comes behind bytes. */
    private boolean hasRoom() {
        return early == null || BufferUtil.space(early) > 0;
    }

    private boolean keepEarly() {
        try {
            if (early == null) {
                early = BufferUtil.allocate(EARLY_BYTES);
            }
            return super.fill(early) >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    private void leave() {
        Runnable task;
        synchronized (lock) {
            task = gone;
            gone = null;
        }
        if (task == null) {
            return;
        }
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            task.run(); // the server stops
        }
    }

    // ---- what Jetty's connections ask of it

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        int filled;
        synchronized (lock) {
            ByteBuffer kept = early;
            filled = kept != null && kept.hasRemaining() ? takeEarly(kept, buffer) : super.fill(buffer);
        }
        if (filled > 0) {
            pace.bytesCome();
        }
        return filled;
    }

    private int takeEarly(ByteBuffer kept, ByteBuffer buffer) {
        int position = BufferUtil.flipToFill(buffer);
        int taken = BufferUtil.put(kept, buffer);
        BufferUtil.flipToFlush(buffer, position);
        if (!kept.hasRemaining()) {
            early = null;
        }
        return taken;
    }

    @Override
    public void fillInterested(Callback callback) {
        if (!passedOn(callback)) {
            super.fillInterested(callback);
        }
    }

    @Override
    public boolean tryFillInterested(Callback callback) {
        return passedOn(callback) || super.tryFillInterested(callback);
    }

    private boolean passedOn(Callback callback) {
        synchronized (lock) {
            if (BufferUtil.isEmpty(early)) {
                if (!registered || connection != null) {
                    return false;
                }
                connection = callback;
                return true;
            }
        }
        executor.execute(callback::succeeded);
        return true;
    }

    @Override
    public boolean isFillInterested() {
        synchronized (lock) {
            return registered ? connection != null : super.isFillInterested();
        }
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        long before = pace.isStalled() ? BufferUtil.remaining(buffers) : 0;
        boolean all = super.flush(buffers);
        if (all) {
            pace.goesOn();
        } else if (pace.isStalled()) {
            pace.flushed(before - BufferUtil.remaining(buffers));
        } else {
            pace.stalls();
        }
        return all;
    }
}
