package io.maas.store.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.Maas;
import io.maas.spi.ObjectStore;
import io.maas.testkit.ScriptedBackend;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several platforms change one registry in one bucket, over lines that are as bad as lines get. */
@Timeout(600)
class CommitProtocolTest {
    private static final int PLATFORMS = 3;
    private static final int THREADS = 2;
    private static final int CHANGES = 25;
    private static final double FAULTS = 0.15;

    /** So short that some outcomes stay unknown. */
    private static final Duration PATIENCE = Duration.ofMillis(100);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void losesNothingAndDoesNothingTwiceWhateverFails(long given) throws Exception {
        long seed = Long.getLong("maas.seed", given);
        try (FakeS3 server = new FakeS3();
                ObjectStore healthy = Stores.open(server.address("p", ""))) {
            Writers writers = new Writers();
            run(writers, server.address("p", ""), seed, () -> server.faults.byChance(seed, FAULTS));
            server.faults.heal();
            server.landLate();

            try (Maas maas = open(healthy, seed, "checks")) {
                String figures = writers.check(maas, server.bucket.contents());
                assertThat(server.faults.happened()).as("faults, seed " + seed).isGreaterThan(50);
                report(seed, figures + ", " + server.faults.happened() + " faults");
            } catch (AssertionError e) {
                throw new AssertionError("with seed " + seed, e);
            }
        }
    }

    @Test
    void losesNothingOnAServerThatSomebodyElseWrote() throws Exception {
        try (RunningProxy server = new RunningProxy(Files.createDirectory(folder.resolve("proxy")));
                ObjectStore store = Stores.open(server.address("p", ""))) {
            Writers writers = new Writers();
            run(writers, server.address("p", ""), 4, () -> {});

            try (Maas maas = open(store, 4, "checks")) {
                report(4, writers.check(maas, contents(store)));
            }
        }
    }

    private static void report(long seed, String figures) {
        if (Boolean.getBoolean("maas.report")) {
            System.out.println("seed " + seed + ": " + figures);
        }
    }

    private static Map<String, byte[]> contents(ObjectStore store) {
        Map<String, byte[]> contents = new TreeMap<>();
        for (String key : store.list("", "", 10_000)) {
            contents.put("p/" + key, store.get(key).orElseThrow());
        }
        return contents;
    }

    private void run(Writers writers, URI address, long seed, Runnable whenOpen) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        List<Maas> platforms = new ArrayList<>();
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            for (int i = 0; i < PLATFORMS; i++) {
                platforms.add(open(Stores.open(address), random.nextLong(), "host-" + i));
            }
            whenOpen.run();
            List<Future<?>> working = new ArrayList<>();
            for (int i = 0; i < PLATFORMS * THREADS; i++) {
                Maas maas = platforms.get(i % PLATFORMS);
                SplittableRandom own = random.split();
                String name = "t" + i;
                working.add(threads.submit(() -> writers.work(maas, name, own, CHANGES)));
            }
            for (Future<?> each : working) {
                each.get(500, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
            platforms.forEach(Maas::close);
        }
    }

    private Maas open(ObjectStore store, long seed, String host) {
        return Maas.builder()
                .store(store)
                .backend(new ScriptedBackend())
                .actor(host)
                .random(new SplittableRandom(seed))
                .pollInterval(Duration.ZERO)
                .commitTimeout(PATIENCE)
                .cache(folder.resolve("cache-" + host))
                .open();
    }
}
