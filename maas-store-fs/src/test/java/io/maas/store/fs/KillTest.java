package io.maas.store.fs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes that are killed at any moment, over and over, on one store: nothing that was acknowledged is lost, nothing is
 * torn, nothing happens twice.
 *
 * <p>{@code -Dmaas.kills=2000} for more, {@code -Dmaas.seed=…} for the same moments as in an earlier run; what the
 * processes do in between is up to the scheduler.
 */
class KillTest {
    private static final Logger LOG = LoggerFactory.getLogger(KillTest.class);
    private static final int KILLS = Integer.getInteger("maas.kills", 200);
    private static final long SEED = Long.getLong("maas.seed", System.nanoTime());

    private static final int AT_ONCE = 4;
    private static final int CHECK_EVERY = 50;
    private static final int MOST_CHANGES = 200;
    /** One in so many is killed while it starts or opens the store. */
    private static final int EARLY = 8;

    private static final Duration START = Duration.ofMillis(600);
    private static final Duration CHANGE = Duration.ofMillis(5);

    @TempDir
    private Path folder;

    private final AtomicInteger writers = new AtomicInteger();

    @Test
    void nothingAcknowledgedIsLostTornOrDoneTwiceHoweverManyProcessesAreKilled() throws Exception {
        try {
            torture();
        } catch (AssertionError e) {
            throw new AssertionError("with -Dmaas.seed=" + SEED + ": " + e.getMessage(), e);
        }
    }

    private void torture() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        Torture torture = new Torture(folder.resolve("store"), folder, random.split());
        long start = System.nanoTime();
        for (int kills = 0; kills < KILLS; kills += CHECK_EVERY) {
            kill(Math.min(CHECK_EVERY, KILLS - kills), torture, random);
            String figures = torture.check();
            LOG.info(
                    "{} kills, {}, {} s",
                    writers.get(),
                    figures,
                    Duration.ofNanos(System.nanoTime() - start).toSeconds());
        }
        torture.checkWithoutShortcuts();
    }

    private void kill(int kills, Torture torture, SplittableRandom random) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Callable<Boolean>> lives = new ArrayList<>();
            for (int i = 0; i < kills; i++) {
                SplittableRandom own = random.split();
                lives.add(() -> {
                    torture.heard(live(own));
                    return true;
                });
            }
            for (Future<Boolean> life : executor.invokeAll(lives)) {
                life.get();
            }
        } finally {
            executor.shutdownNow();
        }
    }

    /** Starts a writer, lets it work for a while and kills it. Returns what it said. */
    private List<String> live(SplittableRandom random) throws IOException, InterruptedException {
        int id = writers.incrementAndGet();
        Path errors = Files.createFile(folder.resolve("errors-" + id));
        Path cache = folder.resolve("cache-" + id);
        boolean early = random.nextInt(EARLY) == 0;
        try (ChildJvm writer =
                new ChildJvm(TortureWriter.class, errors, folder.resolve("store"), cache, id, random.nextLong())) {
            if (!early) {
                writer.await(1 + random.nextInt(MOST_CHANGES), line -> line.startsWith("ack"));
            }
            writer.spare(Duration.ofNanos(random.nextLong((early ? START : CHANGE).toNanos())));
            return writer.kill();
        }
    }
}
