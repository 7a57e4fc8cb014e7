package io.maas.internal.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.predict.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CallTest {
    private static Call call() {
        return Call.cancellable(0, null, Priority.NORMAL);
    }

    @Test
    void partsThatFollowEachOtherAreAdded() {
        Call whole = call();
        whole.ran(0, 2, 5, 3);
        whole.ran(5, 6, 10, 2);
        assertThat(whole.queuedNanos()).isEqualTo(3);
        assertThat(whole.engineNanos()).isEqualTo(7);
        assertThat(whole.together()).isEqualTo(3);
    }

    @Test
    void timeThatPartsHaveInCommonCountsOnce() {
        Call whole = call();
        for (int row = 0; row < 50; row++) {
            whole.ran(0, 5L * row, 5L * row + 5, 1); // all wait from the beginning, and run one after the other
        }
        assertThat(whole.queuedNanos()).isZero();
        assertThat(whole.engineNanos()).isEqualTo(250);

        Call beside = call();
        beside.ran(0, 2, 10, 1);
        beside.ran(0, 4, 8, 1);
        beside.ran(0, 9, 12, 1);
        assertThat(beside.queuedNanos()).isEqualTo(2);
        assertThat(beside.engineNanos()).isEqualTo(10);
    }

    @Test
    void partsThatEndOnManyThreadsAreAllCounted() {
        Call whole = call();
        CompletableFuture<?>[] parts = new CompletableFuture<?>[4];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = CompletableFuture.runAsync(() -> {
                for (int run = 1; run <= 10_000; run++) {
                    whole.ran(0, 0, run, run);
                }
            });
        }
        CompletableFuture.allOf(parts).join();
        assertThat(whole.engineNanos()).isEqualTo(10_000);
        assertThat(whole.together()).isEqualTo(10_000);
    }

    @Test
    void whoeverWaitsForSomethingElseIsWokenWhenTheCallIsEnded() {
        Call call = call();
        CompletableFuture<String> never = new CompletableFuture<>();
        CompletableFuture<UnavailableException> waiter = CompletableFuture.supplyAsync(
                () -> catchThrowableOfType(UnavailableException.class, () -> call.awaitOrFail(never)));
        while (never.getNumberOfDependents() == 0) {
            Thread.onSpinWait();
        }
        call.stop(ErrorCode.CANCELLED);
        assertThat(waiter.join().code()).isEqualTo(ErrorCode.CANCELLED);
    }

    @Test
    void whatFailsMeanwhileIsToldAsItIs() {
        CompletableFuture<String> failed = new CompletableFuture<>();
        failed.completeExceptionally(new IllegalStateException("it is broken"));
        assertThat(catchThrowableOfType(
                        IllegalStateException.class, () -> call().awaitOrFail(failed.thenApply(x -> x))))
                .hasMessage("it is broken");
        assertThat(call().awaitOrFail(CompletableFuture.completedFuture("there")))
                .isEqualTo("there");
    }

    @Test
    void whatIsToBeDoneWhenItIsStoppedIsDoneOnce() {
        Call call = call();
        List<ErrorCode> told = new ArrayList<>();
        call.onStop(told::add);
        call.stop(ErrorCode.DEADLINE_EXCEEDED);
        call.stop(ErrorCode.CANCELLED);
        call.onStop(told::add);
        assertThat(told).containsExactly(ErrorCode.DEADLINE_EXCEEDED, ErrorCode.DEADLINE_EXCEEDED);
    }

    @Test
    void aDeadlineInAThousandYearsIsNone() {
        Call call = Call.of(Long.MAX_VALUE / 2, Duration.ofSeconds(Long.MAX_VALUE), Priority.NORMAL);
        assertThat(call.hasDeadline()).isFalse();
        call.requireAlive(Long.MAX_VALUE);
        assertThat(Call.of(0, Duration.ofDays(30), Priority.NORMAL).left(0))
                .isEqualTo(Duration.ofDays(30).toNanos());
    }
}
