package io.maas.internal.registry;

import io.maas.internal.log.CommitLog;
import io.maas.repository.Maintenance.Mode;
import io.maas.repository.SweepOptions;
import io.maas.repository.SweepReport;
import io.maas.spi.ObjectStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Removes what killed processes left: what the store knows of, and objects that tried out a store before its first use. */
final class Sweeper {
    /** There is one for each process that was killed while it made the registry. */
    private static final int MOST_PROBES = 1000;

    private final Ledger ledger;
    private final ObjectStore store;
    private final SweepOptions options;
    private final Instant before;

    Sweeper(Ledger ledger, ObjectStore store, SweepOptions options, Instant now) {
        this.ledger = ledger;
        this.store = store;
        this.options = options;
        this.before = now.minus(options.age());
    }

    SweepReport run() {
        List<String> left = new ArrayList<>(store.leftovers(before));
        List<String> probes = probes();
        if (options.mode() == Mode.DRY_RUN) {
            left.addAll(probes);
            return new SweepReport(Mode.DRY_RUN, left, List.of());
        }
        List<String> removed = new ArrayList<>(store.removeLeftovers(before));
        left.removeAll(removed);
        for (String probe : probes) {
            store.delete(probe);
            removed.add(probe);
        }
        return new SweepReport(Mode.APPLY, removed, left);
    }

    /**
     * Keys have no times. But nobody tries out a store that has a registry, so whoever made these began before the first
     * commit.
     */
    private List<String> probes() {
        CommitLog log = ledger.log();
        boolean old = ledger.head() >= 0 && ledger.commit(0).time().isBefore(before);
        return old ? store.list(log.key("probe/"), "", MOST_PROBES) : List.of();
    }
}
