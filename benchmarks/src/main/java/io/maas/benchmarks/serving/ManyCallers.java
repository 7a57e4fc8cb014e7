package io.maas.benchmarks.serving;

import io.maas.benchmarks.Figure;
import io.maas.benchmarks.Figure.Goal;
import io.maas.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;

/** 64 callers with one text each, against the engine on the best batches that could be made of them beforehand. */
final class ManyCallers {
    private static final int CALLERS = 64;
    static final int LENGTH = 17;
    private static final int[] BATCHES = {1, 4, 8, 16, 32, 64};

    private ManyCallers() {}

    static List<Figure> measure(Time time) throws Exception {
        List<Figure> figures = new ArrayList<>();
        try (Subject model = Subject.miniLm(builder -> builder);
                Engine engine = new Engine(model.file(), 1)) {
            int batch = bestBatch(engine, time);
            Tensors rows = Subject.tokens(batch, LENGTH, 1);
            Tensors[] texts = texts(256, LENGTH);
            Pairs pairs = Pairs.measure(
                    time,
                    seconds -> Load.closed(CALLERS, seconds, n -> {
                        model.predictor().predict(texts[(int) (n % texts.length)]);
                        return 1;
                    }),
                    seconds -> Load.closed(cores(), seconds, n -> {
                        engine.run(rows);
                        return batch;
                    }));
            figures.add(pairs.figure(
                    "minilm, 64 callers vs raw batches of " + batch,
                    "items/s",
                    Load.Outcome::rate,
                    Goal.ratioAtLeast(0.95)));
            figures.add(new Figure(
                    "minilm, 64 callers: p99 / p50",
                    pairs.ours(outcome -> outcome.millis(99) / outcome.millis(50)),
                    "",
                    Double.NaN,
                    Goal.atMost(3)));
            figures.add(Figure.of("minilm, 64 callers: p50", pairs.ours(outcome -> outcome.millis(50)), "ms"));
            figures.add(new Figure(
                    "minilm, 64 callers: least calls of one vs mean",
                    pairs.ours(Load.Outcome::fewest),
                    "calls",
                    pairs.ours(outcome -> outcome.items() / (double) CALLERS),
                    Goal.ratioAtLeast(0.5)));
            figures.add(new Figure(
                    "minilm, 64 callers: failed", (double) pairs.failed(), "calls", Double.NaN, Goal.atMost(0)));
        }
        return figures;
    }

    static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    static Tensors[] texts(int count, int length) {
        Tensors[] texts = new Tensors[count];
        for (int i = 0; i < count; i++) {
            texts[i] = Subject.tokens(1, length, i);
        }
        return texts;
    }

    /** The batch with which the engine gets through most, on as many threads as there are cores. */
    static int bestBatch(Engine engine, Time time) throws InterruptedException {
        int best = 1;
        double most = 0;
        for (int batch : BATCHES) {
            Tensors rows = Subject.tokens(batch, LENGTH, 1);
            Load.Call call = n -> {
                engine.run(rows);
                return batch;
            };
            Load.closed(cores(), time.seconds() / 4, call);
            double rate = Load.closed(cores(), time.seconds() / 2, call).rate();
            if (rate > most) {
                most = rate;
                best = batch;
            }
        }
        return best;
    }
}
