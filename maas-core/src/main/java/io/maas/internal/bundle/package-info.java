/**
 * Packages as files: reading and checking them, writing them, and their manifest.
 *
 * <p>Read {@link io.maas.internal.bundle.BundleReader} first. Everything a package holds is untrusted: contents are
 * streamed, never extracted under their own names, and never run.
 */
package io.maas.internal.bundle;
