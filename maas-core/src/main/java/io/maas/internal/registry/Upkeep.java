package io.maas.internal.registry;

import io.maas.repository.CollectOptions;
import io.maas.repository.CollectionReport;
import io.maas.repository.Maintenance;
import io.maas.repository.RetentionReport;
import io.maas.repository.RetireOptions;
import io.maas.repository.SweepOptions;
import io.maas.repository.SweepReport;

/** Retention, garbage and leftovers. Each call has an object of its own, which holds what it finds. */
final class Upkeep implements Maintenance {
    private final Ledger ledger;
    private final Changes changes;
    private final RegistrySettings settings;
    private final TrueTime time;

    Upkeep(Ledger ledger, Changes changes, RegistrySettings settings) {
        this.ledger = ledger;
        this.changes = changes;
        this.settings = settings;
        this.time = new TrueTime(settings, ledger);
    }

    @Override
    public RetentionReport retire(RetireOptions options) {
        begin(options.mode(), "retire versions");
        return new Retention(ledger, changes, options).run();
    }

    @Override
    public CollectionReport collect(CollectOptions options) {
        String doing = "collect garbage";
        begin(options.mode(), doing);
        return new Collector(ledger, changes, settings.store(), options, time.now(doing)).run();
    }

    @Override
    public SweepReport sweep(SweepOptions options) {
        String doing = "remove what processes left behind";
        begin(options.mode(), doing);
        return new Sweeper(ledger, settings.store(), options, time.now(doing)).run();
    }

    private void begin(Mode mode, String doing) {
        if (mode == Mode.APPLY) {
            changes.requireWritable(doing);
        }
        ledger.refresh();
        if (mode == Mode.APPLY) {
            ledger.requireWritable(); // what a newer platform wrote may need files that look like garbage here
        }
    }
}
