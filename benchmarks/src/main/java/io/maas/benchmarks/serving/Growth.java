package io.maas.benchmarks.serving;

import io.maas.Maas;
import io.maas.benchmarks.Figure;
import io.maas.benchmarks.Figure.Goal;
import io.maas.model.Manifest;
import io.maas.predict.Predictor;
import io.maas.repository.PackageSource;
import io.maas.repository.PublishOptions;
import io.maas.tensor.Tensors;
import io.maas.testkit.onnx.OnnxModels;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What becomes of throughput, threads and memory as something grows. */
final class Growth {
    private static final int[] CALLERS = {1, 4, 16, 64, 256};
    private static final int[] ROWS = {1, 4, 16, 64};

    private Growth() {}

    static List<Figure> measure(Time time, int models) throws Exception {
        List<Figure> figures = new ArrayList<>();
        try (Subject tiny = Subject.tiny(builder -> builder);
                Engine engine = new Engine(tiny.file(), 1)) {
            for (int callers : CALLERS) {
                figures.add(callers("tiny", time, callers, tiny, new Tensors[] {Subject.numbers(1, 1)}, engine));
            }
            for (int rows : ROWS) {
                Tensors input = Subject.numbers(rows, 1);
                Pairs pairs = Pairs.measure(
                        time,
                        seconds -> Load.closed(1, seconds, n -> predict(tiny, input, rows)),
                        seconds -> Load.closed(1, seconds, n -> run(engine, input, rows)));
                figures.add(pairs.figure(
                        "tiny, a call of " + rows + " rows vs raw", "items/s", Load.Outcome::rate, Goal.none()));
            }
        }
        try (Subject miniLm = Subject.miniLm(builder -> builder);
                Engine engine = new Engine(miniLm.file(), 1)) {
            for (int callers : CALLERS) {
                figures.add(
                        callers("minilm", time, callers, miniLm, ManyCallers.texts(64, ManyCallers.LENGTH), engine));
            }
        }
        figures.add(mixedLengths(time));
        figures.addAll(manyModels(models));
        return figures;
    }

    /** Against as many threads as there are cores, which call the engine one by one. */
    private static Figure callers(String name, Time time, int callers, Subject model, Tensors[] inputs, Engine engine)
            throws Exception {
        Pairs pairs = Pairs.measure(
                time,
                seconds -> Load.closed(callers, seconds, n -> predict(model, inputs[(int) (n % inputs.length)], 1)),
                seconds -> Load.closed(
                        Math.min(callers, ManyCallers.cores()),
                        seconds,
                        n -> run(engine, inputs[(int) (n % inputs.length)], 1)));
        return pairs.figure(
                name + ", " + callers + " callers vs raw, unbatched", "items/s", Load.Outcome::rate, Goal.none());
    }

    private static int predict(Subject model, Tensors input, int rows) {
        model.predictor().predict(input);
        return rows;
    }

    private static int run(Engine engine, Tensors input, int rows) throws ai.onnxruntime.OrtException {
        engine.run(input);
        return rows;
    }

    /** Texts of 8 to 256 tokens, as many short ones as long ones by powers of two, through the model's tokens directly. */
    private static Figure mixedLengths(Time time) throws Exception {
        Random random = new Random(5);
        Tensors[] texts = new Tensors[512];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = Subject.tokens(1, (int) Math.round(8 * Math.pow(2, 5 * random.nextDouble())), i);
        }
        try (Subject model = Subject.padding(builder -> builder);
                Engine engine = new Engine(model.file(), 1)) {
            return callers("minilm, 8 to 256 tokens", time, 64, model, texts, engine);
        }
    }

    private static List<Figure> manyModels(int count) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(""), "models");
        List<Figure> figures = new ArrayList<>();
        try (Maas maas = Maas.builder()
                .store(URI.create("memory:models"))
                .cache(folder.resolve("cache"))
                .pollInterval(Duration.ZERO)
                .open()) {
            Path file = Files.write(folder.resolve("model.onnx"), OnnxModels.mlp(100, 64));
            long memory = 0;
            int threads = 0;
            long start = System.nanoTime();
            List<Predictor<Tensors, Tensors>> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                if (i == 1) {
                    memory = Memory.resident();
                    threads = Memory.threads();
                    start = System.nanoTime();
                }
                Manifest manifest = Manifest.builder("model-" + i, "onnx").build();
                maas.repository()
                        .publish(
                                maas.repository()
                                        .register(PackageSource.builder(manifest)
                                                .file("model.onnx", Manifest.Role.WEIGHTS, file)
                                                .build()),
                                PublishOptions.toProduction());
                all.add(maas.predictor("model-" + i));
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            Tensors input = Subject.numbers(1, 1);
            Load.Outcome outcome = Load.closed(16, 2, n -> {
                all.get((int) (n % count)).predict(input);
                return 1;
            });
            figures.add(
                    Figure.of(count + " models: register, publish and load one", seconds / (count - 1) * 1e3, "ms"));
            figures.add(new Figure(
                    count + " models: threads vs 1 model", Memory.threads(), "threads", threads, Goal.ratioAtMost(2)));
            figures.add(Figure.of(
                    count + " models: resident memory for each more",
                    (Memory.resident() - memory) / 1e3 / (count - 1),
                    "KB"));
            figures.add(Figure.of(count + " models, 16 callers", outcome.rate(), "items/s"));
        } finally {
            Subject.delete(folder);
        }
        return figures;
    }
}
