/**
 * The store in a folder of a local filesystem, shared by the processes of one host.
 *
 * <p>Read {@code FileStore} first, for how a write becomes durable. Thread-safe.
 */
package io.maas.store.fs;
