package io.maas.http.internal.platform;

import static io.maas.http.internal.platform.PlatformRoutes.API;
import static io.maas.http.internal.platform.PlatformRoutes.MODEL;

import com.fasterxml.jackson.core.JsonGenerator;
import io.maas.Maas;
import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.route.Match;
import io.maas.http.internal.route.Permission;
import io.maas.http.internal.route.Route;
import io.maas.http.internal.wire.JsonAnswer;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import io.maas.monitor.DeviceStats;
import io.maas.monitor.Latency;
import io.maas.monitor.ModelStats;
import io.maas.monitor.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** How models do on this host. Times are in milliseconds. */
final class MonitorRoutes {
    private static final double NANOS_PER_MILLI = 1e6;

    private final Maas maas;

    MonitorRoutes(Maas maas) {
        this.maas = maas;
    }

    List<Route> routes() {
        return List.of(
                new Route(
                        "GET",
                        MODEL + "/performance",
                        Permission.READ,
                        (head, match) -> Answers.look(exchange -> performance(exchange, match))),
                new Route("GET", API + "/devices", Permission.READ, (head, match) -> Answers.look(this::devices))
                        .forOwnModels()); // tells of no model
    }

    private void performance(Exchange exchange, Match match) {
        // figures are those since the host started: whoever asks for others must not take these for them
        exchange.query().requireOnly("version");
        ModelName name = ModelRoutes.name(match);
        maas.repository().versions(name); // who is unknown is not found, rather than idle
        Optional<String> version = exchange.query().first("version");
        version.ifPresent(label -> maas.repository().resolve(new ModelRef.ByVersion(name, label)));
        List<ModelStats> all = maas.monitor().models(name).stream()
                .filter(stats -> version.isEmpty() || version.get().equals(stats.version()))
                .toList();
        JsonAnswer.send(exchange, json -> {
            json.writeStartObject();
            json.writeStringField("model", name.value());
            json.writeArrayFieldStart("versions");
            for (ModelStats stats : all) {
                write(json, stats);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, ModelStats stats) throws IOException {
        json.writeStartObject();
        json.writeStringField("version", stats.version());
        json.writeStringField("digest", stats.digest().toString());
        json.writeNumberField("calls", stats.calls());
        json.writeObjectFieldStart("outcomes");
        for (Outcome outcome : Outcome.values()) {
            json.writeNumberField(Documents.lower(outcome), stats.count(outcome));
        }
        json.writeEndObject();
        json.writeNumberField("rows", stats.rows());
        json.writeNumberField("engine_runs", stats.engineRuns());
        write(json, "total_ms", stats.total());
        write(json, "queue_ms", stats.queue());
        write(json, "engine_ms", stats.engine());
        Documents.optional(json, "last_call", stats.lastCall().map(Instant::toString));
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String name, Latency latency) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("count", latency.count());
        write(json, "mean", latency.mean());
        write(json, "p50", latency.p50());
        write(json, "p90", latency.p90());
        write(json, "p99", latency.p99());
        write(json, "p999", latency.p999());
        write(json, "max", latency.max());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String name, Duration time) throws IOException {
        json.writeNumberField(name, time.toNanos() / NANOS_PER_MILLI);
    }

    private void devices(Exchange exchange) {
        List<DeviceStats> all = maas.monitor().devices();
        JsonAnswer.send(exchange, json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("devices");
            for (DeviceStats device : all) {
                json.writeStartObject();
                json.writeStringField("device", device.device());
                json.writeNumberField("units", device.units());
                json.writeNumberField("busy", device.busy());
                json.writeNumberField("waiting", device.waiting());
                json.writeNumberField("waiting_bytes", device.waitingBytes());
                write(json, "predicted_wait_ms", device.predictedWait());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
