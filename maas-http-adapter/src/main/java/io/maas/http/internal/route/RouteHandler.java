package io.maas.http.internal.route;

import io.maas.http.internal.exchange.BodyPlan;
import io.maas.http.internal.exchange.Exchange;

/** Answers the requests of one route. Thread-safe. */
@FunctionalInterface
public interface RouteHandler {
    /**
     * Looks at the head of a request, as {@link io.maas.http.internal.exchange.Endpoint#accept} does.
     *
     * @param match how it came here
     */
    BodyPlan accept(Exchange exchange, Match match);
}
