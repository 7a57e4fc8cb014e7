/**
 * What the hosts of one store tell each other about themselves.
 *
 * <p>Read {@link io.maas.internal.hosts.HostReports} first. Thread-safe.
 */
package io.maas.internal.hosts;
