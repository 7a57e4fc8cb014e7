package io.maas.internal.monitor;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.monitor.CacheStats;
import io.maas.monitor.Latency;
import io.maas.monitor.ModelStats;
import io.maas.monitor.Outcome;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** The calls of one version. Thread-safe. */
public final class CallFigures {
    private final Map<Outcome, LongAdder> outcomes = new EnumMap<>(Outcome.class);
    private final LongAdder rows = new LongAdder();
    private final Histogram queue = new Histogram();
    private final Histogram engine = new Histogram();
    private final Histogram total = new Histogram();
    /** By the clock that times calls; 0 before the first. */
    private final AtomicLong lastNanos = new AtomicLong();

    CallFigures() {
        for (Outcome outcome : Outcome.values()) {
            outcomes.put(outcome, new LongAdder());
        }
    }

    /**
     * Notes a call with an answer.
     *
     * @param rowsOfCall its rows
     * @param queuedNanos how long it waited for the engine
     * @param engineNanos how long the engine ran for it
     * @param totalNanos how long it took altogether
     * @param now when it ended, in nanoseconds
     */
    public void succeeded(long rowsOfCall, long queuedNanos, long engineNanos, long totalNanos, long now) {
        lastNanos.lazySet(now);
        rows.add(rowsOfCall);
        queue.record(queuedNanos);
        engine.record(engineNanos);
        total.record(totalNanos);
    }

    /** Notes a call without one. */
    public void failed(Throwable reason, long now) {
        lastNanos.lazySet(now);
        LongAdder count = outcomes.get(outcome(reason));
        if (count != null) {
            count.increment();
        }
    }

    ModelStats stats(ModelName model, String version, Digest digest, RunFigures runs, CacheStats cache, Clocks clocks) {
        Map<Outcome, Long> ended = new EnumMap<>(Outcome.class);
        outcomes.forEach((outcome, count) -> ended.put(outcome, count.sum()));
        Latency all = total.latency();
        ended.put(Outcome.SUCCEEDED, all.count());
        ended.values().removeIf(count -> count == 0);
        long last = lastNanos.get();
        return new ModelStats(
                model,
                version,
                digest,
                ended,
                rows.sum(),
                queue.latency(),
                engine.latency(),
                all,
                runs.stats(),
                cache,
                last == 0 ? Optional.empty() : Optional.of(clocks.at(last)));
    }

    static Outcome outcome(Throwable reason) {
        if (reason instanceof CompletionException wrapped && wrapped.getCause() != null) {
            return outcome(wrapped.getCause());
        } else if (reason instanceof InvalidInputException) {
            return Outcome.REFUSED;
        }
        ErrorCode code = reason instanceof MaasException known ? known.code() : ErrorCode.INFERENCE_FAILED;
        return switch (code) {
            case OVERLOADED -> Outcome.OVERLOADED;
            case DEADLINE_EXCEEDED -> Outcome.EXPIRED;
            case CANCELLED -> Outcome.CANCELLED;
            default -> Outcome.FAILED;
        };
    }
}
