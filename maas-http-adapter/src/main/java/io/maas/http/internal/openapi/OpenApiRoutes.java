package io.maas.http.internal.openapi;

import io.maas.http.internal.exchange.BodyPlan;
import io.maas.http.internal.route.Permission;
import io.maas.http.internal.route.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Serves the OpenAPI document, which is a file: it is read more often than written, and a test holds it to the routes. */
public final class OpenApiRoutes {
    private static final String DOCUMENT = "/io/maas/http/openapi.json";

    private final byte[] document;

    /** Reads the document. */
    public OpenApiRoutes() {
        try (InputStream in = OpenApiRoutes.class.getResourceAsStream(DOCUMENT)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + DOCUMENT);
            }
            document = in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + DOCUMENT + " in the jar", e);
        }
    }

    /** Returns the routes. */
    public List<Route> routes() {
        return List.of(new Route(
                "GET",
                "/openapi.json",
                Permission.NONE,
                (head, match) -> BodyPlan.quick(exchange ->
                        exchange.header("Content-Type", "application/json").send(document))));
    }
}
