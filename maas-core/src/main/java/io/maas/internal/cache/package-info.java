/**
 * Bundles on the local disk, for engines that load files.
 *
 * <p>Read {@code BundleCache} first.
 */
package io.maas.internal.cache;
