package io.maas.http.internal.jetty;

import io.maas.http.internal.exchange.BodyPlan;
import io.maas.http.internal.exchange.ContentEncoding;
import io.maas.http.internal.exchange.Endpoint;
import io.maas.http.internal.exchange.Refusals;
import java.io.IOException;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Makes exchanges of Jetty's requests, and gives them to the endpoint. */
final class RootHandler extends Handler.Abstract.NonBlocking {
    private final Endpoint endpoint;
    private final Surroundings around;

    RootHandler(Endpoint endpoint, Surroundings around) {
        this.endpoint = endpoint;
        this.around = around;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        JettyExchange exchange = new JettyExchange(request, response, callback, around);
        around.log().follow(request, exchange);
        exchange.begin();
        exchange.attempt(() -> receive(exchange, request));
        exchange.leaveAlone();
        return true;
    }

    private void receive(JettyExchange exchange, Request request) throws IOException {
        String method = request.getMethod();
        if (HttpMethod.TRACE.is(method) || HttpMethod.CONNECT.is(method)) {
            throw Refusals.methodNotAllowed(method);
        }
        exchange.path();
        follow(exchange, request, endpoint.accept(exchange));
    }

    private static void follow(JettyExchange exchange, Request request, BodyPlan plan) throws IOException {
        if (plan instanceof BodyPlan.Later later) {
            exchange.answer(
                    BodyPlan.Where.WORKER,
                    () -> follow(exchange, request, later.then().get()));
        } else if (plan instanceof BodyPlan.None none) {
            exchange.discardBody();
            exchange.answer(none.where(), () -> none.then().answer(exchange));
        } else if (plan instanceof BodyPlan.Whole whole) {
            new Gathering(exchange, request, whole, ContentEncoding.of(exchange.headers())).run();
        } else if (plan instanceof BodyPlan.Streamed streamed) {
            ReceivedStream body = exchange.receive(streamed.limit());
            exchange.answer(BodyPlan.Where.WORKER, () -> streamed.then().answer(exchange, body.open()));
        }
    }
}
