package io.maas.http.internal.jetty;

import io.maas.http.internal.exchange.BodyBuffers;
import io.maas.http.internal.exchange.BodyPlan;
import io.maas.http.internal.exchange.ContentEncoding;
import io.maas.http.internal.exchange.EventStream;
import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.exchange.Headers;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.exchange.QueryParameters;
import io.maas.http.internal.exchange.Refusals;
import io.maas.http.internal.exchange.RequestPath;
import io.maas.http.internal.exchange.Trace;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** A request of Jetty and its answer. */
final class JettyExchange implements Exchange {
    /** What may fail while a request is served. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    private static final String TRACE_ID = "trace_id";

    private final Request request;
    private final Surroundings around;
    private final JettyAnswer answer;
    private final JettyHeaders headers;
    private final Ending ending;
    private final Trace trace;
    private final @Nullable WatchedEndPoint endPoint;
    private @Nullable RequestPath path;
    private @Nullable QueryParameters query;
    private volatile @Nullable Pace pace;
    private volatile String caller = "";

    JettyExchange(Request request, Response response, Callback callback, Surroundings around) {
        this.request = request;
        this.around = around;
        this.headers = new JettyHeaders(request.getHeaders());
        this.trace = Trace.of(headers);
        this.endPoint = WatchedEndPoint.below(
                request.getConnectionMetaData().getConnection().getEndPoint());
        this.ending = new Ending(this, request, endPoint, around.inFlight());
        this.answer = new JettyAnswer(request, response, callback, around, ending, trace);
    }

    // ---- for the transport

    void begin() {
        around.inFlight().begins(this);
        if (endPoint != null) {
            endPoint.exchangeBegins();
        }
    }

    /** Runs a step; what it throws becomes the answer. Whatever it logs, whoever logs it, has the trace. */
    void attempt(Step step) {
        MDC.put(TRACE_ID, trace.id());
        try {
            step.run();
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        } finally {
            MDC.remove(TRACE_ID);
        }
    }

    /** Runs what makes the answer. */
    void answer(BodyPlan.Where where, Step step) {
        if (where == BodyPlan.Where.HERE) {
            attempt(step);
            leaveAlone();
            return;
        }
        leaveAlone();
        around.workers().run(request.getComponents().getExecutor(), () -> attempt(step));
    }

    /** Silence is no reason to end the exchange, except where the server waits for the client, which Jetty asks about first. */
    void leaveAlone() {
        ending.ignoreSilence();
    }

    Pace pace() {
        Pace made = new Pace(
                around.limits().bytesPerSecond(), around.limits().grace().toNanos());
        pace = made;
        return made;
    }

    ReceivedStream receive(long limit) {
        if (request.getLength() > limit) {
            throw Refusals.tooLarge(limit);
        }
        return new ReceivedStream(this, request, ContentEncoding.of(headers), limit);
    }

    /** Throws away what has come of a body that nobody wants. */
    void discardBody() {
        boolean read = request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2
                ? isEnd(request.read())
                : ending.isBodyGone();
        if (read) {
            ending.bodyIsRead();
        }
    }

    private static boolean isEnd(Content.@Nullable Chunk chunk) {
        if (chunk == null) {
            return false;
        }
        boolean end = chunk.isLast() && !Content.Chunk.isFailure(chunk);
        chunk.release();
        return end;
    }

    void bodyIsRead() {
        ending.bodyIsRead();
    }

    HttpProblem tooSlow() {
        return Refusals.tooSlow(around.limits().bytesPerSecond());
    }

    BodyBuffers buffers() {
        return around.buffers();
    }

    BodyBuffers.Lease lease(int bytes) {
        BodyBuffers.Lease lease = around.buffers().lease(bytes);
        ending.holds(lease);
        return lease;
    }

    BodyBuffers.Lease grown(BodyBuffers.Lease small, int bytes) {
        BodyBuffers.Lease large = around.buffers().lease(bytes);
        large.buffer().put(small.buffer().flip());
        replace(small, large);
        return large;
    }

    void replace(BodyBuffers.Lease old, BodyBuffers.Lease lease) {
        ending.holds(lease);
        old.close();
    }

    /** Looks whether the client is slow, or gone. Called now and then, by a thread of its own. */
    void check(long now, long watchAfterNanos) {
        Pace current = pace;
        if (current != null && current.isTooSlow(now)) {
            pace = null;
            ending.failRequest(tooSlow());
        }
        if (endPoint != null && ending.isWorthWatching(now, watchAfterNanos) && !endPoint.isMultiplexed()) {
            endPoint.watch(ending::disconnected);
        }
        if (answer.isTakenTooSlowly(now)) {
            ending.failRequest(new TimeoutException("The client reads too slowly"));
        }
        answer.keepAlive(now);
    }

    boolean isCutShort() {
        return answer.isCutShort();
    }

    void endEvents() {
        answer.endEvents();
    }

    // ---- the request

    @Override
    public String method() {
        String method = request.getMethod();
        return HttpMethod.HEAD.is(method) ? HttpMethod.GET.asString() : method;
    }

    @Override
    public RequestPath path() {
        if (path == null) {
            path = RequestPath.parse(
                    Objects.requireNonNullElse(request.getHttpURI().getPath(), ""));
        }
        return path;
    }

    @Override
    public QueryParameters query() {
        if (query == null) {
            query = QueryParameters.parse(
                    Objects.requireNonNullElse(request.getHttpURI().getQuery(), ""));
        }
        return query;
    }

    @Override
    public Headers headers() {
        return headers;
    }

    @Override
    public String authority() {
        return Objects.requireNonNullElse(request.getHttpURI().getAuthority(), ""); // of Host, or :authority
    }

    @Override
    public Trace trace() {
        return trace;
    }

    @Override
    public void identify(String caller) {
        this.caller = caller;
    }

    String caller() {
        return caller;
    }

    @Override
    public OptionalLong contentLength() {
        long length = request.getLength();
        return length < 0 ? OptionalLong.empty() : OptionalLong.of(length);
    }

    @Override
    public void keepBody() {
        ending.abandonLease();
    }

    // ---- the answer

    @Override
    public Exchange status(int status) {
        answer.status(status);
        return this;
    }

    @Override
    public Exchange header(String name, String value) {
        answer.header(name, value);
        return this;
    }

    @Override
    public void send() {
        answer.send();
    }

    @Override
    public void send(byte[] body) {
        answer.send(ByteBuffer.wrap(body));
    }

    @Override
    public void send(ByteBuffer... body) {
        answer.send(body);
    }

    @Override
    public void send(long length, Iterator<ByteBuffer> body) {
        answer.send(length, body);
    }

    @Override
    public OutputStream stream() {
        return answer.stream();
    }

    @Override
    public EventStream events() {
        return answer.events();
    }

    @Override
    public void fail(Throwable cause) {
        MDC.put(TRACE_ID, trace.id()); // engines tell of their failures on threads of their own
        try {
            answer.fail(cause);
        } finally {
            MDC.remove(TRACE_ID);
        }
    }

    @Override
    public void onDisconnect(Runnable task) {
        ending.onDisconnect(task);
    }

    @Override
    public void onComplete(Runnable task) {
        ending.onComplete(task);
    }
}
