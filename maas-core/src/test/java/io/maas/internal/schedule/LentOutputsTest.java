package io.maas.internal.schedule;

import static io.maas.internal.schedule.Recorder.x;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.tensor.Tensors;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A device of one unit, whose caller reads outputs where the engine wrote them. */
@Timeout(60)
class LentOutputsTest {
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final AtomicLong clock = new AtomicLong();
    private final Recorder model = new Recorder();
    private final Device device = new Device("test", 1, Limits.standard(), timer, clock::get);
    private final AtomicLong counted = new AtomicLong();
    private final ModelQueue queue = queue(model);

    private ModelQueue queue(Recorder of) {
        BatchRule rule = BatchRule.rows(Recorder.DOUBLING, Map.of(), OutputSizes.named(Recorder.DOUBLING));
        return device.queue("m", of, rule, new BatchLimits(64, 64, 0, 1), 1, (rows, nanos) -> counted.addAndGet(nanos));
    }

    @BeforeEach
    void lend() {
        model.lends = true;
    }

    @AfterEach
    void end() {
        assertThat(device.load()).isEqualTo(new Device.Load(0, 0, 0, 0));
        device.close();
        timer.shutdownNow();
    }

    private static Call call() {
        return Call.endless(0);
    }

    private static float y(Tensors outputs) {
        return outputs.get("y").floatAt(0);
    }

    @Test
    void whoReadsMayCallModelsTheSameOneToo() {
        ModelQueue other = queue(new Recorder());
        float result = queue.call(x(3), call(), six -> {
            float twelve = y(other.call(x(y(six)), call()));
            return queue.call(x(twelve), call(), last -> y(last) + y(six));
        });
        assertThat(result).isEqualTo(24 + 6);
    }

    @Test
    void othersRunWhileSomebodyReads() {
        float result = queue.call(x(3), call(), six -> {
            float ten = CompletableFuture.supplyAsync(() -> y(queue.call(x(5), call())))
                    .join();
            return ten + y(six);
        });
        assertThat(result).isEqualTo(16);
    }

    @Test
    void readingIsNoPartOfWhatARunTakes() {
        model.first = inference -> clock.addAndGet(7);
        Call call = call();
        queue.call(x(3), call, six -> clock.addAndGet(1_000));
        assertThat(call.engineNanos()).isEqualTo(7);
        assertThat(counted).hasValue(7);
    }

    @Test
    void whatIsNotLentIsReadAfterTheRun() {
        model.lends = false;
        assertThat(queue.<Float>call(
                        x(3),
                        call(),
                        six -> y(queue.call(x(y(six)), call())) + device.load().busy()))
                .isEqualTo(12);
    }
}
