package io.maas.benchmarks.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Makes load, in the scenarios of MLPerf Inference: one caller after the other (SingleStream), a number of them who each call
 * again as soon as they have their answer, and arrivals at random whoever has an answer (Server).
 */
final class Load {
    private static final long MOST_NANOS = TimeUnit.MINUTES.toNanos(2);

    /**
     * Waking up costs about 20 us of a core, which at 9,000 arrivals a second would be a tenth of two. Those that are due meanwhile
     * are made one after the other, each timed from when it was due.
     */
    private static final long LEAST_SLEEP_NANOS = 500_000;

    private Load() {}

    /** One call. Returns the number of items that it was for. */
    interface Call {
        int make(long number) throws Exception;
    }

    /** One call that is answered later. */
    interface LaterCall {
        CompletableFuture<?> make(long number);
    }

    /**
     * What came of it.
     *
     * @param items what was done
     * @param failed calls that failed
     * @param seconds how long it took
     * @param nanos how long each call took
     * @param fewest the fewest calls that one caller got through
     */
    record Outcome(long items, long failed, double seconds, Histogram nanos, long fewest) {
        Outcome {
            if (items == 0 && failed > 0) {
                throw new IllegalStateException("all of " + failed + " calls failed");
            }
        }

        double rate() {
            return items / seconds;
        }

        double millis(double percentile) {
            return nanos.getValueAtPercentile(percentile) / 1e6;
        }
    }

    /** So many callers call for so long, each as soon as he has an answer. */
    static Outcome closed(int callers, double seconds, Call call) throws InterruptedException {
        List<Histogram> latencies = new ArrayList<>();
        AtomicLong items = new AtomicLong();
        AtomicLong failed = new AtomicLong();
        AtomicLong fewest = new AtomicLong(Long.MAX_VALUE);
        AtomicLong number = new AtomicLong();
        CountDownLatch ready = new CountDownLatch(callers);
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        long[] end = new long[1];
        for (int i = 0; i < callers; i++) {
            Histogram latency = new Histogram(MOST_NANOS, 3);
            latencies.add(latency);
            Thread thread = new Thread(() -> {
                ready.countDown();
                long done = 0;
                long own = 0;
                try {
                    go.await();
                    while (System.nanoTime() < end[0]) {
                        long start = System.nanoTime();
                        try {
                            done += call.make(number.getAndIncrement());
                            latency.recordValue(Math.min(MOST_NANOS, System.nanoTime() - start));
                        } catch (Exception e) {
                            failed.incrementAndGet();
                        }
                        own++;
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                items.addAndGet(done);
                long calls = own;
                fewest.accumulateAndGet(calls, Math::min);
            });
            threads.add(thread);
            thread.start();
        }
        ready.await();
        long start = System.nanoTime();
        end[0] = start + (long) (seconds * 1e9);
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        double took = (System.nanoTime() - start) / 1e9;
        Histogram all = new Histogram(MOST_NANOS, 3);
        latencies.forEach(all::add);
        return new Outcome(items.get(), failed.get(), took, all, fewest.get());
    }

    /**
     * Calls arrive at random, so many a second on average, whether or not earlier ones are answered. A call's time counts from
     * when it was due, not from when the generator got around to it.
     */
    static Outcome server(double rate, double seconds, long seed, LaterCall call) throws InterruptedException {
        ConcurrentHistogram latency = new ConcurrentHistogram(MOST_NANOS, 3);
        AtomicLong failed = new AtomicLong();
        AtomicLong done = new AtomicLong();
        AtomicInteger open = new AtomicInteger();
        SplittableRandom random = new SplittableRandom(seed);
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        double due = start;
        long number = 0;
        while (true) {
            due += -Math.log(1 - random.nextDouble()) / rate * 1e9;
            if (due >= end) {
                break;
            }
            long at = (long) due;
            for (long left = at - System.nanoTime(); left > 0; left = at - System.nanoTime()) {
                LockSupport.parkNanos(Math.max(left, LEAST_SLEEP_NANOS));
            }
            open.incrementAndGet();
            CompletableFuture<?> unused = call.make(number++).handle((value, error) -> {
                if (error == null) {
                    done.incrementAndGet();
                    latency.recordValue(Math.min(MOST_NANOS, System.nanoTime() - at));
                } else {
                    failed.incrementAndGet();
                }
                open.decrementAndGet();
                return value;
            });
        }
        while (open.get() > 0) {
            LockSupport.parkNanos(1_000_000);
        }
        return new Outcome(done.get(), failed.get(), (System.nanoTime() - start) / 1e9, latency, 0);
    }

    /** The median of what a measurement gives, so many times. */
    static double median(int times, Function<Integer, Double> measurement) {
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            values.add(measurement.apply(i));
        }
        values.sort(null);
        return values.get(values.size() / 2);
    }
}
