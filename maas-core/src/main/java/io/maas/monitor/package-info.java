/**
 * Watching models.
 *
 * <p>Read {@link io.maas.monitor.Monitor} first. Everything here is thread-safe, and what is returned does not change.
 */
package io.maas.monitor;
