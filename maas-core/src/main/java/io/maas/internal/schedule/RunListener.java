package io.maas.internal.schedule;

/** Is told of each run of a model. Quick, and thread-safe. */
@FunctionalInterface
public interface RunListener {
    /**
     * A run has ended with outputs.
     *
     * @param rows the rows that it was for, of all requests together
     * @param nanos how long it took
     */
    void ran(long rows, long nanos);
}
