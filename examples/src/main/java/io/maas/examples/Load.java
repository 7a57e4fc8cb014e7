package io.maas.examples;

import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Threads that call a model until they are told to stop, and count. */
final class Load {
    private final Predictor<Tensors, Tensors> model;
    private final Digits images;
    private final List<Thread> threads = new ArrayList<>();
    private final LongAdder calls = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final Map<String, LongAdder> versions = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Throwable> firstFailure = new AtomicReference<>();
    private volatile boolean stopped;

    Load(Predictor<Tensors, Tensors> model, Digits images) {
        this.model = model;
        this.images = images;
    }

    void start(int count) {
        for (int i = 0; i < count; i++) {
            int offset = i * 71;
            Thread thread = new Thread(() -> callFrom(offset), "caller-" + i);
            threads.add(thread);
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void callFrom(int offset) {
        for (int i = offset; !stopped; i++) {
            try {
                Prediction<Tensors> prediction = model.call(images.image(i), CallOptions.defaults());
                versions.computeIfAbsent(prediction.receipt().version(), v -> new LongAdder())
                        .increment();
            } catch (RuntimeException | Error e) {
                failed.increment();
                firstFailure.compareAndSet(null, e);
            }
            calls.increment();
        }
    }

    /** Waits until this many more calls were made. */
    void awaitCalls(long more, Progress progress) throws InterruptedException {
        long before = calls.sum();
        while (calls.sum() < before + more) {
            progress.at(calls.sum() - before, more);
            Thread.sleep(1);
        }
        progress.done();
    }

    void stop() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    long calls() {
        return calls.sum();
    }

    long failed() {
        return failed.sum();
    }

    @Nullable
    Throwable firstFailure() {
        return firstFailure.get();
    }

    /** How many calls each version answered. */
    Map<String, Long> byVersion() {
        Map<String, Long> counts = new TreeMap<>();
        versions.forEach((version, count) -> counts.put("version " + version, count.sum()));
        return counts;
    }
}
