/**
 * What goes from one registry to another: whole stores, byte for byte, and what is told of a version in a place that it was
 * not registered in first.
 *
 * <p>Read {@code StoreCopy} first.
 */
package io.maas.internal.transfer;
