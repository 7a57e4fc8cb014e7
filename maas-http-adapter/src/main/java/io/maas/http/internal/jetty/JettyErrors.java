package io.maas.http.internal.jetty;

import io.maas.http.internal.exchange.ErrorFace;
import io.maas.http.internal.exchange.Problem;
import io.maas.http.internal.exchange.Problems;
import io.maas.http.internal.exchange.Trace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Tells clients what Jetty refuses by itself, as everything else is told. */
final class JettyErrors implements Request.Handler {
    private final ErrorFace face;

    JettyErrors(ErrorFace face) {
        this.face = face;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Object cause = request.getAttribute(ErrorHandler.ERROR_EXCEPTION);
        Problem problem = problem(response.getStatus(), cause instanceof Throwable thrown ? thrown : null);
        String path = request.getHttpURI() == null
                ? ""
                : Objects.requireNonNullElse(request.getHttpURI().getPath(), "");
        Trace trace = Trace.of(new JettyHeaders(request.getHeaders()));
        AccessLines.traced(request, trace);
        ErrorFace.Rendered body = face.render(problem, path, trace.id());
        response.getHeaders().put(Trace.HEADER, trace.header());
        response.setStatus(problem.status());
        problem.headers().forEach((name, value) -> response.getHeaders().put(name, value));
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, body.contentType());
        if (request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2) {
            response.getHeaders().put(HttpFields.CONNECTION_CLOSE); // what follows could be anything
        }
        response.write(true, ByteBuffer.wrap(body.body()), callback);
        return true;
    }

    private static Problem problem(int status, @Nullable Throwable cause) {
        if (cause instanceof HttpException refusal) {
            return refused(refusal.getCode(), refusal.getReason());
        }
        if (cause instanceof IOException) {
            return refused(400, "the connection ended"); // nobody reads this
        }
        if (cause != null && status >= 500) {
            return Problems.explain(cause);
        }
        return refused(status, null);
    }

    static Problem refused(int status, @Nullable String reason) {
        String why = reason == null ? "HTTP does not allow it" : reason;
        return new Problem(
                status, code(status), "Cannot read the request: " + why + "; send a request as RFC 9112 has it");
    }

    private static String code(int status) {
        return switch (status) {
            case 400 -> "bad-request";
            case 408 -> "request-too-slow";
            case 413 -> "body-too-large";
            case 414 -> "target-too-long";
            case 417 -> "unknown-expectation";
            case 426 -> "upgrade-required";
            case 431 -> "headers-too-large";
            case 505 -> "unknown-http-version";
            default -> "http-" + status;
        };
    }
}
