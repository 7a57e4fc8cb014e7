package io.maas.monitor;

import java.time.Duration;

/**
 * What an engine's runs of one size had in common.
 *
 * @param rows the rows of a run: exactly up to 64, above that the next power of two
 * @param runs how many runs there were
 * @param compute how long they took together
 */
public record RunStats(long rows, long runs, Duration compute) {}
