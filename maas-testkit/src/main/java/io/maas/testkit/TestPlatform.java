package io.maas.testkit;

import io.maas.Maas;
import io.maas.MaasBuilder;
import io.maas.model.Manifest;
import io.maas.predict.Predictor;
import io.maas.repository.Commit;
import io.maas.repository.ModelVersion;
import io.maas.repository.PublishOptions;
import io.maas.spi.ObjectStore;
import io.maas.spi.StoreProvider;
import io.maas.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A platform for the tests of what uses one: no engine, no files but in a folder that it removes, no network, and nothing that
 * differs from run to run.
 *
 * <pre>{@code
 * try (TestPlatform platform = TestPlatform.open()) {
 *     platform.serve("price", "scale 2");
 *     assertThat(new PriceService(platform.maas()).price(10)).isEqualTo(20);
 * }
 * }</pre>
 *
 * <p>It is a {@link Maas} on a {@linkplain #store() store in memory that fails on command}, with {@linkplain #backend() models
 * that are scripts}, a {@linkplain #clock() clock that stands still}, fixed seeds, and no polling: it follows what other hosts
 * commit when it is told to, by {@code refresh()} or {@code awaitServing(commit)}.
 *
 * <p>The clock is that of the registry: it dates commits, holds, certificates and reports. What calls measure and wait for is
 * real time: deadlines, queues, {@code maxWait}, receipts, latencies, the answers' cache, and the time limits of commits.
 * To have a deadline pass, {@linkplain ScriptedBackend#holdUp hold the engine up} and give the call a short one.
 *
 * <p>Thread-safe.
 */
public final class TestPlatform implements AutoCloseable {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Shared shared;
    private final ScriptedBackend backend;
    private final FaultyStore store;
    private final Maas maas;

    /** What all hosts of a registry have in common. */
    private record Shared(
            ObjectStore objects,
            SettableClock clock,
            UnaryOperator<MaasBuilder> settings,
            Path folder,
            List<TestPlatform> hosts) {}

    private TestPlatform(Shared shared, ScriptedBackend backend) {
        int number = shared.hosts().size() + 1;
        this.shared = shared;
        this.backend = backend;
        this.store = new FaultyStore(new SharedStore(shared.objects()));
        MaasBuilder builder = Maas.builder()
                .store(store)
                .backend(backend)
                .actor("tester")
                .host("host-" + number)
                .clock(shared.clock())
                .random(new SplittableRandom(number))
                .trafficRandom(new SplittableRandom(number))
                .pollInterval(Duration.ZERO)
                .cache(shared.folder().resolve("host-" + number));
        this.maas = shared.settings().apply(builder).open();
    }

    /** Opens one on an empty store. */
    public static TestPlatform open() {
        return open(settings -> settings);
    }

    /**
     * Opens one on an empty store.
     *
     * @param settings changes how it is opened, such as {@code settings -> settings.cores(1).maxWaiting(10)}; asked once for each
     *     {@linkplain #host() host}. The store is set already
     */
    public static TestPlatform open(UnaryOperator<MaasBuilder> settings) {
        return open(settings, new ScriptedBackend());
    }

    /**
     * Opens one on an empty store.
     *
     * @param settings changes how it is opened, as in {@link #open(UnaryOperator)}
     * @param backend runs the models; for what must be said before, such as its devices
     */
    public static TestPlatform open(UnaryOperator<MaasBuilder> settings, ScriptedBackend backend) {
        Shared shared = new Shared(memory(), new SettableClock(START), settings, newFolder(), new ArrayList<>());
        try {
            return new TestPlatform(shared, backend).kept();
        } catch (RuntimeException | Error e) {
            remove(shared.folder());
            throw e;
        }
    }

    /**
     * Opens the platform of another host on the same store: with a backend, a cache and faults of its own, seeds of its own that
     * are the same in each run, and the same clock, functions and settings. Closed with this one, or before.
     */
    public TestPlatform host() {
        synchronized (shared.hosts()) {
            return new TestPlatform(shared, backend.ofAnotherHost()).kept();
        }
    }

    private TestPlatform kept() {
        shared.hosts().add(this);
        return this;
    }

    private static ObjectStore memory() {
        return ServiceLoader.load(StoreProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.schemes().contains("memory"))
                .findFirst()
                .orElseThrow()
                .open(URI.create("memory:test"), false);
    }

    // ---- what the code under test is given

    /** Returns the platform, which is what the code under test is given. */
    public Maas maas() {
        return maas;
    }

    /** Makes a predictor; see {@link Maas#predictor(String)}. */
    public Predictor<Tensors, Tensors> predictor(String ref) {
        return maas.predictor(ref);
    }

    // ---- what a test arranges

    /** Returns the engine of this host. */
    public ScriptedBackend backend() {
        return backend;
    }

    /** Returns the store as this host sees it; the faults of it are those of this host alone. */
    public FaultyStore store() {
        return store;
    }

    /** Returns the clock of all hosts, which shows the first moment of 2026 until it is moved. */
    public SettableClock clock() {
        return shared.clock();
    }

    /** Registers a version with a script, and publishes nothing. */
    public ModelVersion register(String name, String script) {
        return maas.repository().register(ScriptedBackend.model(name, script));
    }

    /** Registers a version with a script, publishes it, and waits until the predictors of this host answer with it. */
    public Commit serve(String name, String script) {
        return serve(Manifest.builder(name, ScriptedBackend.FORMAT).build(), script);
    }

    /** As {@link #serve(String, String)}, with a manifest, which can say what a package can, such as batching or a cache. */
    public Commit serve(Manifest manifest, String script) {
        return serve(maas.repository().register(ScriptedBackend.model(manifest, script)));
    }

    /** Publishes a version to production, and waits until the predictors of this host answer with it. */
    public Commit serve(ModelVersion version) {
        Commit commit = maas.repository().publish(version, PublishOptions.toProduction());
        maas.awaitServing(commit);
        return commit;
    }

    // ---- the end

    /**
     * Lets go whatever is held up, and closes the platform: of this host, or if it is the first, all of them, and forgets what is
     * stored. Closing twice is harmless.
     */
    @Override
    public void close() {
        List<TestPlatform> all;
        synchronized (shared.hosts()) {
            all = List.copyOf(shared.hosts());
        }
        boolean isFirst = all.get(0) == this;
        for (TestPlatform host : isFirst ? all : List.of(this)) {
            host.backend.letGo();
            host.maas.close();
        }
        if (isFirst) {
            shared.objects().close();
            remove(shared.folder());
        }
    }

    private static Path newFolder() {
        try {
            return Files.createTempDirectory("maas-test-");
        } catch (IOException e) {
            throw new UncheckedIOException("no folder can be made for a test", e);
        }
    }

    private static void remove(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of a test cannot be removed, " + folder, e);
        }
    }
}
