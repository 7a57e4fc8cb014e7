package io.maas.benchmarks.serving;

import io.maas.benchmarks.Figure;
import io.maas.benchmarks.Figure.Goal;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What batching must not cost those for whom there is nobody to be batched with. */
final class FewCallers {
    private static final double LOAD = 0.2;

    private FewCallers() {}

    static List<Figure> measure(Time time) throws Exception {
        List<Figure> figures = new ArrayList<>();
        ExecutorService threads = Executors.newCachedThreadPool();
        try (Subject model = Subject.miniLm(builder -> builder);
                Engine engine = new Engine(model.file(), 1)) {
            Tensors[] texts = ManyCallers.texts(256, ManyCallers.LENGTH);
            double most = Load.closed(ManyCallers.cores(), time.seconds(), n -> {
                        engine.run(texts[(int) (n % texts.length)]);
                        return 1;
                    })
                    .rate();
            Pairs pairs = Pairs.measure(
                    time,
                    seconds -> Load.server(
                            LOAD * most,
                            seconds,
                            7,
                            n -> CompletableFuture.supplyAsync(
                                    () -> model.predictor().predict(texts[(int) (n % texts.length)]), threads)),
                    seconds -> Load.server(
                            LOAD * most,
                            seconds,
                            7,
                            n -> CompletableFuture.supplyAsync(
                                    () -> unchecked(engine, texts[(int) (n % texts.length)]), threads)));
            figures.add(pairs.figure(
                    "minilm, 20 % load: p50 vs raw, unbatched",
                    "ms", outcome -> outcome.millis(50), Goal.ratioAtMost(1.05)));
            figures.add(pairs.figure(
                    "minilm, 20 % load: p99 vs raw, unbatched", "ms", outcome -> outcome.millis(99), Goal.none()));
        } finally {
            threads.shutdownNow();
        }
        figures.add(directInput());
        return figures;
    }

    private static Object unchecked(Engine engine, Tensors text) {
        try {
            return engine.run(text);
        } catch (ai.onnxruntime.OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the heap sees of a large input that lies outside it, as the body of a request does. */
    private static Figure directInput() throws Exception {
        int rows = 1_500;
        ByteBuffer body = ByteBuffer.allocateDirect(rows * 100 * Float.BYTES).order(ByteOrder.nativeOrder());
        Tensors input = Tensors.of("x", Tensor.wrap(io.maas.tensor.DataType.FP32, body, rows, 100));
        try (Subject model = Subject.tiny(builder -> builder)) {
            com.sun.management.ThreadMXBean thread =
                    (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            int calls = 2_000;
            for (int i = 0; i < calls; i++) {
                model.predictor().predict(input, outputs -> outputs.size());
            }
            long before = thread.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int i = 0; i < calls; i++) {
                model.predictor().predict(input, outputs -> outputs.size());
            }
            long bytes = thread.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
            return new Figure(
                    "tiny, direct input of 600 KB, output lent: heap",
                    bytes / (double) calls,
                    "B/call",
                    body.capacity(),
                    Goal.ratioAtMost(0.01));
        }
    }
}
