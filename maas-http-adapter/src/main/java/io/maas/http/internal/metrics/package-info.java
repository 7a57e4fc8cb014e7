/** What a monitoring system scrapes, in the formats of Prometheus. Start at {@code MetricsRoutes}. */
package io.maas.http.internal.metrics;
