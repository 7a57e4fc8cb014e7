package io.maas.benchmarks.serving;

import io.maas.backend.djl.OnnxBackendProvider;
import io.maas.benchmarks.OneFile;
import io.maas.internal.schedule.BatchLimits;
import io.maas.internal.schedule.BatchRule;
import io.maas.internal.schedule.Device;
import io.maas.internal.schedule.Limits;
import io.maas.internal.schedule.ModelQueue;
import io.maas.internal.schedule.OutputSizes;
import io.maas.model.Signature;
import io.maas.spi.LoadedModel;
import io.maas.spi.Placement;
import io.maas.tensor.Tensors;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Has requests packed, run and taken apart by this thread, without queues: what batching itself costs. */
final class Together implements AutoCloseable {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final LoadedModel model;
    private final ModelQueue queue;

    Together(Subject subject) {
        model = new OnnxBackendProvider().open().load(new OneFile(subject.file()), Placement.cpu());
        Signature signature = model.signature();
        queue = new Device("benchmark", 1, Limits.standard(), timer, System::nanoTime)
                .queue(
                        "model",
                        model,
                        BatchRule.rows(signature, Map.of(), OutputSizes.named(signature)),
                        new BatchLimits(1 << 20, 1 << 20, 0, 1),
                        1,
                        (rows, nanos) -> {});
    }

    int run(Tensors[] rows) {
        return queue.together(List.of(rows)).size();
    }

    @Override
    public void close() {
        model.close();
        timer.shutdownNow();
    }
}
