package io.maas.http.internal.jetty;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** The exchanges that are not complete. Thread-safe. */
final class InFlight {
    private final Set<JettyExchange> exchanges = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private volatile boolean draining;

    void begins(JettyExchange exchange) {
        exchanges.add(exchange);
    }

    void ends(JettyExchange exchange) {
        exchanges.remove(exchange);
        if (draining && exchanges.isEmpty()) {
            drained.complete(null);
        }
    }

    Set<JettyExchange> all() {
        return exchanges;
    }

    boolean isDraining() {
        return draining;
    }

    /** Returns what is complete once no exchange is left. Answers that would go on for ever are ended. */
    CompletableFuture<Void> drain() {
        draining = true;
        exchanges.forEach(JettyExchange::endEvents);
        if (exchanges.isEmpty()) {
            drained.complete(null);
        }
        return drained;
    }
}
