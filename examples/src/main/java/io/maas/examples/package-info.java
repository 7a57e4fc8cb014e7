/**
 * What using the platform looks like.
 *
 * <p>Read {@link io.maas.examples.Quickstart} first.
 */
@NullMarked
package io.maas.examples;

import org.jspecify.annotations.NullMarked;
