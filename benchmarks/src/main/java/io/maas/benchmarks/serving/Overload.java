package io.maas.benchmarks.serving;

import io.maas.benchmarks.Figure;
import io.maas.benchmarks.Figure.Goal;
import io.maas.error.OverloadedException;
import io.maas.predict.CallOptions;
import io.maas.tensor.Tensors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.HdrHistogram.ConcurrentHistogram;

/** Ten times as many calls as can be answered, each of which must be answered within a tenth of a second or not at all. */
final class Overload {
    private static final Duration DEADLINE = Duration.ofMillis(100);
    private static final int TIMES = 10;

    private Overload() {}

    static List<Figure> measure(Time time) throws Exception {
        List<Figure> figures = new ArrayList<>();
        try (Subject model = Subject.miniLm(builder -> builder)) {
            Tensors[] texts = ManyCallers.texts(256, ManyCallers.LENGTH);
            double peak = 0;
            Load.closed(64, time.warmUp(), n -> predict(model, texts, n));
            for (int i = 0; i < time.pairs(); i++) {
                peak = Math.max(
                        peak,
                        Load.closed(64, time.seconds(), n -> predict(model, texts, n))
                                .rate());
            }
            double offered = TIMES * peak;
            ConcurrentHistogram refusals = new ConcurrentHistogram(60_000_000_000L, 3);
            long before = Memory.resident();
            Load.server(offered, time.warmUp(), 3, n -> later(model, texts, n, refusals));
            refusals.reset();
            List<Double> good = new ArrayList<>();
            for (int i = 0; i < time.pairs(); i++) {
                good.add(Load.server(offered, time.seconds(), i, n -> later(model, texts, n, refusals))
                        .rate());
            }
            long after = Memory.resident();
            figures.add(new Figure(
                    "minilm, " + TIMES + "x overload: answered in time vs peak",
                    Pairs.median(good),
                    "items/s",
                    peak,
                    Goal.ratioAtLeast(0.9)));
            figures.add(new Figure(
                    "minilm, " + TIMES + "x overload: refused within, p99",
                    refusals.getValueAtPercentile(99) / 1e6,
                    "ms",
                    Double.NaN,
                    Goal.atMost(1)));
            figures.add(Figure.of(
                    "minilm, " + TIMES + "x overload: refused within, p50",
                    refusals.getValueAtPercentile(50) / 1e6,
                    "ms"));
            figures.add(new Figure(
                    "minilm, " + TIMES + "x overload: resident memory, end vs start",
                    after / 1e6,
                    "MB",
                    before / 1e6,
                    Goal.ratioAtMost(1.5)));
        }
        return figures;
    }

    private static int predict(Subject model, Tensors[] texts, long n) {
        model.predictor().predict(texts[(int) (n % texts.length)]);
        return 1;
    }

    private static CompletableFuture<?> later(Subject model, Tensors[] texts, long n, ConcurrentHistogram refusals) {
        long start = System.nanoTime();
        return model.predictor()
                .callAsync(texts[(int) (n % texts.length)], CallOptions.deadline(DEADLINE))
                .whenComplete((value, error) -> {
                    Throwable cause = error instanceof CompletionException wrapped ? wrapped.getCause() : error;
                    if (cause instanceof OverloadedException) {
                        refusals.recordValue(System.nanoTime() - start);
                    }
                });
    }
}
