package io.maas.internal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.maas.internal.schedule.Call;
import io.maas.model.Manifest.Caching;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One call leads, and those with the same inputs follow: whatever becomes of it, each of them ends. */
@Timeout(60)
class SharedAnswerTest {
    private static final Tensors ANSWER = Tensors.of("y", Tensor.of(new float[] {1}));

    private final FakeServable model = new FakeServable();
    private final AnswerCache cache = new AnswerCache(model, new Caching(1, OptionalInt.empty()));

    private CompletableFuture<Tensors> later(Executor executor) {
        return cache.answerLater(Tensors.empty(), endless(), new Stages(executor, executor));
    }

    private CompletableFuture<Tensors> later() {
        return later(Runnable::run);
    }

    private static Call endless() {
        return Call.endless(System.nanoTime());
    }

    /** Follows with a caller who waits: another thread, which waits by the time this returns. */
    private FutureAnswer waiting() {
        AtomicReference<Tensors> answer = new AtomicReference<>();
        Thread thread = new Thread(() -> answer.set(cache.answer(Tensors.empty(), endless())));
        thread.start();
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        return () -> {
            thread.join();
            return answer.get();
        };
    }

    private interface FutureAnswer {
        Tensors get() throws InterruptedException;
    }

    @Test
    void bothKindsOfFollowersGetTheLeadersAnswer() throws Exception {
        CompletableFuture<Tensors> running = new CompletableFuture<>();
        model.later = () -> running;
        CompletableFuture<Tensors> leader = later();
        CompletableFuture<Tensors> follower = later();
        FutureAnswer waiter = waiting();
        assertThat(follower).isNotDone();
        running.complete(ANSWER);
        assertThat(leader).isCompletedWithValue(ANSWER);
        assertThat(follower).isCompletedWithValue(ANSWER);
        assertThat(waiter.get()).isEqualTo(ANSWER);
        assertThat(model.calls).isEqualTo(1);
        assertThat(cache.cacheStats().joined()).isEqualTo(2);
    }

    @Test
    void bothKindsRunThemselvesIfTheLeadersRunFails() throws Exception {
        CompletableFuture<Tensors> running = new CompletableFuture<>();
        model.later = () -> running;
        CompletableFuture<Tensors> leader = later();
        CompletableFuture<Tensors> follower = later();
        FutureAnswer waiter = waiting();
        model.answer = () -> ANSWER;
        model.later = () -> CompletableFuture.completedFuture(ANSWER);
        running.completeExceptionally(new IllegalStateException("it broke"));
        assertThat(leader).isCompletedExceptionally();
        assertThat(follower).isCompletedWithValue(ANSWER);
        assertThat(waiter.get()).isEqualTo(ANSWER);
        assertThat(cache.cacheStats().joined()).isZero();
    }

    @Test
    void bothKindsAreToldOfALeaderThatCouldNotEvenStart() throws Exception {
        List<CompletableFuture<Tensors>> followers = new ArrayList<>();
        List<FutureAnswer> waiters = new ArrayList<>();
        model.answer = () -> ANSWER;
        model.later = () -> {
            model.later = () -> CompletableFuture.completedFuture(ANSWER);
            followers.add(later());
            waiters.add(waiting());
            throw new InternalError("no thread for the leader");
        };
        assertThat(catchThrowable(() -> later().join())).hasRootCauseInstanceOf(InternalError.class);
        assertThat(followers.get(0)).isCompletedWithValue(ANSWER);
        assertThat(waiters.get(0).get()).isEqualTo(ANSWER);
        assertThat(later()).as("it leaves nothing behind").isCompletedWithValue(ANSWER);
    }

    @Test
    void bothKindsAreToldOfALeaderWhoWaitedHimself() throws Exception {
        List<CompletableFuture<Tensors>> followers = new ArrayList<>();
        List<FutureAnswer> waiters = new ArrayList<>();
        model.later = () -> CompletableFuture.completedFuture(ANSWER);
        model.answer = () -> {
            model.answer = () -> ANSWER;
            followers.add(later());
            waiters.add(waiting());
            throw new IllegalStateException("it broke");
        };
        assertThat(catchThrowable(() -> cache.answer(Tensors.empty(), endless())))
                .hasMessage("it broke");
        assertThat(followers.get(0)).isCompletedWithValue(ANSWER);
        assertThat(waiters.get(0).get()).isEqualTo(ANSWER);
    }

    @Test
    void aFollowerWhoseOwnRunCannotStartIsToldSo() {
        CompletableFuture<Tensors> running = new CompletableFuture<>();
        model.later = () -> running;
        CompletableFuture<Tensors> leader = later();
        CompletableFuture<Tensors> follower = later();
        model.later = () -> {
            throw new InternalError("no thread for the follower");
        };
        running.completeExceptionally(new IllegalStateException("it broke"));
        assertThat(leader).isCompletedExceptionally();
        assertThat(catchThrowable(follower::join)).hasRootCauseInstanceOf(InternalError.class);
    }

    @Test
    void aFollowerForWhomThereIsNoThreadAnyMoreIsToldSo() {
        CompletableFuture<Tensors> running = new CompletableFuture<>();
        model.later = () -> running;
        CompletableFuture<Tensors> leader = later();
        CompletableFuture<Tensors> follower = later(new Executor() {
            private boolean started;

            @Override
            public void execute(Runnable task) {
                if (started) {
                    throw new RejectedExecutionException("the platform closes");
                }
                started = true;
                task.run();
            }
        });
        running.complete(ANSWER);
        assertThat(leader).isCompletedWithValue(ANSWER);
        assertThat(follower).isCompletedExceptionally();
    }

    @Test
    void aCallForWhichThereIsNoThreadIsToldSo() {
        assertThat(later(task -> {
                    throw new InternalError("unable to create native thread");
                }))
                .isCompletedExceptionally();
        assertThat(later(task -> {
                    throw new RejectedExecutionException("the platform closes");
                }))
                .isCompletedExceptionally();
    }
}
