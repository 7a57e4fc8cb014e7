package io.maas.internal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.internal.schedule.Call;
import io.maas.model.ModelName;
import io.maas.predict.SwapPolicy;
import io.maas.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A model at rest is woken, replaced and retired, in any order: all is closed once, and all who wait are told. */
@Timeout(60)
class ResidentModelRetireTest {
    private final MemoryBudget budget = new MemoryBudget(1_000, SwapPolicy.KEEP_SERVING);
    private final List<FakeServable> made = new ArrayList<>();
    private final List<Runnable> later = new ArrayList<>();
    private final AtomicInteger closed = new AtomicInteger();
    private Runnable whileLoading = () -> {};
    private long now;

    private ResidentModel resident(Executor loaders) {
        return new ResidentModel(ModelName.of("m"), "1", this::load, budget, 40, loaders, () -> now);
    }

    private Servable load() {
        whileLoading.run();
        FakeServable fake = new FakeServable();
        fake.closesAtOnce = made.isEmpty();
        made.add(fake);
        return fake;
    }

    private static ResidentModel atRest(ResidentModel model) {
        assertThat(model.rest()).isTrue();
        return model;
    }

    private static CompletableFuture<Tensors> call(ResidentModel model) {
        return model.answerLater(Tensors.empty(), endless(), new Stages(Runnable::run, Runnable::run));
    }

    private static Call endless() {
        return Call.endless(System.nanoTime());
    }

    private static ErrorCode code(Throwable error) {
        return ((MaasException) (error instanceof CompletionException ? error.getCause() : error)).code();
    }

    private static void assertRefused(CompletableFuture<Tensors> call) {
        assertThat(code(catchThrowable(call::join))).isEqualTo(ErrorCode.CLOSED);
    }

    @Test
    void whatIsRetiredWhileItLoadsIsClosedWhenWhatCameOfItIs() {
        ResidentModel model = atRest(resident(later::add));
        CompletableFuture<Tensors> call = call(model);
        whileLoading = () -> model.retire(closed::incrementAndGet);
        later.get(0).run();
        assertRefused(call);
        assertThat(made.get(1).isRetired()).isTrue();
        assertThat(closed).as("its engine still runs").hasValue(0);
        assertThat(budget.used()).isEqualTo(60);
        made.get(1).close();
        assertThat(closed).hasValue(1);
        assertThat(budget.used()).isZero();
    }

    @Test
    void whatIsRetiredWhileItLoadsInVainIsClosedAfterThat() {
        ResidentModel model = atRest(resident(later::add));
        CompletableFuture<Tensors> call = call(model);
        whileLoading = () -> {
            model.retire(closed::incrementAndGet);
            assertThat(closed).as("while it loads").hasValue(0);
            throw new IllegalStateException("no such file");
        };
        later.get(0).run();
        assertThat(catchThrowable(call::join)).hasRootCauseMessage("no such file");
        assertThat(closed).hasValue(1);
        assertThat(budget.used()).isZero();
    }

    @Test
    void whatIsRetiredBeforeItLoadsIsNotLoaded() {
        ResidentModel model = atRest(resident(later::add));
        CompletableFuture<Tensors> call = call(model);
        model.retire(closed::incrementAndGet);
        assertThat(closed).hasValue(1);
        later.get(0).run();
        assertRefused(call);
        assertThat(made).hasSize(1);
        assertThat(closed).hasValue(1);
    }

    @Test
    void aCallOfWhatIsRetiredIsRefused() {
        ResidentModel model = resident(Runnable::run);
        model.retire(closed::incrementAndGet);
        assertThat(code(catchThrowable(() -> model.answer(Tensors.empty(), endless()))))
                .isEqualTo(ErrorCode.CLOSED);
        assertRefused(call(model));
        assertThat(made).hasSize(1);
    }

    @Test
    void whatIsRetiredAtRestIsClosedWhenTheRunOfBeforeHasEnded() {
        ResidentModel model = atRest(resident(Runnable::run));
        assertThat(call(model)).isCompleted();
        assertThat(atRest(model).nativeBytes()).isZero();
        model.retire(closed::incrementAndGet);
        assertThat(closed).as("the second engine still runs").hasValue(0);
        made.get(1).close();
        assertThat(closed).hasValue(1);
    }

    @Test
    void whereNoThreadLoadsCallersAreToldAndTheNextTriesAgain() {
        List<Throwable> refusals = new ArrayList<>(List.of(
                new InternalError("unable to create native thread"), new RejectedExecutionException("closing")));
        ResidentModel model = atRest(resident(task -> {
            if (refusals.isEmpty()) {
                task.run();
            } else if (refusals.remove(0) instanceof Error none) {
                throw none;
            } else {
                throw new RejectedExecutionException("closing");
            }
        }));
        assertThat(catchThrowable(() -> model.answer(Tensors.empty(), endless())))
                .isInstanceOf(InternalError.class);
        assertRefused(call(model));
        assertThat(call(model)).isCompletedWithValue(Tensors.empty());
        model.retire(closed::incrementAndGet);
        made.get(1).close();
        assertThat(closed).hasValue(1);
    }

    @Test
    void whatCannotBeLoadedAgainIsTriedAgainByTheNextCall() {
        ResidentModel model = atRest(resident(Runnable::run));
        whileLoading = () -> {
            throw new StackOverflowError("a backend's own");
        };
        assertThat(catchThrowable(() -> model.answer(Tensors.empty(), endless())))
                .isInstanceOf(StackOverflowError.class);
        whileLoading = () -> {};
        assertThat(model.answer(Tensors.empty(), endless())).isEqualTo(Tensors.empty());
    }

    @Test
    void memoryThatRanOutSomewhereInAChainOfStagesIsNoticed() {
        ResidentModel model = resident(Runnable::run);
        now = TimeUnit.MINUTES.toNanos(2);
        UnavailableException none = new UnavailableException(ErrorCode.OUT_OF_MEMORY, "run", "none left", "get more");
        made.get(0).later = () -> CompletableFuture.<Tensors>failedFuture(none).thenApply(answer -> answer);
        assertThat(code(catchThrowable(() -> call(model).join()))).isEqualTo(ErrorCode.OUT_OF_MEMORY);
        assertThat(made).hasSize(2);
        assertThat(made.get(0).isRetired()).isTrue();
        assertThat(call(model)).isCompletedWithValue(Tensors.empty());
    }

    @Test
    void whatIsRetiredWhileItIsReplacedClosesBoth() {
        ResidentModel model = resident(later::add);
        now = TimeUnit.MINUTES.toNanos(2);
        made.get(0).answer = () -> {
            throw new UnavailableException(ErrorCode.OUT_OF_MEMORY, "run", "none left", "get more");
        };
        assertThat(catchThrowable(() -> model.answer(Tensors.empty(), endless())))
                .isNotNull();
        whileLoading = () -> model.retire(closed::incrementAndGet);
        later.get(0).run();
        assertThat(made).hasSize(2).allMatch(FakeServable::isRetired);
        assertThat(closed).hasValue(0);
        made.get(1).close();
        assertThat(closed).hasValue(1);
        assertThat(budget.used()).isZero();
    }
}
