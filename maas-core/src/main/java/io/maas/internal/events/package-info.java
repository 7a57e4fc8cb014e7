/**
 * What happened in a registry, told in order to those who listen.
 *
 * <p>Read {@link io.maas.internal.events.Subscriptions} first. Thread-safe.
 */
package io.maas.internal.events;
