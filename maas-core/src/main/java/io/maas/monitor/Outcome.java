package io.maas.monitor;

/** How a call ended. */
public enum Outcome {
    /** With an answer. */
    SUCCEEDED,
    /** The input was not one that the model takes. */
    REFUSED,
    /** Too much was waiting. */
    OVERLOADED,
    /** Its deadline passed. */
    EXPIRED,
    /** Its caller gave up. */
    CANCELLED,
    /** The engine, a transform or the platform failed. */
    FAILED
}
