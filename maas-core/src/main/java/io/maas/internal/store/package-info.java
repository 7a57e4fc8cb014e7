/**
 * The store that keeps everything in memory.
 *
 * <p>Read {@link io.maas.internal.store.MemoryStore} first. Thread-safe.
 */
package io.maas.internal.store;
