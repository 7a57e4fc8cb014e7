package io.maas.internal.serving;

import io.maas.internal.schedule.Limits;
import io.maas.predict.SwapPolicy;
import java.time.Clock;

/**
 * How models are served.
 *
 * @param device where they run: {@code auto} for where their packages ask to, else the name of a device
 * @param cores the cores that they may use, 1 or more
 * @param limits what may wait for a device
 * @param maxPositions the most positions along the free dimensions of one input
 * @param clock tells people when a call was
 * @param draw chooses between versions that share an alias, and what is mirrored
 * @param modelMemory the native memory that models may take together, in bytes
 * @param swaps what to do with a new version that finds no room
 * @param traced whether to remember where leases of models were taken
 * @param programs which models may run that are programs
 */
public record ServingSettings(
        String device,
        int cores,
        Limits limits,
        long maxPositions,
        Clock clock,
        Draw draw,
        long modelMemory,
        SwapPolicy swaps,
        boolean traced,
        Programs programs) {
    /** Which models may run that are programs rather than graphs of known operators. */
    public enum Programs {
        /** Those that somebody signed whom the registry trusts. */
        SIGNED,
        /** All. */
        ANY
    }
}
