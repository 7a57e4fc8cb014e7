package io.maas.internal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.internal.schedule.Call;
import io.maas.model.ModelName;
import io.maas.model.Signature;
import io.maas.predict.SwapPolicy;
import io.maas.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResidentModelTest {
    private final MemoryBudget budget = new MemoryBudget(100, SwapPolicy.KEEP_SERVING);
    private final List<Fake> made = new ArrayList<>();
    private final List<Runnable> later = new ArrayList<>();

    /** Answers with nothing, or fails as it is told. */
    private static final class Fake implements Servable {
        @Nullable
        ErrorCode failsWith;

        boolean closed;

        @Override
        public Signature signature() {
            return new Signature(List.of(), List.of());
        }

        @Override
        public long rows(Tensors inputs) {
            return 1;
        }

        @Override
        public long nativeBytes() {
            return 60;
        }

        @Override
        public void requireTime(Call call, long now) {}

        @Override
        public Tensors answer(Tensors inputs, Call call) {
            if (closed) {
                throw new IllegalStateException("called when closed");
            }
            if (failsWith != null) {
                throw new UnavailableException(failsWith, "run", "it is told to fail", "tell it not to");
            }
            return Tensors.empty();
        }

        @Override
        public CompletableFuture<Tensors> answerLater(Tensors inputs, Call call, Stages stages) {
            return CompletableFuture.completedFuture(answer(inputs, call));
        }

        @Override
        public void retire(Runnable told) {
            closed = true;
            told.run();
        }
    }

    private ResidentModel resident(Executor loaders) {
        return new ResidentModel(
                ModelName.of("m"),
                "1",
                () -> {
                    Fake fake = new Fake();
                    made.add(fake);
                    return fake;
                },
                budget,
                40,
                loaders);
    }

    private static Call call() {
        return Call.endless(System.nanoTime());
    }

    @Test
    void itTakesWhatTheEngineSaysAndGivesItBack() {
        ResidentModel model = resident(Runnable::run);
        assertThat(budget.used()).isEqualTo(60);
        assertThat(catchThrowable(() -> budget.reserve("other", 101)))
                .as("not even alone")
                .isInstanceOf(UnavailableException.class);
        assertThat(budget.used())
                .as("for what never fits nobody is put to rest")
                .isEqualTo(60);
        MemoryBudget.Reservation other = budget.reserve("other", 90);
        assertThat(budget.used()).as("for what fits he is").isEqualTo(90);
        other.release();
        model.answer(Tensors.empty(), call());
        assertThat(budget.used()).isEqualTo(60);
        AtomicBoolean closed = new AtomicBoolean();
        model.retire(() -> closed.set(true));
        assertThat(closed).isTrue();
        assertThat(budget.used()).isZero();
    }

    @Test
    void aModelAtRestIsLoadedOnceForAllWhoCallIt() throws Exception {
        ResidentModel model = resident(later::add);
        assertThat(model.rest()).isTrue();
        assertThat(model.rest()).as("twice").isFalse();
        CompletableFuture<Tensors> first =
                model.answerLater(Tensors.empty(), call(), new Stages(Runnable::run, Runnable::run));
        CompletableFuture<Tensors> second =
                model.answerLater(Tensors.empty(), call(), new Stages(Runnable::run, Runnable::run));
        assertThat(first).isNotDone();
        assertThat(later).hasSize(1);
        later.get(0).run();
        assertThat(first.get()).isEqualTo(Tensors.empty());
        assertThat(second.get()).isEqualTo(Tensors.empty());
        assertThat(made).hasSize(2);
    }

    @Test
    void whatIsLoadedForAModelThatIsGoneIsClosedAgain() {
        ResidentModel model = resident(later::add);
        assertThat(model.rest()).isTrue();
        CompletableFuture<Tensors> call =
                model.answerLater(Tensors.empty(), call(), new Stages(Runnable::run, Runnable::run));
        AtomicBoolean closed = new AtomicBoolean();
        model.retire(() -> closed.set(true));
        assertThat(closed).isTrue();
        later.get(0).run();
        assertThat(call).isCompletedExceptionally();
        assertThat(made).allMatch(fake -> fake.closed);
        assertThat(budget.used()).isZero();
    }

    private ResidentModel resident(MemoryBudget in, LongSupplier clock) {
        return new ResidentModel(
                ModelName.of("m"),
                "1",
                () -> {
                    Fake fake = new Fake();
                    made.add(fake);
                    return fake;
                },
                in,
                40,
                Runnable::run,
                clock);
    }

    private void fails(ResidentModel model, ErrorCode how) {
        made.get(made.size() - 1).failsWith = how;
        assertThat(catchThrowable(() -> model.answer(Tensors.empty(), call())))
                .isInstanceOf(UnavailableException.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"OUT_OF_MEMORY", "INFERENCE_FAILED"})
    void whatFailedForNoFaultOfItsInputsIsReplacedByAFreshOne(ErrorCode how) {
        long[] now = {0};
        MemoryBudget large = new MemoryBudget(1_000, SwapPolicy.KEEP_SERVING);
        ResidentModel model = resident(large, () -> now[0]);
        now[0] = 61_000_000_000L;
        fails(model, how);
        assertThat(made).hasSize(2);
        assertThat(made.get(0).closed)
                .as("once the call that failed had let go")
                .isTrue();
        assertThat(model.answer(Tensors.empty(), call())).isEqualTo(Tensors.empty());
        assertThat(large.used()).isEqualTo(60);
    }

    @Test
    void whatFailsForAnotherReasonStays() {
        long[] now = {0};
        ResidentModel model = resident(new MemoryBudget(1_000, SwapPolicy.KEEP_SERVING), () -> now[0]);
        now[0] = 61_000_000_000L;
        fails(model, ErrorCode.DEADLINE_EXCEEDED);
        assertThat(made).hasSize(1);
    }

    @Test
    void itIsNotReplacedMoreThanOnceAMinute() {
        long[] now = {0};
        ResidentModel model = resident(new MemoryBudget(1_000, SwapPolicy.KEEP_SERVING), () -> now[0]);
        fails(model, ErrorCode.OUT_OF_MEMORY);
        assertThat(made).as("it is only just loaded").hasSize(1);
        now[0] = 61_000_000_000L;
        fails(model, ErrorCode.OUT_OF_MEMORY);
        fails(model, ErrorCode.OUT_OF_MEMORY);
        assertThat(made).hasSize(2);
        now[0] = 122_000_000_000L;
        fails(model, ErrorCode.OUT_OF_MEMORY);
        assertThat(made).hasSize(3);
    }
}
