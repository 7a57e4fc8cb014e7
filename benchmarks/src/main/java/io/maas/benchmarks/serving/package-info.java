/**
 * What serving costs, against the engine itself.
 *
 * <p>Read {@link io.maas.benchmarks.serving.ServingFigures} first: it has the list of figures.
 */
package io.maas.benchmarks.serving;
