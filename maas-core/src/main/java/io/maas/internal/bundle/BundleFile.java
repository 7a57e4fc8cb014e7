package io.maas.internal.bundle;

import io.maas.model.Digest;
import io.maas.spi.ObjectStore;

/**
 * A file of a checked package.
 *
 * @param path its path in the package
 * @param digest the digest of its content
 * @param content its content, to be read any number of times while the bundle is open. Reading fails, with an {@link
 *     io.maas.error.InvalidInputException}, before the last byte if the content is no longer what was checked
 */
public record BundleFile(String path, Digest digest, ObjectStore.Source content) {}
