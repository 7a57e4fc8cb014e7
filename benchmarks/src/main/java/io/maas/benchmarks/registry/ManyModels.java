package io.maas.benchmarks.registry;

import io.maas.Maas;
import io.maas.benchmarks.Figure;
import io.maas.benchmarks.Figure.Goal;
import io.maas.benchmarks.Figures.Effort;
import io.maas.internal.log.CommitLog;
import io.maas.internal.registry.Registry;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Governance;
import io.maas.repository.ModelRepository;
import io.maas.spi.ObjectStore;
import io.maas.spi.StoreProvider;
import io.maas.testkit.ScriptedBackend;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.zip.GZIPInputStream;

/**
 * A registry of very many models: what opening it, asking it and committing to it cost. Committing is measured from one base
 * of the state to the next, so that writing these, which is seldom and large, is spread over all commits in between.
 */
final class ManyModels {
    private ManyModels() {}

    static List<Figure> measure(Effort effort) throws IOException, InterruptedException {
        List<Integer> sizes = effort == Effort.FULL ? List.of(100, 1_000, 10_000, 100_000) : List.of(100, 1_000);
        Path folder = Folders.make();
        try {
            Measured filled = ChildJvm.run(List.of("-Xmx6g"), Fill.class, folder.resolve("store"), sizes);
            List<Figure> figures = new ArrayList<>();
            figures.addAll(opened(folder, sizes.get(sizes.size() - 1), effort));
            for (int size : sizes) {
                boolean last = size == sizes.get(sizes.size() - 1);
                figures.add(new Figure(
                        "commit to " + size + " models, amortised, against 100",
                        filled.get("commitUs." + size),
                        "us",
                        filled.get("commitUs.100"),
                        last ? Goal.ratioAtMost(1.5) : Goal.none()));
                figures.add(new Figure(
                        "bytes written a commit to " + size + " models, against 100",
                        filled.get("commitBytes." + size),
                        "B",
                        filled.get("commitBytes.100"),
                        last ? Goal.ratioAtMost(1.5) : Goal.none()));
            }
            return figures;
        } finally {
            Folders.delete(folder);
        }
    }

    private static List<Figure> opened(Path folder, int models, Effort effort)
            throws IOException, InterruptedException {
        List<Measured> runs = new ArrayList<>();
        for (int i = 0; i < (effort == Effort.FULL ? 3 : 1); i++) {
            runs.add(ChildJvm.run(
                    List.of("-Xmx3g"), Ask.class, folder.resolve("store"), folder.resolve("cache-" + i), models));
        }
        runs.sort((one, other) -> Double.compare(one.get("openMs"), other.get("openMs")));
        Measured median = runs.get(runs.size() / 2);
        String of = models + " models x " + SyntheticLog.VERSIONS + ": ";
        return List.of(
                new Figure(
                        of + "open, against inflating the base",
                        median.get("openMs"),
                        "ms",
                        median.get("inflateMs"),
                        Goal.atMost(3000)),
                new Figure(
                        of + "resolve, against a sorted map",
                        median.get("resolveNs"),
                        "ns",
                        median.get("mapNs"),
                        Goal.atMost(1000)),
                new Figure(
                        of + "list a page of 100, against a sorted map",
                        median.get("pageUs"),
                        "us",
                        median.get("mapPageUs"),
                        Goal.atMost(1000)),
                new Figure(
                        of + "heap a version, against its 7 digests",
                        median.get("heapB"),
                        "B",
                        7 * 32,
                        Goal.atMost(1024)));
    }

    private static ObjectStore open(String address) {
        URI where = URI.create(address);
        return ServiceLoader.load(StoreProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.schemes().contains(where.getScheme()))
                .findFirst()
                .orElseThrow()
                .open(where, false);
    }

    private static Maas platform(ObjectStore store, Path cache) {
        return Maas.builder()
                .store(store)
                .cache(cache)
                .backend(new ScriptedBackend())
                .pollInterval(Duration.ZERO)
                .open();
    }

    /** In a child: fills a registry in memory, measures commits at each size, and writes its log to a folder. */
    static final class Fill {
        private Fill() {}

        /** Arguments: the folder, the sizes. */
        public static void main(String[] args) throws IOException {
            Path target = Path.of(args[0]);
            CountingStore store = new CountingStore(open("memory:fill"));
            platform(store.shared(), target.resolveSibling("cache")).close(); // makes the registry
            SyntheticLog log = new SyntheticLog(store);
            for (String size : args[1].replaceAll("[\\[\\] ]", "").split(",", -1)) {
                log.growTo(Integer.parseInt(size));
                try (Maas maas = platform(store.shared(), target.resolveSibling("cache"))) {
                    commits(maas.repository(), store, size);
                }
                log.follow();
            }
            open(target.toUri().toString()).close(); // makes the folder a store
            for (String key : store.list("default/", "", Integer.MAX_VALUE)) {
                if (!key.contains("/side/")) {
                    // as the store would lay it out, without forcing each of some hundred thousand files
                    Path file = target.resolve(key);
                    Files.createDirectories(Objects.requireNonNull(file.getParent()));
                    Files.write(file, store.get(key).orElseThrow());
                }
            }
        }

        /** Commits from one base to the next. */
        private static void commits(ModelRepository repository, CountingStore store, String size) {
            ModelName name = ModelName.of(SyntheticLog.name(0));
            untilBase(repository, name, store);
            long bytes = store.written();
            long start = System.nanoTime();
            long commits = untilBase(repository, name, store);
            ChildJvm.report("commitUs." + size, (System.nanoTime() - start) / 1e3 / commits);
            ChildJvm.report("commitBytes." + size, (store.written() - bytes) / (double) commits);
        }

        private static long untilBase(ModelRepository repository, ModelName name, CountingStore store) {
            Governance governance = repository.governance();
            long before = store.bases();
            long commits = 0;
            while (store.bases() == before) {
                governance.hold(name, ChangeOptions.defaults());
                governance.unhold(name, ChangeOptions.defaults());
                commits += 2;
                if (commits % CommitLog.SEGMENT == 0) {
                    // as the platform does by itself a little later: here, so that its cost is part of what is measured
                    ((Registry) repository).maintain();
                }
            }
            return commits;
        }
    }

    /** In a child with a heap of its own: opens the registry and asks it. */
    static final class Ask {
        private static final int PAGE = 100;

        private Ask() {}

        /** Arguments: the folder of the store, of the cache, the number of models. */
        public static void main(String[] args) throws IOException {
            int models = Integer.parseInt(args[2]);
            try (ObjectStore store = open(Path.of(args[0]).toUri().toString())) {
                ChildJvm.report("inflateMs", inflate(store));
            }
            long before = heap();
            long start = System.nanoTime();
            try (Maas maas = platform(open(Path.of(args[0]).toUri().toString()), Path.of(args[1]))) {
                ChildJvm.report("openMs", (System.nanoTime() - start) / 1e6);
                ChildJvm.report("heapB", (heap() - before) / ((double) models * SyntheticLog.VERSIONS));
                ask(maas.repository(), models);
            }
        }

        private static double inflate(ObjectStore store) throws IOException {
            List<String> bases = store.list("default/base/", "", 1000);
            byte[] base = store.get(bases.get(bases.size() - 1)).orElseThrow();
            long start = System.nanoTime();
            try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(base), 1 << 16)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            return (System.nanoTime() - start) / 1e6;
        }

        private static long heap() {
            Runtime runtime = Runtime.getRuntime();
            for (int i = 0; i < 3; i++) {
                System.gc();
            }
            return runtime.totalMemory() - runtime.freeMemory();
        }

        private static void ask(ModelRepository repository, int models) {
            ConcurrentSkipListMap<ModelName, Integer> map = new ConcurrentSkipListMap<>();
            List<ModelRef> refs = new ArrayList<>();
            for (int i = 0; i < models; i++) {
                map.put(ModelName.of(SyntheticLog.name(i)), i);
                refs.add(ModelRef.parse(SyntheticLog.name(i)));
            }
            ChildJvm.report(
                    "mapNs", nanos(1_000_000, i -> map.get(refs.get(i % models).name()) == null));
            ChildJvm.report(
                    "resolveNs",
                    nanos(
                            1_000_000,
                            i -> repository
                                    .resolve(refs.get(i % models))
                                    .version()
                                    .isEmpty()));
            ChildJvm.report(
                    "mapPageUs",
                    nanos(
                                    20_000,
                                    i -> map.tailMap(refs.get(i % models).name(), false).keySet().stream()
                                                    .limit(PAGE)
                                                    .toList()
                                                    .size()
                                            > PAGE)
                            / 1e3);
            ChildJvm.report(
                    "pageUs",
                    nanos(
                                    20_000,
                                    i -> repository
                                                    .models(
                                                            Optional.of(refs.get(i % models)
                                                                    .name()),
                                                            PAGE)
                                                    .size()
                                            > PAGE)
                            / 1e3);
        }

        private interface Question {
            boolean ask(int i);
        }

        /** The mean over questions in random order, warmed up by as many. */
        private static double nanos(int count, Question question) {
            int impossible = 0;
            long elapsed = 0;
            for (int round = 0; round < 2; round++) {
                SplittableRandom random = new SplittableRandom(round);
                long start = System.nanoTime();
                for (int i = 0; i < count; i++) {
                    impossible += question.ask(random.nextInt(Integer.MAX_VALUE)) ? 1 : 0;
                }
                elapsed = System.nanoTime() - start;
            }
            if (impossible > 0) {
                throw new IllegalStateException("an answer was wrong");
            }
            return elapsed / (double) count;
        }
    }
}
