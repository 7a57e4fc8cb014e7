/**
 * What a request costs on its way, without a model behind it.
 *
 * <p>Read {@link io.maas.benchmarks.http.SmallAnswers} first; it can be run by itself.
 */
package io.maas.benchmarks.http;
