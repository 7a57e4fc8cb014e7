/**
 * Models made elsewhere, as packages.
 *
 * <p>Read {@link io.maas.internal.imports.Importer} first. Each kind of source has one class that knows its documents.
 * What such a class says nothing about is reported as dropped, so that nothing is dropped silently.
 */
package io.maas.internal.imports;
