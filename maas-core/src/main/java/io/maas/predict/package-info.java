/**
 * Calling models.
 *
 * <p>Read {@link io.maas.predict.Predictor} first. Everything here is thread-safe.
 */
package io.maas.predict;
