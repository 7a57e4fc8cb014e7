package io.maas.http;

import io.maas.Maas;
import io.maas.http.internal.exchange.BodyPlan;
import io.maas.http.internal.route.Permission;
import io.maas.http.internal.route.Route;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Tells whether the server lives and is ready. */
final class HealthRoutes {
    private static final byte[] GOOD = "{\"status\":\"ok\"}".getBytes(StandardCharsets.UTF_8);
    private static final byte[] LOST = "{\"status\":\"device lost\"}".getBytes(StandardCharsets.UTF_8);
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

    List<Route> routes() {
        return List.of(
                new Route("GET", "/healthz", Permission.NONE, (exchange, path) -> answer(isLive(), LOST)),
                new Route("GET", "/v2/health/live", Permission.NONE, (exchange, path) -> answer(isLive(), LOST)),
                new Route("GET", "/v2/health/ready", Permission.NONE, (exchange, path) -> answer(isReady(), CLOSING)));
    }

    private boolean isReady() {
        return open.getAsBoolean() && maas.ready(List.of()).isReady();
    }

    /** A process whose device is lost is of no use any more, and whoever asks this starts another. */
    private boolean isLive() {
        return maas.lostDevices().isEmpty();
    }

    private static BodyPlan answer(boolean healthy, byte[] otherwise) {
        return BodyPlan.quick(exchange -> exchange.status(healthy ? 200 : 503)
                .header("Content-Type", "application/json")
                .send(healthy ? GOOD : otherwise));
    }
}
