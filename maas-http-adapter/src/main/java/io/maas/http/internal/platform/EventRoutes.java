package io.maas.http.internal.platform;

import static io.maas.http.internal.platform.PlatformRoutes.API;

import io.maas.Maas;
import io.maas.http.internal.exchange.BodyPlan;
import io.maas.http.internal.exchange.EventStream;
import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.route.Caller;
import io.maas.http.internal.route.Permission;
import io.maas.http.internal.route.Places;
import io.maas.http.internal.route.Route;
import io.maas.http.internal.wire.JsonBytes;
import io.maas.repository.RepositoryEvent;
import io.maas.repository.Subscription;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Follows the log as server-sent events. Whoever comes back says which commit he heard of last, and misses nothing: that commit is told
 * again, since it may have had more to tell. Otherwise events begin with what comes next.
 */
final class EventRoutes {
    private final Maas maas;
    private final Places places;

    EventRoutes(Maas maas, Places places) {
        this.maas = maas;
        this.places = places;
    }

    List<Route> routes() {
        return List.of(new Route("GET", API + "/events", Permission.READ, (head, match) -> plan(head, match.caller()))
                .forOwnModels());
    }

    /** Where to begin is looked at first: once a stream has begun, it can only be cut short. */
    private BodyPlan plan(Exchange head, Caller caller) {
        Optional<Long> from = head.headers()
                .first("Last-Event-ID")
                .or(() -> head.query().first("from"))
                .map(EventRoutes::start);
        places.take(head, caller);
        return Answers.look(exchange ->
                follow(exchange, caller, from.orElseGet(() -> maas.repository().head() + 1)));
    }

    private static long start(String text) {
        long commit = AuditRoutes.commit(text);
        if (commit < 0) {
            throw AuditRoutes.bad("from", "there is no commit before 0");
        }
        return commit;
    }

    private void follow(Exchange exchange, Caller caller, long start) {
        EventStream events = exchange.events();
        events.endWhen(() -> !caller.isStillIn());
        Subscription subscription = maas.repository().subscribe(start, event -> {
            if (!caller.isStillIn()) {
                events.close(); // perhaps this very event says why
            } else if (isFor(event, caller)) {
                events.send(
                        name(event), data(event), Long.toString(event.commit().number()));
            }
        });
        exchange.onComplete(subscription::end); // on threads which serve others
    }

    private static boolean isFor(RepositoryEvent event, Caller caller) {
        return !caller.isBounded() || event.model().filter(caller::isFor).isPresent();
    }

    /** What an event is called: its type's name with hyphens. */
    private static String name(RepositoryEvent event) {
        String type = event.getClass().getSimpleName();
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < type.length(); i++) {
            char c = type.charAt(i);
            name.append(Character.isUpperCase(c) && i > 0 ? "-" : "").append(c);
        }
        return name.toString().toLowerCase(Locale.ROOT);
    }

    private static String data(RepositoryEvent event) {
        byte[] document = JsonBytes.of(json -> {
            json.writeStartObject();
            if (event.model().isPresent()) {
                json.writeStringField("model", event.model().get().value());
            }
            Documents.fields(json, event.commit());
            if (event instanceof RepositoryEvent.Registered registered) {
                json.writeStringField("version", registered.version().version());
                json.writeStringField("digest", registered.version().digest().toString());
            } else if (event instanceof RepositoryEvent.AliasMoved moved) {
                json.writeStringField("alias", moved.move().alias());
                json.writeStringField("kind", Documents.lower(moved.move().kind()));
                Documents.optional(json, "from", moved.move().from());
                Documents.optional(json, "to", moved.move().to());
            } else if (event instanceof RepositoryEvent.TrafficChanged changed) {
                json.writeStringField("alias", changed.alias());
                json.writeFieldName("traffic");
                Documents.write(json, changed.traffic());
            } else if (event instanceof RepositoryEvent.LifecycleChanged changed) {
                json.writeStringField("version", changed.version());
                json.writeStringField("from", Documents.lower(changed.from()));
                json.writeStringField("to", Documents.lower(changed.to()));
            } else if (event instanceof RepositoryEvent.HoldChanged changed) {
                json.writeBooleanField("held", changed.held());
            } else if (event instanceof RepositoryEvent.ApprovalChanged changed) {
                json.writeStringField("version", changed.version());
                json.writeBooleanField("approved", changed.approved());
            } else if (event instanceof RepositoryEvent.Attached attached) {
                json.writeStringField("version", attached.version());
                json.writeStringField("fact", attached.fact());
            }
            json.writeEndObject();
        });
        return new String(document, StandardCharsets.UTF_8);
    }
}
