package io.maas.spi;

/**
 * Where and how a model is to be loaded.
 *
 * @param device {@code cpu} or {@code gpu:0}
 * @param threads threads for one call, 1 or more
 */
public record Placement(String device, int threads) {
    /** Returns a placement on the processor, with one thread for a call. */
    public static Placement cpu() {
        return new Placement("cpu", 1);
    }
}
