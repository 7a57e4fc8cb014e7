package io.maas.internal.schedule;

import static io.maas.internal.schedule.Recorder.x;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.OverloadedException;
import io.maas.predict.Priority;
import io.maas.tensor.Tensors;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.opentest4j.TestAbortedException;

@Timeout(60)
class DeviceTest {
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final Recorder model = new Recorder();
    private Device device = device(1, Limits.standard());
    private ModelQueue queue = queue(device, model);

    private Device device(int capacity, Limits limits) {
        return new Device("test", capacity, limits, timer, System::nanoTime);
    }

    private static ModelQueue queue(Device on, Recorder model) {
        BatchRule rule = BatchRule.rows(Recorder.DOUBLING, Map.of(), OutputSizes.named(Recorder.DOUBLING));
        ModelQueue queue =
                on.queue("m", model, rule, new BatchLimits(1_000, 1_000, 0, on.capacity()), 1, (rows, nanos) -> {});
        for (int size = 1; size <= 512; size *= 2) {
            for (int run = 0; run < 4; run++) {
                queue.costs()
                        .ran(size, 1_000); // a run of any size takes a microsecond, so that batches are known to pay
            }
        }
        return queue;
    }

    @AfterEach
    void end() {
        device.close();
        timer.shutdownNow();
        assertThat(model.misused).isFalse();
    }

    private static Call call() {
        return Call.endless(System.nanoTime());
    }

    private static Call until(Duration timeout) {
        return Call.cancellable(System.nanoTime(), timeout, Priority.NORMAL);
    }

    /** A request that is made now and answered later. */
    private CompletableFuture<Tensors> later(Call call, float... values) {
        CompletableFuture<Tensors> result = new CompletableFuture<>();
        queue.submit(x(values), call, outcome -> {
            try {
                result.complete(outcome.get(System.nanoTime()));
            } catch (MaasException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private static float y(CompletableFuture<Tensors> answer) throws Exception {
        return answer.get().get("y").floatAt(0);
    }

    private static ErrorCode code(Throwable e) {
        Throwable cause = e.getCause() instanceof MaasException inner ? inner : e;
        return ((MaasException) cause).code();
    }

    /** Holds up the next run, with what was submitted before it, until it is let go. */
    private final class HeldUp implements AutoCloseable {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch opened = new CountDownLatch(1);
        private final CompletableFuture<Tensors> answer;

        HeldUp() throws InterruptedException {
            AtomicBoolean once = new AtomicBoolean();
            model.first = inference -> {
                if (once.compareAndSet(false, true)) {
                    entered.countDown();
                    try {
                        opened.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
            };
            answer = later(call(), -1);
            entered.await();
        }

        @Override
        public void close() {
            opened.countDown();
        }
    }

    @Test
    void aCallerWhoFindsTheDeviceFreeRunsTheModelHimself() {
        AtomicReference<Thread> ran = new AtomicReference<>();
        model.first = inference -> ran.set(Thread.currentThread());
        assertThat(queue.call(x(3), call()).get("y").floatAt(0)).isEqualTo(6);
        assertThat(ran.get()).isSameAs(Thread.currentThread());
    }

    @Test
    void aVirtualThreadHandsItsCallOver() throws Exception {
        Method start;
        try {
            start = Thread.class.getMethod("startVirtualThread", Runnable.class);
        } catch (NoSuchMethodException e) {
            throw new TestAbortedException("this JDK has no virtual threads", e);
        }
        AtomicReference<Thread> ran = new AtomicReference<>();
        AtomicReference<Tensors> answer = new AtomicReference<>();
        model.first = inference -> ran.set(Thread.currentThread());
        Runnable caller = () -> answer.set(queue.call(x(3), call()));
        ((Thread) start.invoke(null, caller)).join();
        assertThat(answer.get().get("y").floatAt(0)).isEqualTo(6);
        assertThat(ran.get().getName()).startsWith("maas-test-");
    }

    @Test
    void outputsAreReadWhereTheyLieAndNotAfterwards() throws Exception {
        model.lends = true;
        AtomicReference<Tensors> kept = new AtomicReference<>();
        float y = queue.call(x(3), call(), outputs -> {
            kept.set(outputs);
            return outputs.get("y").floatAt(0);
        });
        assertThat(y).isEqualTo(6);
        assertThat(code(catchThrowable(() -> kept.get().get("y").toFloats()))).isEqualTo(ErrorCode.TENSOR_RETURNED);
        assertThat(catchThrowable(() -> queue.call(x(3), call(), outputs -> {
                    throw new IllegalStateException("the caller's own");
                })))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the caller's own");
        Thread caller;
        AtomicReference<Float> queued = new AtomicReference<>();
        try (HeldUp held = new HeldUp()) {
            caller = new Thread(() -> queued.set(
                    queue.call(x(5), call(), outputs -> outputs.get("y").floatAt(0))));
            caller.start();
            while (device.load().waiting() == 0) {
                Thread.onSpinWait();
            }
            assertThat(held.answer).isNotDone();
        }
        caller.join();
        assertThat(queued.get()).isEqualTo(10);
    }

    @Test
    void whatWaitsRunsTogetherInTheOrderInWhichItCame() throws Exception {
        List<CompletableFuture<Tensors>> answers = new ArrayList<>();
        try (HeldUp first = new HeldUp()) {
            for (int i = 1; i <= 5; i++) {
                answers.add(later(call(), i));
            }
            assertThat(first.answer).isNotDone();
        }
        for (int i = 1; i <= 5; i++) {
            assertThat(y(answers.get(i - 1))).isEqualTo(2 * i);
        }
        assertThat(model.runs).containsExactly(List.of(-1f), List.of(1f, 2f, 3f, 4f, 5f));
    }

    @Test
    void requestsOfSeveralRowsGetTheirOwnRowsBack() throws Exception {
        CompletableFuture<Tensors> two;
        CompletableFuture<Tensors> three;
        try (HeldUp first = new HeldUp()) {
            two = later(call(), 1, 2);
            three = later(call(), 3, 4, 5);
            assertThat(first.answer).isNotDone();
        }
        assertThat(two.get().get("y").toFloats()).containsExactly(2, 4);
        assertThat(three.get().get("y").toFloats()).containsExactly(6, 8, 10);
        assertThat(model.runs).hasSize(2);
    }

    @Test
    void urgentRequestsGoFirst() throws Exception {
        Device narrow = device(1, Limits.standard());
        ModelQueue alone = narrow.queue(
                "m",
                model,
                BatchRule.alone(Recorder.DOUBLING),
                new BatchLimits(1, 1_000, 0, 1),
                1,
                (rows, nanos) -> {});
        CountDownLatch opened = new CountDownLatch(1);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(4);
        model.first = inference -> {
            entered.countDown();
            try {
                opened.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        alone.submit(x(0), call(), outcome -> done.countDown());
        entered.await();
        long now = System.nanoTime();
        alone.submit(x(1), Call.of(now, null, Priority.LOW), outcome -> done.countDown());
        alone.submit(x(2), Call.of(now, null, Priority.NORMAL), outcome -> done.countDown());
        alone.submit(x(3), Call.of(now, null, Priority.HIGH), outcome -> done.countDown());
        opened.countDown();
        done.await();
        assertThat(model.runs).containsExactly(List.of(0f), List.of(3f), List.of(2f), List.of(1f));
        narrow.close();
    }

    @Test
    void oneBadRequestHarmsOnlyItself() throws Exception {
        List<CompletableFuture<Tensors>> answers = new ArrayList<>();
        AtomicInteger runs = new AtomicInteger();
        try (HeldUp first = new HeldUp()) {
            for (int i = 1; i <= 4; i++) {
                answers.add(later(call(), i == 3 ? 13 : i));
            }
            assertThat(first.answer).isNotDone();
            var hold = model.first;
            model.first = inference -> {
                hold.accept(inference);
                runs.incrementAndGet();
                for (float value : inference.input(0).toFloats()) {
                    if (value == 13) {
                        throw Recorder.poisoned();
                    }
                }
            };
        }
        assertThat(y(answers.get(0))).isEqualTo(2);
        assertThat(y(answers.get(1))).isEqualTo(4);
        assertThat(code(catchThrowable(answers.get(2)::get))).isEqualTo(ErrorCode.BAD_INPUT);
        assertThat(y(answers.get(3))).isEqualTo(8);
        assertThat(runs.get()).as("the batch, then each once more").isEqualTo(5);
    }

    @Test
    void aBatchThatTakesTooMuchMemoryIsNotTriedAgain() throws Exception {
        List<CompletableFuture<Tensors>> answers = new ArrayList<>();
        try (HeldUp first = new HeldUp()) {
            answers.add(later(call(), 1));
            answers.add(later(call(), 2));
            assertThat(first.answer).isNotDone();
            model.first = inference -> {
                throw new OutOfMemoryError("as told");
            };
        }
        for (CompletableFuture<Tensors> answer : answers) {
            assertThat(code(catchThrowable(answer::get))).isEqualTo(ErrorCode.OUT_OF_MEMORY);
        }
        assertThat(model.runs).hasSize(1);
    }

    @Test
    void whateverIsThrownTheDeviceGoesOn() throws Exception {
        List<Throwable> all = List.of(
                new OutOfMemoryError("as told"),
                new StackOverflowError("as told"),
                new LinkageError("as told"),
                new AssertionError("as told"),
                new IllegalStateException("as told"),
                new Error("as told"));
        for (Throwable thrown : all) {
            model.first = inference -> sneak(thrown);
            assertThat(catchThrowable(() -> queue.call(x(1), call())))
                    .isInstanceOf(MaasException.class)
                    .hasCause(thrown);
            assertThat(catchThrowable(later(call(), 1)::get).getCause()).hasCause(thrown);
        }
        model.first = inference -> {};
        assertThat(queue.call(x(1), call()).get("y").floatAt(0)).isEqualTo(2);
        assertThat(y(later(call(), 2))).isEqualTo(4);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> void sneak(Throwable e) throws E {
        throw (E) e;
    }

    @Test
    void aRequestWhoseCallEndsLeavesTheQueue() throws Exception {
        Call ended = until(Duration.ofMinutes(1));
        CompletableFuture<Tensors> first;
        CompletableFuture<Tensors> second;
        try (HeldUp held = new HeldUp()) {
            first = later(ended, 1);
            second = later(call(), 2);
            ended.stop(ErrorCode.CANCELLED);
            assertThat(code(catchThrowable(first::get))).isEqualTo(ErrorCode.CANCELLED);
            assertThat(held.answer).isNotDone();
        }
        assertThat(y(second)).isEqualTo(4);
        assertThat(model.runs).containsExactly(List.of(-1f), List.of(2f));
    }

    @Test
    void theEngineIsStoppedWhenNobodyWaitsAnyMore() throws Exception {
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch entered = new CountDownLatch(1);
        Call one = until(Duration.ofMinutes(1));
        Call other = until(Duration.ofMinutes(1));
        CompletableFuture<Tensors> first;
        CompletableFuture<Tensors> second;
        try (HeldUp held = new HeldUp()) {
            first = later(one, 1);
            second = later(other, 2);
            assertThat(held.answer).isNotDone();
            var hold = model.first;
            model.first = inference -> {
                hold.accept(inference);
                if (inference.requests() == 2) {
                    inference.onStop(stopped::countDown);
                    entered.countDown();
                    awaitAll(stopped);
                    throw new io.maas.error.UnavailableException(ErrorCode.CANCELLED, "run", "stopped", "again");
                }
            };
        }
        entered.await();
        one.stop(ErrorCode.CANCELLED);
        assertThat(stopped.getCount()).as("the other still waits").isEqualTo(1);
        assertThat(code(catchThrowable(first::get))).isEqualTo(ErrorCode.CANCELLED);
        other.stop(ErrorCode.CANCELLED);
        assertThat(code(catchThrowable(second::get))).isEqualTo(ErrorCode.CANCELLED);
        stopped.await();
    }

    @Test
    void aRunIsForThoseWhoStillWaitWhenItStarts() {
        Work gone = queue.rule().work(x(1), until(Duration.ofMinutes(1)));
        Work there = queue.rule().work(x(2), until(Duration.ofMinutes(1)));
        gone.stop(ErrorCode.CANCELLED);
        Run run = Run.of(queue, new Work[] {gone, there}, 2, System.nanoTime());
        AtomicInteger stops = new AtomicInteger();
        run.onStop(stops::incrementAndGet);
        assertThat(run.count()).isEqualTo(1);
        assertThat(stops).hasValue(0);
        there.stop(ErrorCode.CANCELLED);
        assertThat(stops).hasValue(1);
    }

    private static void awaitAll(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aCallerLeavesTheQueueAtHisDeadline() throws Exception {
        try (HeldUp held = new HeldUp()) {
            Throwable late = catchThrowable(
                    () -> queue.call(x(1), Call.of(System.nanoTime(), Duration.ofMillis(5), Priority.NORMAL)));
            assertThat(code(late)).isIn(ErrorCode.DEADLINE_EXCEEDED, ErrorCode.OVERLOADED);
            assertThat(held.answer).isNotDone();
        }
    }

    @Test
    void anInterruptedCallerLeavesAndStaysInterrupted() throws Exception {
        AtomicReference<Throwable> end = new AtomicReference<>();
        AtomicBoolean interrupted = new AtomicBoolean();
        try (HeldUp held = new HeldUp()) {
            Thread caller = new Thread(() -> {
                end.set(catchThrowable(() -> queue.call(x(1), call())));
                interrupted.set(Thread.currentThread().isInterrupted());
            });
            caller.start();
            caller.interrupt();
            caller.join();
            assertThat(held.answer).isNotDone();
        }
        assertThat(code(Objects.requireNonNull(end.get()))).isEqualTo(ErrorCode.CANCELLED);
        assertThat(interrupted).isTrue();
    }

    @Test
    void whatCannotBeDoneInTimeIsRefusedAtOnce() throws Exception {
        model.first = inference -> {
            long end = System.nanoTime() + 2_000_000;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
        };
        for (int i = 0; i < 200; i++) {
            queue.call(x(1), call());
        }
        List<CompletableFuture<Tensors>> waiting = new ArrayList<>();
        try (HeldUp held = new HeldUp()) {
            for (int i = 0; i < 500; i++) {
                waiting.add(later(call(), i));
            }
            assertThat(queue.predictedWait()).isPositive();
            Throwable refusal = catchThrowable(() -> later(until(Duration.ofNanos(queue.predictedWait() / 2)), 1));
            assertThat(refusal).isInstanceOfSatisfying(OverloadedException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED);
                assertThat(e.retryAfter()).isPositive();
            });
            assertThat(held.answer).isNotDone();
        }
        for (CompletableFuture<Tensors> answer : waiting) {
            answer.get();
        }
        assertThat(queue.predictedWait()).isZero();
    }

    @Test
    void nothingMoreWaitsThanMay() throws Exception {
        device.close();
        device = device(1, new Limits(Duration.ofMinutes(1), 3, 1_000));
        queue = queue(device, model);
        List<CompletableFuture<Tensors>> waiting = new ArrayList<>();
        try (HeldUp held = new HeldUp()) {
            waiting.add(later(call(), 1));
            assertThat(catchThrowable(() -> later(call(), new float[300])))
                    .isInstanceOf(OverloadedException.class)
                    .hasMessageContaining("1000 bytes");
            waiting.add(later(call(), 2));
            waiting.add(later(call(), 3));
            assertThat(catchThrowable(() -> later(call(), 4)))
                    .isInstanceOf(OverloadedException.class)
                    .hasMessageContaining("3 calls");
            assertThat(held.answer).isNotDone();
        }
        for (CompletableFuture<Tensors> answer : waiting) {
            answer.get();
        }
    }

    @Test
    void aModelIsRetiredOnlyWhenItsLastRunHasEnded() throws Exception {
        CountDownLatch retired = new CountDownLatch(1);
        Call leaving = until(Duration.ofMinutes(1));
        CompletableFuture<Tensors> left;
        try (HeldUp held = new HeldUp()) {
            left = later(leaving, 1);
            leaving.stop(ErrorCode.CANCELLED);
            queue.retire(() -> {
                model.close();
                retired.countDown();
            });
            assertThat(retired.getCount()).isEqualTo(1);
            assertThat(held.answer).isNotDone();
        }
        retired.await();
        assertThat(left).isCompletedExceptionally();
        assertThat(model.closed).isTrue();
    }

    @Test
    void noMoreRunsThanTheDeviceHasRoomFor() throws Exception {
        device.close();
        device = device(3, Limits.standard());
        queue = queue(device, model);
        Recorder wide = new Recorder();
        ModelQueue twoUnits = device.queue(
                "wide",
                wide,
                BatchRule.alone(Recorder.DOUBLING),
                new BatchLimits(1, 1_000, 0, 3),
                2,
                (rows, nanos) -> {});
        AtomicInteger units = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        model.first = inference -> use(units, most, 1);
        wide.first = inference -> use(units, most, 2);
        CyclicBarrier together = new CyclicBarrier(8);
        List<Thread> callers = new ArrayList<>();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        for (int i = 0; i < 8; i++) {
            ModelQueue mine = i % 2 == 0 ? queue : twoUnits;
            Thread caller = new Thread(() -> {
                try {
                    together.await();
                    for (int n = 0; n < 300; n++) {
                        assertThat(mine.call(x(n), call()).get("y").floatAt(0)).isEqualTo(2 * n);
                    }
                } catch (Throwable e) {
                    failure.set(e);
                }
            });
            callers.add(caller);
            caller.start();
        }
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(failure.get()).isNull();
        assertThat(most.get()).isBetween(2, 3);
        assertThat(wide.misused).isFalse();
    }

    private static void use(AtomicInteger units, AtomicInteger most, int count) {
        most.accumulateAndGet(units.addAndGet(count), Math::max);
        long end = System.nanoTime() + 20_000;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        units.addAndGet(-count);
    }

    @Test
    void whoeverLeavesAsARunBeginsDoesNotEndItForTheOthers() throws Exception {
        for (int attempt = 0; attempt < 300; attempt++) {
            // those in the middle have left before, which gives the first the time to leave before the last starts
            Work[] all = new Work[1_000];
            for (int i = 0; i < all.length; i++) {
                all[i] = queue.rule().work(x(i), call());
                if (i > 0 && i < all.length - 1) {
                    all[i].stop(ErrorCode.CANCELLED);
                }
            }
            Work leaving = all[0];
            CyclicBarrier at = new CyclicBarrier(2);
            CompletableFuture<Void> left = CompletableFuture.runAsync(() -> {
                meet(at);
                leaving.stop(ErrorCode.CANCELLED);
            });
            meet(at);
            Run run = Run.of(queue, all, all.length, 0);
            left.get();
            AtomicBoolean stopped = new AtomicBoolean();
            run.onStop(() -> stopped.set(true));
            assertThat(stopped).as("attempt %d", attempt).isFalse();
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void callersWhoRunByThemselvesDoNotConfuseWhoseTurnItIs() throws Exception {
        Backlog backlog = new Backlog(4, Limits.standard());
        ModelQueue other = queue(device, model);
        for (ModelQueue each : List.of(queue, other)) {
            backlog.add(each, each.rule().work(x(1), call()), false, 0);
        }
        AtomicBoolean over = new AtomicBoolean();
        Thread caller = new Thread(() -> {
            while (!over.get()) {
                if (queue.tryRun()) {
                    queue.ran();
                }
            }
        });
        caller.start();
        try {
            for (int i = 0; i < 300_000; i++) {
                queue.deficit = 0;
                other.deficit = -10_000_000;
                backlog.choose(0);
            }
        } finally {
            over.set(true);
            caller.join();
        }
    }

    @Test
    void whoeverCannotBeToldDoesNotKeepTheOthersWaiting() throws Exception {
        CompletableFuture<Tensors> second;
        try (HeldUp held = new HeldUp()) {
            queue.submit(x(1), call(), outcome -> {
                throw new OutOfMemoryError("no thread to tell it on, as told");
            });
            second = later(call(), 2);
            assertThat(held.answer).isNotDone();
        }
        assertThat(y(second)).isEqualTo(4);
        assertThat(model.runs).hasSize(2);
    }

    @Test
    void aBatchThatIsFullDoesNotWaitForMore() {
        ModelQueue patient =
                device.queue("m", model, queue.rule(), new BatchLimits(2, 1_000, 1_000_000, 1), 1, (rows, nanos) -> {});
        Backlog backlog = new Backlog(1, Limits.standard());
        backlog.add(patient, patient.rule().work(x(1), call()), false, 0);
        assertThat(backlog.choose(10)).isNull();
        backlog.add(patient, patient.rule().work(x(2), call()), false, 10);
        assertThat(backlog.choose(10)).isSameAs(patient);
    }
}
