package io.maas.http.internal.platform;

import io.maas.Maas;
import io.maas.http.internal.exchange.PartReader;
import io.maas.http.internal.inference.Predictors;
import io.maas.http.internal.route.Places;
import io.maas.http.internal.route.Route;
import io.maas.http.limits.BodyLimits;
import io.maas.http.limits.HttpLimits;
import java.util.ArrayList;
import java.util.List;

/** The routes of the platform. */
public final class PlatformRoutes {
    static final String API = "/api/v1";
    static final String MODEL = API + "/models/{model}";
    static final String VERSION = MODEL + "/versions/{version}";

    private final List<Route> routes = new ArrayList<>();

    /** Creates them for a platform. */
    public PlatformRoutes(Maas maas, Predictors predictors, PartReader parts, BodyLimits limits, HttpLimits http) {
        BodyLimits changes = limits.withJson(Math.min(limits.json(), Fields.LARGEST));
        Places streams = new Places("streams", http.streams());
        Places events = new Places("streams of events", http.events());
        routes.addAll(new ModelRoutes(maas, streams).routes());
        routes.addAll(new RegisterRoutes(maas, parts, limits, streams).routes());
        routes.addAll(new ChangeRoutes(maas, changes).routes());
        routes.addAll(new PredictRoutes(maas, predictors, limits).routes());
        routes.addAll(new AuditRoutes(maas, streams).routes());
        routes.addAll(new EventRoutes(maas, events).routes());
        routes.addAll(new MonitorRoutes(maas).routes());
        routes.addAll(new KeyRoutes(maas, changes).routes());
    }

    /** Returns the routes. */
    public List<Route> routes() {
        return List.copyOf(routes);
    }
}
