/**
 * The registry: the state that the log adds up to, the loop that adds to the log, and the interface on top.
 *
 * <p>Read {@code Registry} first, then {@code Committer}.
 */
package io.maas.internal.registry;
