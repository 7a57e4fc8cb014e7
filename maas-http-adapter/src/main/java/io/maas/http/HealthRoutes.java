package io.maas.http;

import io.maas.Maas;
import io.maas.http.internal.exchange.BodyPlan;
import io.maas.http.internal.exchange.Endpoint;
import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.exchange.Refusals;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Tells whether the server lives and is ready; there is nothing else here yet. */
final class HealthRoutes implements Endpoint {
    private static final byte[] GOOD = "{\"status\":\"ok\"}".getBytes(StandardCharsets.UTF_8);
    private static final byte[] CLOSING = "{\"status\":\"closing\"}".getBytes(StandardCharsets.UTF_8);

    private final Maas maas;
    private volatile BooleanSupplier open = () -> false;

    HealthRoutes(Maas maas) {
        this.maas = maas;
    }

    /** Tells from now on what the server says. */
    void follow(BooleanSupplier serverIsOpen) {
        open = serverIsOpen;
    }

    @Override
    public BodyPlan accept(Exchange exchange) {
        boolean healthy = switch (exchange.path().raw()) {
            case "/healthz", "/v2/health/live" -> true;
            case "/v2/health/ready" ->
                open.getAsBoolean() && maas.ready(List.of()).isReady();
            default -> throw Refusals.notFound();
        };
        if (!exchange.method().equals("GET")) {
            throw Refusals.methodNotAllowed(exchange.method());
        }
        return BodyPlan.quick(asked -> asked.status(healthy ? 200 : 503)
                .header("Content-Type", "application/json")
                .send(healthy ? GOOD : CLOSING));
    }
}
