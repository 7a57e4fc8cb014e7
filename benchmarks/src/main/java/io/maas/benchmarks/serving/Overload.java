package io.maas.benchmarks.serving;

import io.maas.benchmarks.Figure;
import io.maas.benchmarks.Figure.Goal;
import io.maas.error.OverloadedException;
import io.maas.predict.CallOptions;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.HdrHistogram.ConcurrentHistogram;

/** Ten times as many calls as can be answered, each of which must be answered within a tenth of a second or not at all. */
final class Overload {
    private static final Duration DEADLINE = Duration.ofMillis(100);
    private static final int TIMES = 10;
    private static final int TEXTS = 256;
    private static final List<String> WORDS = List.of(
            "the",
            "river",
            "runs",
            "past",
            "an",
            "old",
            "mill",
            "where",
            "people",
            "bring",
            "their",
            "grain",
            "every",
            "autumn",
            "and",
            "wait",
            "for",
            "bread",
            "while",
            "children",
            "play",
            "by",
            "water");

    private Overload() {}

    static List<Figure> measure(Time time) throws IOException, InterruptedException {
        List<Figure> figures = new ArrayList<>();
        try (Subject model = Subject.miniLm(builder -> builder)) {
            figures.addAll(measure("minilm", time, model, ManyCallers.texts(TEXTS, ManyCallers.LENGTH)));
        }
        try (Subject model = Subject.texts(builder -> builder)) {
            figures.addAll(measure("minilm from texts", time, model, strings(model)));
        }
        return figures;
    }

    /** Texts of as many words as the others have tokens, but for the two that a tokenizer adds. */
    private static Tensors[] strings(Subject model) {
        String name = model.predictor().signature().inputs().get(0).name();
        Random random = new Random(1);
        Tensors[] texts = new Tensors[TEXTS];
        for (int i = 0; i < TEXTS; i++) {
            String text = random.ints(ManyCallers.LENGTH - 2, 0, WORDS.size())
                    .mapToObj(WORDS::get)
                    .collect(Collectors.joining(" "));
            texts[i] = Tensors.of(name, Tensor.of(new String[] {text}));
        }
        return texts;
    }

    private static List<Figure> measure(String what, Time time, Subject model, Tensors[] texts)
            throws InterruptedException {
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
        long most;
        try (Memory.Most sampled = new Memory.Most()) {
            for (int i = 0; i < time.pairs(); i++) {
                good.add(Load.server(offered, time.seconds(), i, n -> later(model, texts, n, refusals))
                        .rate());
            }
            most = sampled.bytes();
        }
        String name = what + ", " + TIMES + "x overload: ";
        return List.of(
                new Figure(
                        name + "answered in time vs peak", Pairs.median(good), "items/s", peak, Goal.ratioAtLeast(0.9)),
                new Figure(
                        name + "refused within, p99",
                        refusals.getValueAtPercentile(99) / 1e6,
                        "ms",
                        Double.NaN,
                        Goal.atMost(1)),
                Figure.of(name + "refused within, p50", refusals.getValueAtPercentile(50) / 1e6, "ms"),
                new Figure(
                        name + "resident memory, most meanwhile vs before",
                        most / 1e6,
                        "MB",
                        before / 1e6,
                        Goal.ratioAtMost(1.5)));
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
