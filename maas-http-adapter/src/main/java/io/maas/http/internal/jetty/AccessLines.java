package io.maas.http.internal.jetty;

import io.maas.http.internal.exchange.AccessLog;
import io.maas.http.internal.exchange.Trace;
import java.time.Duration;
import java.util.Objects;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;

/** Writes the access log when Jetty says that a request has ended, which it does of those too that it refuses by itself. */
record AccessLines(ClientAddress client) implements RequestLog {
    private static final String EXCHANGE = JettyExchange.class.getName();
    private static final String TRACE = Trace.class.getName();

    /** Remembers what is to be told of a request that is served. */
    void follow(Request request, JettyExchange exchange) {
        if (AccessLog.isOn()) {
            request.setAttribute(EXCHANGE, exchange);
        }
    }

    /** Remembers the trace of a request that Jetty refuses. */
    static void traced(Request request, Trace trace) {
        request.setAttribute(TRACE, trace);
    }

    @Override
    public void log(Request request, Response response) {
        if (!AccessLog.isOn()) {
            return;
        }
        @Nullable JettyExchange exchange = (JettyExchange) request.getAttribute(EXCHANGE);
        AccessLog.write(new AccessLog.Served(
                client.of(request),
                exchange == null ? "" : exchange.caller(),
                request.getMethod(),
                Objects.requireNonNullElse(request.getHttpURI().getPath(), "-"),
                response.getStatus(),
                Response.getContentBytesWritten(response),
                Duration.ofNanos(System.nanoTime() - request.getHeadersNanoTime()),
                exchange != null && exchange.isCutShort(),
                traceId(request, exchange)));
    }

    /** Writes of a connection that was closed before it had said what it wants. */
    static void silent(String client, int status, Trace trace) {
        if (AccessLog.isOn()) {
            AccessLog.write(new AccessLog.Served(client, "", "-", "-", status, 0, Duration.ZERO, true, trace.id()));
        }
    }

    private static String traceId(Request request, @Nullable JettyExchange exchange) {
        if (exchange != null) {
            return exchange.trace().id();
        }
        return request.getAttribute(TRACE) instanceof Trace trace ? trace.id() : "-";
    }
}
