package io.maas.http.internal.jetty;

import io.maas.http.internal.exchange.ErrorFace;
import io.maas.http.internal.exchange.EventStream;
import io.maas.http.internal.exchange.Gzip;
import io.maas.http.internal.exchange.Problem;
import io.maas.http.internal.exchange.Problems;
import io.maas.http.internal.exchange.Trace;
import io.maas.http.limits.HttpLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** The answer of an exchange. It is given once, completes once, and is the callback of its own last write. */
final class JettyAnswer implements Callback {
    private enum State {
        OPEN,
        ANSWERING,
        COMPLETE
    }

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Surroundings around;
    private final Ending ending;
    private final Trace trace;
    private final StreamPace pace = new StreamPace();
    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
    private String contentType = "";
    private volatile boolean ongoing;
    private volatile boolean cutShort;
    private volatile @Nullable JettyEvents events;

    JettyAnswer(
            Request request, Response response, Callback callback, Surroundings around, Ending ending, Trace trace) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.around = around;
        this.ending = ending;
        this.trace = trace;
    }

    // ---- head

    void status(int status) {
        response.setStatus(status);
    }

    void header(String name, String value) {
        response.getHeaders().put(ResponseHeaders.checked(name, value));
        if (HttpHeader.CONTENT_TYPE.is(name)) {
            contentType = value;
        }
    }

    // ---- bodies

    void send() {
        begin();
        prepare();
        last(null);
    }

    void send(ByteBuffer body) {
        begin();
        write(body);
    }

    void send(ByteBuffer... body) {
        begin();
        long length = 0;
        for (ByteBuffer part : body) {
            length += part.remaining();
        }
        if (body.length == 1) {
            write(body[0].duplicate());
        } else if (isPacked(length)) {
            writePacked(List.of(body));
        } else {
            write(length, List.of(body).iterator());
        }
    }

    void send(long length, Iterator<ByteBuffer> body) {
        begin();
        write(length, body);
    }

    private void write(long length, Iterator<ByteBuffer> body) {
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, length);
        prepare();
        new PartsWriter(response, body, pieces(), pace, this).next();
    }

    private void write(ByteBuffer body) {
        if (isPacked(body.remaining())) {
            writePacked(List.of(body));
        } else if (pieces().isToBeSplit(body)) {
            write(body.remaining(), List.of(body).iterator());
        } else {
            prepare();
            last(body);
        }
    }

    private void last(@Nullable ByteBuffer body) {
        pace.begins(body == null ? 0 : body.remaining());
        response.write(true, body, this);
    }

    private PartsWriter.Pieces pieces() {
        return isHttp2() ? PartsWriter.Pieces.SMALL : PartsWriter.Pieces.LARGE;
    }

    private void writePacked(List<ByteBuffer> body) {
        response.getHeaders().put(ResponseHeaders.GZIP);
        write(ByteBuffer.wrap(Gzip.compress(body)));
    }

    private boolean isPacked(long length) {
        if (length < Gzip.WORTH_BYTES || !Gzip.compressible(contentType)) {
            return false;
        }
        HttpFields.Mutable headers = response.getHeaders();
        // a tag that is to be sent back names these bytes, and packed ones would be others
        if (headers.contains(HttpHeader.CONTENT_ENCODING) || headers.contains(HttpHeader.ETAG)) {
            return false;
        }
        headers.add(ResponseHeaders.VARIES);
        return Gzip.accepted(new JettyHeaders(request.getHeaders()));
    }

    OutputStream stream() {
        begin();
        ongoing = true;
        boolean packed = isPacked(Long.MAX_VALUE);
        if (packed) {
            response.getHeaders().put(ResponseHeaders.GZIP);
        }
        prepare();
        ResponseStream stream = new ResponseStream(response, pace, this);
        try {
            return packed ? Gzip.fast(stream) : stream;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write to a buffer", e);
        }
    }

    EventStream events() {
        begin();
        response.getHeaders().put(ResponseHeaders.EVENTS);
        response.getHeaders().put(ResponseHeaders.NOT_KEPT);
        prepare();
        JettyEvents made = new JettyEvents(response, pace, this);
        ongoing = true;
        events = made;
        if (HttpMethod.HEAD.is(request.getMethod()) || around.inFlight().isDraining()) {
            made.close();
        } else {
            made.open();
        }
        return made;
    }

    // ---- failures

    void fail(Throwable cause) {
        if (state.compareAndSet(State.OPEN, State.ANSWERING)) {
            tell(Problems.explain(cause));
        } else if (ongoing) {
            failed(cause); // the client sees an answer that is cut short
        }
    }

    private void tell(Problem problem) {
        ErrorFace.Rendered body = around.face().render(problem, path(), trace.id());
        response.reset();
        response.setStatus(problem.status());
        problem.headers().forEach(this::header);
        header(HttpHeader.CONTENT_TYPE.asString(), body.contentType());
        prepare();
        last(ByteBuffer.wrap(body.body()));
    }

    private String path() {
        return Objects.requireNonNullElse(request.getHttpURI().getPath(), "");
    }

    // ---- order

    private void begin() {
        if (!state.compareAndSet(State.OPEN, State.ANSWERING)) {
            throw new IllegalStateException("Cannot answer: the exchange has an answer already; answer once");
        }
    }

    /** A body that was not read to its end is in the way of the connection's next request. */
    private void prepare() {
        response.getHeaders().put(Trace.HEADER, trace.header());
        if (!isHttp2() && (!ending.isBodyGone() || around.inFlight().isDraining())) {
            response.getHeaders().put(HttpFields.CONNECTION_CLOSE);
        }
    }

    /** Whoever waits for 100 (Continue) has the answer in its place; reading would ask for the body after all. */
    private boolean isWaitingToSend() {
        return request.getHeaders().contains(HttpHeader.EXPECT);
    }

    private boolean isHttp2() {
        return request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2;
    }

    @Override
    public void succeeded() {
        if (state.getAndSet(State.COMPLETE) != State.COMPLETE) {
            ending.complete();
            if (!ending.isBodyRead() && !isWaitingToSend()) {
                if (!isHttp2()) {
                    request.getConnectionMetaData()
                            .getConnection()
                            .getEndPoint()
                            .shutdownOutput();
                }
                new Discarding(request, callback).run();
            } else {
                callback.succeeded();
            }
        }
    }

    @Override
    public void failed(Throwable cause) {
        if (state.getAndSet(State.COMPLETE) != State.COMPLETE) {
            cutShort = true;
            ending.disconnected();
            ending.complete();
            callback.failed(cause);
        }
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    boolean isCutShort() {
        return cutShort;
    }

    /** Only streams of HTTP/2 are looked at here, and all others where their connections are. */
    boolean isTakenTooSlowly(long now) {
        HttpLimits limits = around.limits();
        return isHttp2() && pace.isTooSlow(now, limits.grace().toNanos(), limits.bytesPerSecond());
    }

    // ---- events

    void keepAlive(long now) {
        JettyEvents open = events;
        if (open != null) {
            open.keepAlive(now);
        }
    }

    void endEvents() {
        JettyEvents open = events;
        if (open != null) {
            open.close();
        }
    }
}
