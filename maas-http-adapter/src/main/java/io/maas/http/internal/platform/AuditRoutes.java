package io.maas.http.internal.platform;

import static io.maas.http.internal.platform.PlatformRoutes.API;

import io.maas.Maas;
import io.maas.http.internal.exchange.BodyPlan;
import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.exchange.QueryParameters;
import io.maas.http.internal.route.Caller;
import io.maas.http.internal.route.Permission;
import io.maas.http.internal.route.Places;
import io.maas.http.internal.route.Route;
import io.maas.http.internal.wire.JsonAnswer;
import io.maas.model.ModelName;
import io.maas.repository.AuditEntry;
import io.maas.repository.AuditFormat;
import io.maas.repository.AuditPage;
import io.maas.repository.AuditQuery;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the audit log: page by page as JSON, or all of it as JSON Lines or CSV. */
final class AuditRoutes {
    private static final String JSON = "json";

    private final Maas maas;
    private final Places streams;

    AuditRoutes(Maas maas, Places streams) {
        this.maas = maas;
        this.streams = streams;
    }

    List<Route> routes() {
        return List.of(new Route("GET", API + "/audit", Permission.READ, (head, match) -> plan(head, match.caller()))
                .forOwnModels());
    }

    private BodyPlan plan(Exchange head, Caller caller) {
        if (head.query().first("format").orElse(JSON).equals(JSON)) {
            return Answers.look(exchange -> audit(exchange, caller));
        }
        Places.Place place = streams.take(head, caller);
        return Answers.look(exchange -> place.during(() -> audit(exchange, caller)));
    }

    private void audit(Exchange exchange, Caller caller) throws IOException {
        AuditQuery query = query(exchange.query(), caller);
        switch (exchange.query().first("format").orElse(JSON)) {
            case JSON -> page(exchange, query);
            case "jsonl" -> export(exchange, query, AuditFormat.JSON_LINES, "application/jsonl");
            case "csv" -> export(exchange, query, AuditFormat.CSV, "text/csv; charset=utf-8");
            default -> throw bad("format", "it is none of json, jsonl and csv");
        }
    }

    private void page(Exchange exchange, AuditQuery query) {
        AuditPage page = maas.repository().audit().entries(query, Answers.limit(exchange.query()));
        JsonAnswer.send(exchange, json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("entries");
            for (AuditEntry entry : page.entries()) {
                Documents.write(json, entry);
            }
            json.writeEndArray();
            if (page.next().isPresent()) {
                json.writeStringField("next", Long.toString(page.next().getAsLong()));
            }
            json.writeEndObject();
        });
    }

    private void export(Exchange exchange, AuditQuery query, AuditFormat format, String type) throws IOException {
        exchange.header("Content-Type", type);
        try (OutputStream out = exchange.stream()) {
            maas.repository().audit().export(query, format, out);
        }
    }

    private static AuditQuery query(QueryParameters given, Caller caller) {
        AuditQuery query = AuditQuery.everything();
        Optional<Set<ModelName>> models = given.first("model")
                .map(name -> Set.of(ModelName.of(name)))
                .map(asked -> caller.isFor(asked.iterator().next()) ? asked : Set.<ModelName>of())
                .or(caller::models);
        query = models.isPresent() ? query.ofModels(models.get()) : query;
        Optional<String> actor = given.first("actor");
        query = actor.isPresent() ? query.by(actor.get()) : query;
        List<String> kinds = given.all("kind");
        query = kinds.isEmpty() ? query : query.kinds(kinds.toArray(String[]::new));
        Optional<String> from = given.first("from");
        query = from.isPresent() ? query.from(time("from", from.get())) : query;
        Optional<String> until = given.first("until");
        query = until.isPresent() ? query.until(time("until", until.get())) : query;
        Optional<String> cursor = given.first("cursor");
        return cursor.isPresent() ? query.fromCommit(commit(cursor.get())) : query;
    }

    private static Instant time(String name, String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw bad(name, "it is no time such as 2026-01-31T12:00:00Z");
        }
    }

    static long commit(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw bad("cursor", "it is no number of a commit");
        }
    }

    static HttpProblem bad(String name, String why) {
        return new HttpProblem(400, "bad-query", "Cannot read " + name + ": " + why + "; send one");
    }
}
