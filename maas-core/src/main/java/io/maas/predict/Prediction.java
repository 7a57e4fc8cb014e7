package io.maas.predict;

/**
 * The answer to a call.
 *
 * @param value what the model returned
 * @param receipt which model that was, and how long it took
 * @param <T> what models of this kind return
 */
public record Prediction<T>(T value, Receipt receipt) {}
