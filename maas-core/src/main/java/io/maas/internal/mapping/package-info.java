/**
 * Records for tensors.
 *
 * <p>Read {@code RecordPredictor} first.
 */
package io.maas.internal.mapping;
