/**
 * Carries exchanges over Jetty, and is the only place that knows it. Start at {@link io.maas.http.internal.jetty.JettyServer}.
 *
 * <p>Bodies are gathered and small answers made on the threads that select; nothing there blocks.
 */
package io.maas.http.internal.jetty;
