package io.maas.monitor;

import java.time.Duration;

/**
 * How busy a device is.
 *
 * @param device its name, such as {@code cpu} or {@code gpu:0}
 * @param units what runs share of it, which on a processor are cores
 * @param busy the units that are in use
 * @param waiting the calls that wait
 * @param waitingBytes the memory of their inputs
 * @param predictedWait how long a call would wait that came now to the model with the longest queue, as far as can be foretold.
 *     Hosts that are to be added or removed by load can be told by this
 */
public record DeviceStats(String device, int units, int busy, int waiting, long waitingBytes, Duration predictedWait) {}
