package io.maas;

import static io.maas.testkit.ScriptedBackend.x;
import static io.maas.testkit.ScriptedBackend.y;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.model.Manifest;
import io.maas.model.Manifest.RuntimeSpec;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import io.maas.testkit.ScriptedBackend;
import io.maas.testkit.TestPlatform;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whoever loads a model waits for its first runs. If he is interrupted he waits no more, and an engine that cannot be goes on:
 * the model is there until the run has ended. A core runs one at a time, and 100 MiB are for two models of 40.
 */
@Timeout(60)
class InterruptedLoadTest {
    private final TestPlatform platform =
            TestPlatform.open(settings -> settings.cores(1).modelMemory(100L << 20));
    private ScriptedBackend.Gate gate;

    @BeforeEach
    void serve() {
        platform.serve(tested("one", 40), "scale 3");
        platform.serve(tested("busy", 40), "scale 3");
    }

    @AfterEach
    void close() {
        platform.close();
        assertThat(platform.backend().misused()).isFalse();
        assertThat(platform.backend().openModels()).isZero();
    }

    private static Manifest tested(String name, int memoryMb) {
        Tensors answer = Tensors.of("y", Tensor.of(new float[] {3}));
        return Manifest.builder(name, ScriptedBackend.FORMAT)
                .runtime(RuntimeSpec.unspecified().memoryMb(memoryMb))
                .selfTest(new Manifest.SelfTest(x(1), answer, 0, 0, OptionalDouble.empty()))
                .build();
    }

    /** Interrupts {@code load} while an engine runs what it waits for, and does not end. */
    private void interrupted(Runnable load) throws Exception {
        Predictor<Tensors, Tensors> busy = platform.predictor("busy");
        AtomicReference<Throwable> refused = new AtomicReference<>();
        Thread loader = new Thread(() -> refused.set(catchThrowable(load::run)));
        ScriptedBackend.Gate first = platform.backend().holdUpStubbornly(1);
        CompletableFuture<Prediction<Tensors>> call = busy.callAsync(x(1), CallOptions.defaults());
        first.awaitEntered();
        gate = platform.backend().holdUpStubbornly(1);
        loader.start();
        while (loader.isAlive() && platform.maas().monitor().devices().get(0).waiting() == 0) {
            Thread.onSpinWait();
        }
        first.close();
        gate.awaitEntered();
        assertThat(y(call.get().value())).containsExactly(3);
        loader.interrupt();
        loader.join();
        assertThat(refused.get())
                .isInstanceOfSatisfying(
                        UnavailableException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
        assertThat(platform.backend().openModels()).isEqualTo(2);
    }

    private void register(Manifest manifest) {
        platform.maas().repository().register(ScriptedBackend.model(manifest, "scale 3"));
    }

    private ErrorCode whyLargeOnesHaveNoRoom() {
        platform.backend().failNextLoads(1);
        // busy makes room, but not another of 40
        Throwable refused = catchThrowable(() -> register(tested("large", 70)));
        return ((MaasException) refused).code();
    }

    private void closeWhileTheRunGoesOn() throws InterruptedException {
        Thread closer = new Thread(platform.maas()::close);
        closer.start();
        while (closer.isAlive()
                && (platform.backend().openModels() > 1 || closer.getState() != Thread.State.TIMED_WAITING)) {
            Thread.onSpinWait();
        }
        assertThat(closer.isAlive()).isTrue();
        gate.close();
        closer.join();
    }

    @Test
    void aModelThatIsNotServedAfterAllTakesItsRoomUntilItsRunHasEnded() throws Exception {
        interrupted(() -> platform.predictor("one").close());
        assertThat(whyLargeOnesHaveNoRoom()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
    }

    @Test
    void aModelThatIsNotRegisteredAfterAllTakesItsRoomUntilItsRunHasEnded() throws Exception {
        interrupted(() -> register(tested("two", 40)));
        assertThat(whyLargeOnesHaveNoRoom()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
    }

    @Test
    void closingWaitsForTheRunOfAModelThatIsNotServedAfterAll() throws Exception {
        interrupted(() -> platform.predictor("one").close());
        closeWhileTheRunGoesOn();
    }

    @Test
    void closingWaitsForTheRunOfAModelThatIsNotRegisteredAfterAll() throws Exception {
        interrupted(() -> register(tested("two", 40)));
        closeWhileTheRunGoesOn();
    }
}
