package io.maas.benchmarks.serving;

import ai.djl.MalformedModelException;
import ai.onnxruntime.OrtException;
import io.maas.benchmarks.Figure;
import io.maas.benchmarks.Figure.Goal;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * MLPerf-style scenarios on all-MiniLM-L6-v2 with texts of 17 tokens, ours beside the engine used by hand and beside DJL. The runs
 * are shorter than the rules of MLPerf ask for.
 */
final class Scenarios implements AutoCloseable {
    private static final double BOUND_MILLIS = 50;
    private static final int OFFLINE = 512;

    private final Time time;
    private final Subject model;
    private final Engine engine;
    private final Engine parallel;
    private final Djl djl;
    private final Tensors[] texts = ManyCallers.texts(256, ManyCallers.LENGTH);
    private final ExecutorService threads = Executors.newFixedThreadPool(ManyCallers.cores());
    private final List<Figure> figures = new ArrayList<>();

    private Scenarios(Time time) throws IOException, MalformedModelException, OrtException {
        this.time = time;
        this.model = Subject.miniLm(builder -> builder);
        this.engine = new Engine(model.file(), 1);
        this.parallel = new Engine(model.file(), ManyCallers.cores());
        this.djl = new Djl(model.file());
    }

    static List<Figure> measure(Time time)
            throws IOException, MalformedModelException, OrtException, InterruptedException {
        try (Scenarios scenarios = new Scenarios(time)) {
            scenarios.singleStream();
            scenarios.multiStream();
            scenarios.offline();
            scenarios.server();
            return scenarios.figures;
        }
    }

    private Tensors text(long n) {
        return texts[(int) (n % texts.length)];
    }

    private void singleStream() throws InterruptedException {
        Pairs.Measurement ours = seconds -> Load.closed(1, seconds, n -> {
            model.predictor().predict(text(n));
            return 1;
        });
        Pairs raw = Pairs.measure(
                time,
                ours,
                seconds -> Load.closed(1, seconds, n -> {
                    engine.run(text(n));
                    return 1;
                }));
        figures.add(raw.figure("SingleStream: p90 vs raw", "ms", outcome -> outcome.millis(90), Goal.none()));
        Pairs others = Pairs.measure(
                time.shorter(),
                ours,
                seconds -> Load.closed(1, seconds, n -> {
                    djl.predict(text(n));
                    return 1;
                }));
        figures.add(
                others.figure("SingleStream: p90 vs DJL Predictor", "ms", outcome -> outcome.millis(90), Goal.none()));
    }

    private void multiStream() throws InterruptedException {
        Pairs.Measurement ours = seconds -> Load.closed(1, seconds, n -> {
            List<CompletableFuture<Prediction<Tensors>>> calls = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                calls.add(model.predictor().callAsync(text(n * 8 + i), CallOptions.defaults()));
            }
            calls.forEach(CompletableFuture::join);
            return 8;
        });
        Tensors eight = Subject.tokens(8, ManyCallers.LENGTH, 1);
        Pairs raw = Pairs.measure(
                time,
                ours,
                seconds -> Load.closed(1, seconds, n -> {
                    parallel.run(eight);
                    return 8;
                }));
        figures.add(raw.figure(
                "MultiStream: p99 of 8 vs raw batch of 8 on all cores",
                "ms",
                outcome -> outcome.millis(99),
                Goal.none()));
        Pairs others = Pairs.measure(
                time.shorter(),
                ours,
                seconds -> Load.closed(1, seconds, n -> {
                    djl.batchPredict(Arrays.asList(texts).subList(0, 8));
                    return 8;
                }));
        figures.add(others.figure(
                "MultiStream: p99 of 8 vs DJL batchPredict", "ms", outcome -> outcome.millis(99), Goal.none()));
    }

    private void offline() throws InterruptedException {
        Pairs.Measurement ours = seconds -> Load.closed(1, seconds, n -> {
            List<CompletableFuture<Prediction<Tensors>>> calls = new ArrayList<>();
            for (int i = 0; i < OFFLINE; i++) {
                calls.add(model.predictor().callAsync(text(i), CallOptions.defaults()));
            }
            calls.forEach(CompletableFuture::join);
            return OFFLINE;
        });
        int batch = ManyCallers.bestBatch(engine, time);
        Tensors rows = Subject.tokens(batch, ManyCallers.LENGTH, 1);
        Pairs raw = Pairs.measure(
                time,
                ours,
                seconds -> Load.closed(ManyCallers.cores(), seconds, n -> {
                    engine.run(rows);
                    return batch;
                }));
        figures.add(raw.figure(
                "Offline: vs raw batches of " + batch + " on each core", "items/s", Load.Outcome::rate, Goal.none()));
        Pairs others = Pairs.measure(
                time.shorter(),
                ours,
                seconds -> Load.closed(ManyCallers.cores(), seconds, n -> {
                    djl.batchPredict(Arrays.asList(texts).subList(0, batch));
                    return batch;
                }));
        figures.add(
                others.figure("Offline: vs DJL batchPredict of " + batch, "items/s", Load.Outcome::rate, Goal.none()));
    }

    private void server() throws InterruptedException {
        double ours = highest(n -> model.predictor().callAsync(text(n), CallOptions.defaults()));
        double raw = highest(n -> CompletableFuture.supplyAsync(() -> run(n), threads));
        double theirs = highest(n -> CompletableFuture.supplyAsync(() -> predict(n), threads));
        String name = "Server: highest Poisson rate with p99 <= 50 ms";
        figures.add(new Figure(name + " vs raw, a thread a core", ours, "items/s", raw, Goal.none()));
        figures.add(new Figure(name + " vs DJL Predictor", ours, "items/s", theirs, Goal.none()));
    }

    private Object run(long n) {
        try {
            return engine.run(text(n));
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private Object predict(long n) {
        try {
            return djl.predict(text(n));
        } catch (ai.djl.translate.TranslateException e) {
            throw new IllegalStateException(e);
        }
    }

    /** By bisection, to 4 %, or to a half where one pair is enough. */
    private double highest(Load.LaterCall call) throws InterruptedException {
        double valid = 0;
        double low = 50;
        double high = 1_600;
        Load.server(low, time.warmUp(), 1, call);
        while (high / low > (time.pairs() > 1 ? 1.04 : 1.6)) {
            double rate = Math.sqrt(low * high);
            Load.Outcome outcome = Load.server(rate, 2 * time.seconds(), (long) rate, call);
            if (outcome.failed() == 0 && outcome.millis(99) <= BOUND_MILLIS) {
                valid = Math.max(valid, rate);
                low = rate;
            } else {
                high = rate;
            }
        }
        return valid;
    }

    @Override
    public void close() throws OrtException {
        threads.shutdownNow();
        djl.close();
        parallel.close();
        engine.close();
        model.close();
    }
}
