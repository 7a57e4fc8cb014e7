package io.maas.benchmarks.serving;

import io.maas.benchmarks.Figure;
import io.maas.benchmarks.Figure.Goal;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** 64 requests for the tiny network that are run as one, against the engine on 64 rows that lie together already. */
final class Packing {
    private static final int ROWS = 64;

    private Packing() {}

    static List<Figure> measure(Time time) throws Exception {
        List<Figure> figures = new ArrayList<>();
        try (Subject model = Subject.tiny(builder -> builder.cores(1));
                Together together = new Together(model);
                Engine engine = new Engine(model.file(), 1)) {
            Tensors whole = Subject.numbers(ROWS, 1);
            Tensors[] rows = new Tensors[ROWS];
            for (int i = 0; i < ROWS; i++) {
                rows[i] = Subject.numbers(1, i);
            }
            Pairs packed = Pairs.measure(
                    time,
                    seconds -> Load.closed(1, seconds, n -> together.run(rows)),
                    seconds -> Load.closed(1, seconds, n -> raw(engine, whole)));
            figures.add(packed.figure(
                    "tiny, pack + run + split 64 vs raw 64",
                    "us",
                    outcome -> outcome.seconds() / outcome.items() * ROWS * 1e6,
                    Goal.ratioAtMost(1.3)));
            Pairs asynchronous = Pairs.measure(
                    time,
                    seconds -> Load.closed(1, seconds, n -> later(model, rows)),
                    seconds -> Load.closed(1, seconds, n -> raw(engine, whole)));
            figures.add(asynchronous.figure(
                    "tiny, 64 asynchronous calls vs raw 64",
                    "us",
                    outcome -> outcome.seconds() / outcome.items() * ROWS * 1e6,
                    Goal.none()));
        }
        return figures;
    }

    private static int raw(Engine engine, Tensors rows) throws ai.onnxruntime.OrtException {
        engine.run(rows);
        return ROWS;
    }

    private static int later(Subject model, Tensors[] rows) {
        List<CompletableFuture<Prediction<Tensors>>> calls = new ArrayList<>(ROWS);
        for (Tensors row : rows) {
            calls.add(model.predictor().callAsync(row, CallOptions.defaults()));
        }
        calls.forEach(CompletableFuture::join);
        return ROWS;
    }
}
