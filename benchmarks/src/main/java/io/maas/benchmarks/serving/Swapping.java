package io.maas.benchmarks.serving;

import io.maas.Maas;
import io.maas.benchmarks.Figure;
import io.maas.benchmarks.Figure.Goal;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.PublishOptions;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import io.maas.testkit.onnx.OnnxWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Versions that change while they are called: nothing may fail, every answer must be that of the version it names. */
final class Swapping {
    private static final int CALLERS = 8;

    private Swapping() {}

    static List<Figure> measure(Time time, int swaps) throws Exception {
        List<Figure> figures = new ArrayList<>();
        figures.addAll(throughput(time));
        figures.addAll(manySwaps(swaps));
        return figures;
    }

    /** One swap of a large model, against the same time without one. */
    private static List<Figure> throughput(Time time) throws Exception {
        List<Figure> figures = new ArrayList<>();
        try (Subject model = Subject.miniLm(builder -> builder)) {
            ModelVersion second = model.another();
            Tensors[] texts = ManyCallers.texts(256, ManyCallers.LENGTH);
            Load.Call call = n -> {
                model.predictor().predict(texts[(int) (n % texts.length)]);
                return 1;
            };
            AtomicBoolean toSecond = new AtomicBoolean(true);
            Pairs pairs = Pairs.measure(
                    time,
                    seconds -> {
                        Thread swap = new Thread(
                                () -> model.publish(toSecond.getAndSet(!toSecond.get()) ? second : model.first()));
                        swap.start();
                        Load.Outcome outcome = Load.closed(16, seconds, call);
                        swap.join();
                        return outcome;
                    },
                    seconds -> Load.closed(16, seconds, call));
            figures.add(pairs.figure(
                    "minilm, 16 callers: throughput while a version is swapped",
                    "items/s",
                    Load.Outcome::rate,
                    Goal.ratioAtLeast(0.8)));
            figures.add(
                    new Figure("minilm, swaps: failed", (double) pairs.failed(), "calls", Double.NaN, Goal.atMost(0)));
        }
        return figures;
    }

    private static List<Figure> manySwaps(int swaps) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(""), "swapping");
        List<Figure> figures = new ArrayList<>();
        AtomicLong calls = new AtomicLong();
        AtomicLong failed = new AtomicLong();
        AtomicLong wrong = new AtomicLong();
        AtomicBoolean done = new AtomicBoolean();
        long before;
        long after;
        try (Maas maas = Maas.builder()
                .store(URI.create("memory:swaps"))
                .cache(folder.resolve("cache"))
                .pollInterval(Duration.ZERO)
                .open()) {
            List<ModelVersion> versions = new ArrayList<>();
            for (int i = 1; i <= 4; i++) {
                Path file = Files.write(folder.resolve(i + ".onnx"), multiplying(i));
                versions.add(maas.repository().register(PackageSource.onnx("model", file)));
            }
            maas.awaitServing(maas.repository().publish(versions.get(0), PublishOptions.toProduction()));
            Predictor<Tensors, Tensors> predictor = maas.predictor("model");
            List<Thread> callers = new ArrayList<>();
            for (int c = 0; c < CALLERS; c++) {
                Thread caller = new Thread(() -> {
                    Tensors input = Tensors.of("x", Tensor.of(new float[] {1}, 1));
                    while (!done.get()) {
                        try {
                            Prediction<Tensors> answer = predictor.call(input, CallOptions.defaults());
                            float expected = Float.parseFloat(answer.receipt().version());
                            if (answer.value().get("y").floatAt(0) != expected) {
                                wrong.incrementAndGet();
                            }
                        } catch (RuntimeException e) {
                            failed.incrementAndGet();
                        }
                        calls.incrementAndGet();
                    }
                });
                callers.add(caller);
                caller.start();
            }
            swap(maas, versions, swaps / 5);
            before = Memory.resident();
            swap(maas, versions, swaps - swaps / 5);
            after = Memory.resident();
            done.set(true);
            for (Thread caller : callers) {
                caller.join();
            }
        } finally {
            Subject.delete(folder);
        }
        String name = swaps + " swaps under " + CALLERS + " callers: ";
        figures.add(Figure.of(name + "calls", calls.doubleValue(), "calls"));
        figures.add(new Figure(name + "failed", failed.doubleValue(), "calls", Double.NaN, Goal.atMost(0)));
        figures.add(new Figure(name + "wrong", wrong.doubleValue(), "calls", Double.NaN, Goal.atMost(0)));
        figures.add(new Figure(
                name + "resident memory, end vs a fifth through",
                after / 1e6,
                "MB",
                before / 1e6,
                Goal.ratioAtMost(1.1)));
        return figures;
    }

    private static void swap(Maas maas, List<ModelVersion> versions, int swaps) {
        for (int i = 0; i < swaps; i++) {
            maas.awaitServing(
                    maas.repository().publish(versions.get((i + 1) % versions.size()), PublishOptions.toProduction()));
        }
    }

    /** {@code y = factor x}. */
    private static byte[] multiplying(float factor) {
        return new OnnxWriter()
                .input("x", OnnxWriter.FLOAT, "batch")
                .output("y", OnnxWriter.FLOAT, "batch")
                .floats("factor", new float[] {factor}, 1)
                .node("Mul", List.of("x", "factor"), List.of("y"))
                .toBytes();
    }
}
