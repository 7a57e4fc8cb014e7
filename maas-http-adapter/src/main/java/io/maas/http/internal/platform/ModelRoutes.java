package io.maas.http.internal.platform;

import static io.maas.http.internal.platform.PlatformRoutes.API;
import static io.maas.http.internal.platform.PlatformRoutes.MODEL;
import static io.maas.http.internal.platform.PlatformRoutes.VERSION;

import com.fasterxml.jackson.core.JsonGenerator;
import io.maas.Maas;
import io.maas.http.internal.exchange.BodyPlan;
import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.route.Caller;
import io.maas.http.internal.route.Match;
import io.maas.http.internal.route.Permission;
import io.maas.http.internal.route.Places;
import io.maas.http.internal.route.Route;
import io.maas.http.internal.route.RouteHandler;
import io.maas.http.internal.route.VisibleModels;
import io.maas.http.internal.wire.JsonAnswer;
import io.maas.http.internal.wire.JsonBytes;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import io.maas.repository.AliasMove;
import io.maas.repository.Commit;
import io.maas.repository.ModelDetails;
import io.maas.repository.ModelVersion;
import io.maas.repository.RepositoryView;
import io.maas.repository.Traffic;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at models. */
final class ModelRoutes {
    private final Maas maas;
    private final Places streams;

    ModelRoutes(Maas maas, Places streams) {
        this.maas = maas;
        this.streams = streams;
    }

    List<Route> routes() {
        return List.of(
                read(API + "/models", (exchange, match) -> Answers.look(asked -> list(asked, match.caller())))
                        .forOwnModels(),
                read(MODEL, (exchange, match) -> Answers.look(asked -> Answers.sendTagged(asked, model(match)))),
                read(MODEL + "/versions", (exchange, match) -> Answers.look(asked -> versions(asked, match))),
                read(VERSION, (exchange, match) -> Answers.look(asked -> Answers.sendTagged(asked, version(match)))),
                read(VERSION + "/bundle", this::bundle),
                read(MODEL + "/history", (exchange, match) -> Answers.look(asked -> history(asked, match))));
    }

    private static Route read(String template, RouteHandler handler) {
        return new Route("GET", template, Permission.READ, handler);
    }

    static ModelName name(Match match) {
        return ModelName.of(match.path(0));
    }

    static ModelVersion resolve(RepositoryView view, Match match) {
        return find(view, name(match), match.path(1));
    }

    /** Finds a version, also one that is not to be used any more: it can be looked at, and whoever changes it is told what it is. */
    static ModelVersion find(RepositoryView view, ModelName name, String label) {
        for (ModelVersion version : view.versions(name)) {
            if (version.version().equals(label)) {
                return version;
            }
        }
        return view.resolve(new ModelRef.ByVersion(name, label)); // says why not
    }

    private void list(Exchange exchange, Caller caller) {
        RepositoryView view = maas.repository();
        int limit = Answers.limit(exchange.query());
        Optional<ModelName> after = exchange.query().first("cursor").map(ModelName::of);
        List<ModelName> page = VisibleModels.page(view, caller, after, limit);
        JsonAnswer.send(exchange, json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("models");
            for (ModelName name : page) {
                json.writeStartObject();
                json.writeStringField("model", name.value());
                aliases(json, view.aliases(name));
                json.writeEndObject();
            }
            json.writeEndArray();
            if (page.size() == limit) {
                json.writeStringField("next", page.get(limit - 1).value());
            }
            json.writeEndObject();
        });
    }

    private static void aliases(JsonGenerator json, Map<String, ModelVersion> aliases) throws IOException {
        json.writeObjectFieldStart("aliases");
        for (Map.Entry<String, ModelVersion> alias : aliases.entrySet()) {
            json.writeStringField(alias.getKey(), alias.getValue().version());
        }
        json.writeEndObject();
    }

    private JsonBytes.Writer model(Match match) {
        return model(maas.repository(), name(match));
    }

    /** What a model is at this moment: the document whose tag {@code If-Match} compares. */
    static JsonBytes.Writer model(RepositoryView view, ModelName name) {
        List<ModelVersion> versions = view.versions(name);
        Map<String, ModelVersion> aliases = view.aliases(name);
        return json -> {
            json.writeStartObject();
            json.writeStringField("model", name.value());
            json.writeNumberField("versions", versions.size());
            json.writeStringField("latest", versions.get(versions.size() - 1).version());
            aliases(json, aliases);
            json.writeObjectFieldStart("traffic");
            for (String alias : aliases.keySet()) {
                Traffic traffic = view.traffic(name, alias);
                if (!traffic.isNone()) {
                    json.writeFieldName(alias);
                    Documents.write(json, traffic);
                }
            }
            json.writeEndObject();
            Optional<Commit> hold = view.hold(name);
            if (hold.isPresent()) {
                json.writeFieldName("hold");
                Documents.write(json, hold.get());
            }
            json.writeEndObject();
        };
    }

    private void versions(Exchange exchange, Match match) {
        List<ModelVersion> all = maas.repository().versions(name(match));
        int limit = Answers.limit(exchange.query());
        Optional<String> cursor = exchange.query().first("cursor");
        int from = cursor.isEmpty() ? 0 : after(all, cursor.get());
        List<ModelVersion> page = all.subList(from, Math.min(all.size(), from + limit));
        JsonAnswer.send(exchange, json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("versions");
            for (ModelVersion version : page) {
                Documents.write(json, version);
            }
            json.writeEndArray();
            if (from + page.size() < all.size()) {
                json.writeStringField("next", page.get(page.size() - 1).version());
            }
            json.writeEndObject();
        });
    }

    private static int after(List<ModelVersion> all, String label) {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).version().equals(label)) {
                return i + 1;
            }
        }
        return all.size();
    }

    private JsonBytes.Writer version(Match match) {
        RepositoryView view = maas.repository();
        ModelDetails details = view.details(resolve(view, match));
        return json -> {
            json.writeStartObject();
            Documents.fields(json, details.version());
            json.writeStringField(
                    "lifecycle", Documents.lower(details.standing().lifecycle()));
            json.writeStringField("format", details.manifest().format());
            Documents.optional(json, "owner", details.manifest().owner());
            if (details.probe().isPresent()) {
                ModelDetails.Probe probe = details.probe().get();
                json.writeStringField("engine", probe.engine());
                json.writeStringField("batch_invariance", Documents.lower(probe.batchInvariance()));
                Documents.tensors(json, "inputs", probe.signature().inputs());
                Documents.tensors(json, "outputs", probe.signature().outputs());
            }
            json.writeArrayFieldStart("approvals");
            for (Commit approval : details.approvals()) {
                Documents.write(json, approval);
            }
            json.writeEndArray();
            json.writeEndObject();
        };
    }

    private void history(Exchange exchange, Match match) {
        List<AliasMove> moves = maas.repository().history(name(match));
        JsonAnswer.send(exchange, json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("moves");
            for (AliasMove move : moves) {
                Documents.write(json, move);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private BodyPlan bundle(Exchange head, Match match) {
        Places.Place place = streams.take(head, match.caller());
        return Answers.look(exchange -> place.during(() -> send(exchange, match)));
    }

    private void send(Exchange exchange, Match match) throws IOException {
        ModelVersion version = resolve(maas.repository(), match);
        Path folder = Scratch.ofBundle();
        Path file = folder.resolve("bundle.zip");
        try {
            maas.repository().exportZip(version, file);
            exchange.header("Content-Type", "application/zip")
                    .header(
                            "Content-Disposition",
                            "attachment; filename=\"" + version.name() + "-" + version.version() + ".zip\"");
            try (OutputStream out = exchange.stream()) {
                Files.copy(file, out);
            }
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        }
    }
}
