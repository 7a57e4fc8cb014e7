package io.maas.predict;

/**
 * Which of several waiting calls of one model is run first. Within a priority, calls are run in the order in which they
 * came. A call of a lower priority overtakes later ones of a higher priority once it has waited for a quarter of a second
 * longer for each step between them, so none waits forever.
 *
 * <p>Models that share a device take turns, whatever the priorities of their calls.
 */
public enum Priority {
    /** Somebody waits for the answer. */
    HIGH,
    /** The default. */
    NORMAL,
    /** Work that can wait, such as that of a batch job. */
    LOW
}
