package io.maas.benchmarks.registry;

import io.maas.internal.log.BlobKey;
import io.maas.internal.log.Change;
import io.maas.internal.log.CommitCodec;
import io.maas.internal.log.CommitLog;
import io.maas.internal.log.CommitRecord;
import io.maas.internal.log.Op;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.model.Names;
import io.maas.repository.AliasMove;
import io.maas.spi.ObjectStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Writes the log that registering and publishing would leave: models of three versions, each of a manifest and four files,
 * with what the engine said; the second version published, and its gate's report. The files themselves are not needed to
 * open a registry, list it, resolve in it and commit to it, and engines would take hours for them.
 */
final class SyntheticLog {
    static final int VERSIONS = 3;
    private static final int FILES = 4;
    private static final int MODELS_PER_COMMIT = 50;

    private final ObjectStore store;
    private final SplittableRandom random = new SplittableRandom(42);
    private Digest previous;
    private long number;
    private int models;

    /** Goes on after {@code format.json}, which has to be there. */
    SyntheticLog(ObjectStore store) {
        this.store = store;
        this.previous = Digest.of(store.get("default/format.json").orElseThrow());
    }

    static String name(int model) {
        return "team-" + model % 97 + ".model-" + model;
    }

    /** Adds models until there are so many. Must be the only one who commits. */
    void growTo(int count) {
        while (models < count) {
            List<Op> ops = new ArrayList<>();
            for (int i = 0; i < MODELS_PER_COMMIT && models < count; i++, models++) {
                addModel(ModelName.of(name(models)), ops);
            }
            commit(ops);
        }
    }

    /** Notes what others have committed meanwhile. */
    void follow() {
        for (Optional<byte[]> next = read(); next.isPresent(); next = read()) {
            previous = Digest.of(next.get());
            number++;
        }
    }

    private Optional<byte[]> read() {
        return store.get(key());
    }

    private String key() {
        return String.format(java.util.Locale.ROOT, "default/log/%012d.json", number);
    }

    private void addModel(ModelName name, List<Op> ops) {
        for (int version = 1; version <= VERSIONS; version++) {
            String label = Integer.toString(version);
            List<BlobKey> files = new ArrayList<>();
            for (int file = 0; file < FILES; file++) {
                files.add(blob());
            }
            ops.add(new Op.Register(name, label, digest(), 90_000_000, blob(), files, List.of()));
            ops.add(new Op.Attach(name, label, Op.Attach.PROBE, blob()));
        }
        ops.add(new Op.Attach(name, "2", Op.Attach.GATE + Names.PRODUCTION, blob()));
        ops.add(new Op.MoveAlias(name, Names.PRODUCTION, AliasMove.Kind.PUBLISH, Optional.empty(), Optional.of("2")));
    }

    private Digest digest() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return Digest.ofBytes(bytes);
    }

    private BlobKey blob() {
        return new BlobKey(digest(), number, random.nextLong());
    }

    private void commit(List<Op> ops) {
        byte[] token = new byte[16];
        random.nextBytes(token);
        Change change =
                new Change(HexFormat.of().formatHex(token), "synthetic", "team-" + number % 20, Optional.empty(), ops);
        Instant time = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(number);
        byte[] bytes = CommitCodec.write(new CommitRecord(number, previous, time, 1, List.of(change)));
        store.createIfAbsent(key(), CommitLog.source(bytes));
        previous = Digest.of(bytes);
        number++;
    }
}
