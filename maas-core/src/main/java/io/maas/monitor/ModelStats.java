package io.maas.monitor;

import io.maas.model.Digest;
import io.maas.model.ModelName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The figures of one version.
 *
 * @param model the model
 * @param version the label of the version
 * @param digest the identity of its bundle
 * @param outcomes how many calls ended in each way; ways in which none ended are not in it
 * @param rows the rows of the calls that succeeded; a call without rows counts as one
 * @param queue how long calls that succeeded waited for the engine
 * @param engine how long the engine ran for them; a run is counted for each call that it was for
 * @param total how long they took altogether, transforms included
 * @param runs the engine's runs by size. Versions with the same bundle share its runs, and each shows all of them
 * @param cache how often an answer was there already
 * @param lastCall when the last call ended; if empty, none has
 */
public record ModelStats(
        ModelName model,
        String version,
        Digest digest,
        Map<Outcome, Long> outcomes,
        long rows,
        Latency queue,
        Latency engine,
        Latency total,
        List<RunStats> runs,
        CacheStats cache,
        Optional<Instant> lastCall) {
    /** Copies the collections. */
    public ModelStats {
        outcomes = Map.copyOf(outcomes);
        runs = List.copyOf(runs);
    }

    /** Returns how many calls ended in this way. */
    public long count(Outcome outcome) {
        return outcomes.getOrDefault(outcome, 0L);
    }

    /** Returns how many calls ended. */
    public long calls() {
        return outcomes.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Returns how often the engine ran. */
    public long engineRuns() {
        return runs.stream().mapToLong(RunStats::runs).sum();
    }
}
