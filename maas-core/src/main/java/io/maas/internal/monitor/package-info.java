/**
 * The figures behind {@link io.maas.monitor.Monitor}.
 *
 * <p>Read {@link io.maas.internal.monitor.Figures} first.
 */
package io.maas.internal.monitor;
