package io.maas.http.internal.metrics;

import io.maas.Maas;
import io.maas.http.internal.exchange.BodyPlan;
import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.route.Permission;
import io.maas.http.internal.route.Route;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/** The figures of models, devices and the JVM, as text of Prometheus or of OpenMetrics, as the client prefers. */
public final class MetricsRoutes {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ExpositionFormats formats = ExpositionFormats.init();

    /** Creates them for a platform. */
    public MetricsRoutes(Maas maas) {
        JvmMetrics.builder().register(registry);
        registry.register(new PlatformMetrics(maas.monitor()));
    }

    /** Returns the routes. */
    public List<Route> routes() {
        return List.of(new Route("GET", "/metrics", Permission.READ, (head, match) -> BodyPlan.none(this::scrape)));
    }

    private void scrape(Exchange exchange) throws IOException {
        ExpositionFormatWriter writer = "application/openmetrics-text"
                        .equals(exchange.headers()
                                .first("Accept")
                                .map(MetricsRoutes::firstType)
                                .orElse(""))
                ? formats.getOpenMetricsTextFormatWriter()
                : formats.getPrometheusTextFormatWriter();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        writer.write(text, registry.scrape());
        exchange.header("Content-Type", writer.getContentType()).send(text.toByteArray());
    }

    /** Scrapers put what they prefer first. */
    private static String firstType(String accept) {
        int end = accept.indexOf(',');
        String first = end < 0 ? accept : accept.substring(0, end);
        int parameters = first.indexOf(';');
        return (parameters < 0 ? first : first.substring(0, parameters)).strip();
    }
}
