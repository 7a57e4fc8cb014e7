package io.maas;

import io.maas.internal.store.MemoryStore;
import io.maas.spi.ObjectStore;
import io.maas.testkit.ScriptedBackend;
import io.maas.testkit.SharedStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Opens platforms on one store for a test, without an engine and without polling. */
public final class Platforms {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final AtomicLong SEEDS = new AtomicLong();

    public final ObjectStore store;
    public final ScriptedBackend backend = new ScriptedBackend();
    private final Path folder;

    public Platforms(Path folder) {
        this(folder, new MemoryStore());
    }

    public Platforms(Path folder, ObjectStore store) {
        this.folder = folder;
        this.store = store;
    }

    public MaasBuilder builder() {
        return builderOn(store);
    }

    public MaasBuilder builderOn(ObjectStore other) {
        return Maas.builder()
                .store(new SharedStore(other))
                .backend(backend)
                .actor("tester")
                .clock(Clock.fixed(START, ZoneOffset.UTC))
                .random(new SplittableRandom(SEEDS.incrementAndGet()))
                .pollInterval(Duration.ZERO)
                .cache(folder.resolve("cache"));
    }

    public Maas open() {
        return builder().open();
    }
}
