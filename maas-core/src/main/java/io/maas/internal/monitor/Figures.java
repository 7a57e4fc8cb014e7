package io.maas.internal.monitor;

import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.monitor.CacheStats;
import io.maas.monitor.ModelStats;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The figures of all versions that served. Each is looked up once when a version begins to serve, so that calls count without
 * looking anything up. Thread-safe.
 */
public final class Figures {
    private static final int MOST = 1_000;
    /** Bundles that are loaded and do not serve, or not yet. */
    private static final int MOST_OTHERS = 100;

    private record Key(ModelName model, String version, Digest digest) {}

    private final Clocks clocks;
    /** In the order in which they began to serve last, the oldest first. */
    private final LinkedHashMap<Key, CallFigures> calls = new LinkedHashMap<>(16, 0.75f, true);

    /** In the order in which they were loaded last, the oldest first. */
    private final LinkedHashMap<Digest, RunFigures> runs = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * Creates them, empty.
     *
     * @param nanoTime the time by which calls are timed
     */
    public Figures(Clock clock, LongSupplier nanoTime) {
        this.clocks = new Clocks(clock, nanoTime);
    }

    /** Returns what counts the calls of a version, the same each time. */
    public synchronized CallFigures calls(ModelName model, String version, Digest digest) {
        CallFigures figures = calls.computeIfAbsent(new Key(model, version, digest), key -> new CallFigures());
        if (calls.size() > MOST) {
            calls.remove(calls.keySet().iterator().next());
        }
        return figures;
    }

    /**
     * Returns what counts the runs of a bundle's model, the same each time for what serves. Of what was only loaded, such as to try
     * it out, the latest are kept.
     */
    public synchronized RunFigures runs(Digest digest) {
        RunFigures figures = runs.computeIfAbsent(digest, key -> new RunFigures());
        if (runs.size() > MOST + MOST_OTHERS) {
            Set<Digest> serving = calls.keySet().stream().map(Key::digest).collect(Collectors.toSet());
            runs.keySet().stream()
                    .filter(loaded -> !serving.contains(loaded))
                    .findFirst()
                    .ifPresent(runs::remove);
        }
        return figures;
    }

    /**
     * Returns the figures of every version that had a call.
     *
     * @param cache what a bundle's cache has to tell
     */
    public List<ModelStats> stats(Function<Digest, CacheStats> cache) {
        Map<Key, CallFigures> now;
        synchronized (this) {
            now = new LinkedHashMap<>(calls);
        }
        List<ModelStats> stats = new ArrayList<>();
        now.forEach((key, figures) -> {
            ModelStats one = figures.stats(
                    key.model(), key.version(), key.digest(), runs(key.digest()), cache.apply(key.digest()), clocks);
            if (one.calls() > 0) {
                stats.add(one);
            }
        });
        stats.sort((a, b) -> a.model().value().compareTo(b.model().value())); // stable: by when they served within
        return stats;
    }
}
