package io.maas.http.internal.metrics;

import io.maas.monitor.DeviceStats;
import io.maas.monitor.Latency;
import io.maas.monitor.ModelStats;
import io.maas.monitor.Monitor;
import io.maas.monitor.Outcome;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The platform's figures as metrics, read when they are asked for. Quantiles are those of this host since it began; a sum and a count
 * go with them, of which a rate can be made.
 */
final class PlatformMetrics implements MultiCollector {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Monitor monitor;

    PlatformMetrics(Monitor monitor) {
        this.monitor = monitor;
    }

    @Override
    public MetricSnapshots collect() {
        List<ModelStats> models = monitor.models();
        List<DeviceStats> devices = monitor.devices();
        return MetricSnapshots.builder()
                .metricSnapshot(outcomes(models))
                .metricSnapshot(counter("maas_rows", "Rows that were answered.", models, ModelStats::rows))
                .metricSnapshot(counter("maas_engine_runs", "Runs of engines.", models, ModelStats::engineRuns))
                .metricSnapshot(counter(
                        "maas_cache_hits",
                        "Calls that a cache answered.",
                        models,
                        model -> model.cache().hits()))
                .metricSnapshot(counter(
                        "maas_cache_misses",
                        "Calls that no cache could answer.",
                        models,
                        model -> model.cache().misses()))
                .metricSnapshot(summary("maas_call_seconds", "How long calls took.", models, ModelStats::total))
                .metricSnapshot(summary("maas_queue_seconds", "How long calls waited.", models, ModelStats::queue))
                .metricSnapshot(
                        summary("maas_engine_seconds", "How long engines ran for calls.", models, ModelStats::engine))
                .metricSnapshot(gauge("maas_device_units", "Units, such as cores.", devices, DeviceStats::units))
                .metricSnapshot(gauge("maas_device_busy_units", "Units in use.", devices, DeviceStats::busy))
                .metricSnapshot(gauge("maas_device_waiting_calls", "Calls that wait.", devices, DeviceStats::waiting))
                .metricSnapshot(gauge("maas_device_waiting_bytes", "Their inputs.", devices, DeviceStats::waitingBytes))
                .metricSnapshot(gauge(
                        "maas_device_predicted_wait_seconds",
                        "How long a call that came now would wait; what to scale by.",
                        devices,
                        device -> seconds(device.predictedWait())))
                .build();
    }

    private static double seconds(Duration time) {
        return time.toNanos() / NANOS_PER_SECOND;
    }

    private static Labels labels(ModelStats model) {
        return Labels.of("model", model.model().value(), "version", model.version());
    }

    private static CounterSnapshot outcomes(List<ModelStats> models) {
        CounterSnapshot.Builder calls =
                CounterSnapshot.builder().name("maas_calls").help("Calls, by how they ended.");
        for (ModelStats model : models) {
            for (Outcome outcome : Outcome.values()) {
                calls.dataPoint(CounterDataPointSnapshot.builder()
                        .labels(labels(model)
                                .merge(Labels.of("outcome", outcome.name().toLowerCase(Locale.ROOT))))
                        .value((double) model.count(outcome))
                        .build());
            }
        }
        return calls.build();
    }

    private static CounterSnapshot counter(
            String name, String help, List<ModelStats> models, ToDoubleFunction<ModelStats> value) {
        CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
        for (ModelStats model : models) {
            counter.dataPoint(CounterDataPointSnapshot.builder()
                    .labels(labels(model))
                    .value(value.applyAsDouble(model))
                    .build());
        }
        return counter.build();
    }

    private static SummarySnapshot summary(
            String name, String help, List<ModelStats> models, Function<ModelStats, Latency> value) {
        SummarySnapshot.Builder summary = SummarySnapshot.builder().name(name).help(help);
        for (ModelStats model : models) {
            Latency latency = value.apply(model);
            summary.dataPoint(SummaryDataPointSnapshot.builder()
                    .labels(labels(model))
                    .count(latency.count())
                    .sum(seconds(latency.sum()))
                    .quantiles(Quantiles.of(
                            new Quantile(0.5, seconds(latency.p50())),
                            new Quantile(0.9, seconds(latency.p90())),
                            new Quantile(0.99, seconds(latency.p99())),
                            new Quantile(0.999, seconds(latency.p999()))))
                    .build());
        }
        return summary.build();
    }

    private static GaugeSnapshot gauge(
            String name, String help, List<DeviceStats> devices, ToDoubleFunction<DeviceStats> value) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
        for (DeviceStats device : devices) {
            gauge.dataPoint(GaugeDataPointSnapshot.builder()
                    .labels(Labels.of("device", device.device()))
                    .value(value.applyAsDouble(device))
                    .build());
        }
        return gauge.build();
    }
}
