package io.maas.http.internal.inference;

import com.fasterxml.jackson.core.JsonGenerator;
import io.maas.Maas;
import io.maas.http.internal.route.Caller;
import io.maas.http.internal.wire.JsonBytes;
import io.maas.model.ModelRef;
import io.maas.monitor.Latency;
import io.maas.monitor.ModelStats;
import io.maas.monitor.Outcome;
import io.maas.monitor.RunStats;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The statistics extension: counts and times of what this host answered, since it began. */
final class Statistics {
    private final Maas maas;

    Statistics(Maas maas) {
        this.maas = maas;
    }

    byte[] all(Caller caller) {
        return write(maas.monitor().models().stream()
                .filter(stats -> caller.isFor(stats.model()))
                .toList());
    }

    /** Those of one model; of one version if the reference names one. */
    byte[] of(ModelRef ref) {
        maas.repository().resolve(ref);
        return write(maas.monitor().models(ref.name()).stream()
                .filter(stats -> !(ref instanceof ModelRef.ByVersion version)
                        || version.version().equals(stats.version()))
                .toList());
    }

    private static byte[] write(List<ModelStats> models) {
        return JsonBytes.of(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("model_stats");
            for (ModelStats model : models) {
                write(json, model);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, ModelStats model) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", model.model().value());
        json.writeStringField("version", model.version());
        json.writeNumberField(
                "last_inference", model.lastCall().map(Instant::toEpochMilli).orElse(0L));
        json.writeNumberField("inference_count", model.rows());
        json.writeNumberField("execution_count", model.engineRuns());
        json.writeObjectFieldStart("inference_stats");
        long succeeded = model.count(Outcome.SUCCEEDED);
        writeDuration(json, "success", succeeded, model.total().sum());
        writeDuration(json, "fail", model.calls() - succeeded, Duration.ZERO);
        writeLatency(json, "queue", model.queue());
        writeDuration(json, "compute_input", succeeded, Duration.ZERO);
        writeLatency(json, "compute_infer", model.engine());
        writeDuration(json, "compute_output", succeeded, Duration.ZERO);
        writeDuration(json, "cache_hit", model.cache().hits(), Duration.ZERO);
        writeDuration(json, "cache_miss", model.cache().misses(), Duration.ZERO);
        json.writeEndObject();
        json.writeArrayFieldStart("batch_stats");
        for (RunStats runs : model.runs()) {
            json.writeStartObject();
            json.writeNumberField("batch_size", runs.rows());
            writeDuration(json, "compute_infer", runs.runs(), runs.compute());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeLatency(JsonGenerator json, String name, Latency latency) throws IOException {
        writeDuration(json, name, latency.count(), latency.sum());
    }

    private static void writeDuration(JsonGenerator json, String name, long count, Duration sum) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("count", count);
        json.writeNumberField("ns", sum.toNanos());
        json.writeEndObject();
    }
}
