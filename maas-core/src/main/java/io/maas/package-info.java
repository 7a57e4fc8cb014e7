/**
 * The way in: opens a platform on a store and hands out its interfaces.
 *
 * <p>Read {@link io.maas.Maas} first.
 */
package io.maas;
