package io.maas.internal.schedule;

import static io.maas.internal.schedule.Recorder.x;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.predict.Priority;
import io.maas.tensor.Tensors;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a device must stand: listeners that throw, threads that cannot be had, ends that coincide. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DeviceFaultTest {
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final AtomicLong clock = new AtomicLong();
    private final Recorder model = new Recorder();
    private Device device = device(Thread::new);
    private final ModelQueue queue = queue((rows, nanos) -> {});

    private Device device(ThreadFactory threads) {
        return new Device("test", 1, Limits.standard(), timer, clock::get, threads);
    }

    private ModelQueue queue(RunListener listener) {
        BatchRule rule = BatchRule.rows(Recorder.DOUBLING, Map.of(), OutputSizes.named(Recorder.DOUBLING));
        return device.queue("m", model, rule, new BatchLimits(1_000, 1_000, 0, 1), 1, listener);
    }

    @AfterEach
    void end() {
        device.close();
        timer.shutdownNow();
    }

    private Call call() {
        return Call.endless(clock.get());
    }

    private Call until(Duration timeout) {
        return Call.cancellable(clock.get(), timeout, Priority.NORMAL);
    }

    private CompletableFuture<Tensors> later(ModelQueue on, Call call) {
        CompletableFuture<Tensors> result = new CompletableFuture<>();
        on.submit(x(1), call, outcome -> {
            try {
                result.complete(outcome.get(clock.get()));
            } catch (MaasException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Keeps the only thread of the device in a run. */
    private final class HeldUp implements AutoCloseable {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch opened = new CountDownLatch(1);
        private final CompletableFuture<Tensors> answer;

        HeldUp(Call call) {
            model.first = inference -> {
                model.first = others -> {};
                entered.countDown();
                await(opened);
            };
            answer = later(queue, call);
            await(entered);
        }

        @Override
        public void close() {
            opened.countDown();
        }
    }

    @Test
    void aListenerThatThrowsTakesNoUnitsAway() {
        ModelQueue watched = queue((rows, nanos) -> {
            throw new IllegalStateException("cannot be told");
        });
        assertThatThrownBy(() -> watched.call(x(1), call())).hasMessage("cannot be told");
        assertThat(later(watched, call()).join().get("y").floatAt(0)).isEqualTo(2);
        assertThat(later(queue, call()).join().get("y").floatAt(0)).isEqualTo(2);
        assertThat(queue.call(x(2), call()).get("y").floatAt(0)).isEqualTo(4);
    }

    @Test
    void whoeverIsTooLateIsToldWhileTheDeviceCanBeUsed() {
        CompletableFuture<Device.Load> seen = new CompletableFuture<>();
        try (HeldUp held = new HeldUp(call())) {
            queue.submit(x(2), until(Duration.ofNanos(10)), outcome -> {
                try {
                    outcome.get(clock.get());
                } catch (MaasException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
                    seen.complete(
                            CompletableFuture.supplyAsync(() -> device.load()).join());
                }
            });
            clock.set(1_000);
            assertThat(held.answer).isNotDone();
        }
        assertThat(seen.join().waiting()).isZero();
        assertThat(model.runs).hasSize(1);
    }

    @Test
    void anEngineIsNotStoppedOnceItsRunHasEnded() {
        AtomicReference<Thread> worker = new AtomicReference<>();
        CountDownLatch returned = new CountDownLatch(1);
        CountDownLatch mayReturn = new CountDownLatch(1);
        CountDownLatch registered = new CountDownLatch(1);
        CompletableFuture<Boolean> endedBefore = new CompletableFuture<>();
        model.first = inference -> {
            worker.set(Thread.currentThread());
            inference.onStop(() -> {
                mayReturn.countDown();
                // either it waits for this hook, or it has gone on, which shows in the next run
                while (worker.get().getState() != Thread.State.BLOCKED && returned.getCount() > 0) {
                    Thread.onSpinWait();
                }
                endedBefore.complete(returned.getCount() == 0);
            });
            registered.countDown();
            await(mayReturn);
        };
        Call leaving = until(Duration.ofMinutes(1));
        CompletableFuture<Tensors> left = later(queue, leaving);
        await(registered);
        model.first = inference -> returned.countDown();
        CompletableFuture<Tensors> next = later(queue, call());
        leaving.stop(ErrorCode.CANCELLED);
        assertThat(endedBefore.join()).isFalse();
        assertThat(left).isCompletedExceptionally();
        assertThat(next.join().get("y").floatAt(0)).isEqualTo(2);
    }

    @Test
    void whoeverLeavesIsToldEvenIfTheEngineCannotBeStopped() {
        CountDownLatch registered = new CountDownLatch(1);
        CountDownLatch mayReturn = new CountDownLatch(1);
        model.first = inference -> {
            inference.onStop(() -> {
                throw new IllegalStateException("cannot be stopped, as told");
            });
            registered.countDown();
            await(mayReturn);
        };
        Call leaving = until(Duration.ofMinutes(1));
        CompletableFuture<Tensors> left = later(queue, leaving);
        await(registered);
        assertThatThrownBy(() -> leaving.stop(ErrorCode.CANCELLED)).hasMessageContaining("as told");
        assertThat(left).isCompletedExceptionally();
        mayReturn.countDown();
    }

    @Test
    void aRetiredModelIsClosedAfterWhatWaitsForItAndOnce() {
        AtomicInteger closed = new AtomicInteger();
        CountDownLatch first = new CountDownLatch(1);
        CompletableFuture<Tensors> waits;
        ModelQueue retired = queue((rows, nanos) -> {});
        try (HeldUp held = new HeldUp(call())) {
            waits = later(retired, call());
            retired.retire(() -> {
                closed.incrementAndGet();
                first.countDown();
            });
            assertThat(closed).hasValue(0);
            assertThat(held.answer).isNotDone();
        }
        assertThat(waits.join().get("y").floatAt(0)).isEqualTo(2);
        await(first);
        later(retired, call()).join(); // nothing should come after, but if it does
        later(queue, call()).join();
        assertThat(closed).hasValue(1);
    }

    @Test
    void aRetiredModelIsClosedWhenTheLastThatWaitedLeaves() {
        AtomicInteger closed = new AtomicInteger();
        ModelQueue retired = queue((rows, nanos) -> {});
        try (HeldUp held = new HeldUp(call())) {
            Call leaving = until(Duration.ofMinutes(1));
            CompletableFuture<Tensors> waits = later(retired, leaving);
            retired.retire(closed::incrementAndGet);
            assertThat(closed).hasValue(0);
            leaving.stop(ErrorCode.CANCELLED);
            assertThat(closed).hasValue(1);
            assertThat(waits).isCompletedExceptionally();
            assertThat(held.answer).isNotDone();
        }
    }

    @Test
    void withoutThreadsACallIsRefusedAndNothingWaits() {
        device.close();
        device = device(task -> {
            throw new OutOfMemoryError("unable to create native thread, as told");
        });
        ModelQueue lonely = queue((rows, nanos) -> {});
        assertThatThrownBy(() -> later(lonely, call()))
                .isInstanceOfSatisfying(
                        MaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY))
                .hasMessageContaining("no thread can be started");
        assertThat(device.load()).isEqualTo(new Device.Load(0, 0, 0, 0));
        assertThat(lonely.call(x(3), call()).get("y").floatAt(0)).isEqualTo(6);
    }

    @Test
    void costsWithoutBoundDoNotKeepModelsFromTakingTurns() {
        Backlog backlog = new Backlog(1, Limits.standard());
        ModelQueue other = queue((rows, nanos) -> {});
        for (ModelQueue each : new ModelQueue[] {queue, other}) {
            each.costs().ran(1, 1); // the first is not believed
            each.costs().ran(1, Long.MAX_VALUE);
            backlog.add(each, each.rule().work(x(1), call()), false, 0);
        }
        assertThat(backlog.choose(0)).isNotNull();
        assertThat(backlog.predictedWait(queue, queue.lowestLevel())).isPositive();
    }
}
