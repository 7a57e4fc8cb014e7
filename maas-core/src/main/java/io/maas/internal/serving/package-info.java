/**
 * The path of every prediction: a route finds the version that serves and leases it, its transforms and its engine run,
 * and the result goes back. Nothing below calls up.
 *
 * <p>Read {@code Route} and {@code Servable} first.
 */
package io.maas.internal.serving;
