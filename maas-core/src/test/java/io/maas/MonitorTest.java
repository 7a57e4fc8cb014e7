package io.maas;

import static io.maas.testkit.ScriptedBackend.x;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.maas.model.ModelName;
import io.maas.monitor.DeviceStats;
import io.maas.monitor.ModelStats;
import io.maas.monitor.Outcome;
import io.maas.predict.CallOptions;
import io.maas.predict.Prediction;
import io.maas.predict.Predictor;
import io.maas.repository.ModelVersion;
import io.maas.repository.PublishOptions;
import io.maas.repository.Traffic;
import io.maas.repository.TrafficOptions;
import io.maas.tensor.Tensors;
import io.maas.testkit.ScriptedBackend;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MonitorTest {
    @TempDir
    Path folder;

    private Platforms platforms;
    private Maas maas;

    @BeforeEach
    void open() {
        platforms = new Platforms(folder);
        maas = platforms.builder().cores(1).open();
    }

    @AfterEach
    void close() {
        maas.close();
    }

    private ModelVersion publish(String model, String script) {
        ModelVersion version = maas.repository().register(ScriptedBackend.model(model, script));
        maas.awaitServing(maas.repository().publish(version, PublishOptions.toProduction()));
        return version;
    }

    private ModelStats only(String model) {
        List<ModelStats> all = maas.monitor().models(ModelName.of(model));
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    @Test
    void aModelThatWasNeverCalledHasNoFigures() {
        publish("digits", "scale 2");
        Predictor<Tensors, Tensors> unused = maas.predictor("digits");
        assertThat(unused.signature()).isNotNull();
        assertThat(maas.monitor().models()).isEmpty();
    }

    @Test
    void callsAreCountedByHowTheyEnded() throws Exception {
        ModelVersion version = publish("digits", "scale 2");
        Predictor<Tensors, Tensors> digits = maas.predictor("digits");
        digits.predict(x(1));
        digits.call(x(1, 2, 3), CallOptions.defaults());
        digits.callAsync(x(4), CallOptions.defaults()).get();
        assertThat(catchThrowable(() -> digits.predict(Tensors.empty()))).isNotNull();
        assertThat(catchThrowable(digits.callAsync(Tensors.empty(), CallOptions.defaults())::get))
                .isNotNull();
        assertThat(catchThrowable(() -> digits.call(x(1), CallOptions.deadline(Duration.ofNanos(1)))))
                .isNotNull();
        try (ScriptedBackend.Gate gate = platforms.backend.holdUp(1)) {
            CompletableFuture<Prediction<Tensors>> cancelled = digits.callAsync(x(1), CallOptions.defaults());
            gate.awaitEntered();
            cancelled.cancel(true);
        }
        while (only("digits").count(Outcome.CANCELLED) == 0) {
            Thread.onSpinWait(); // the engine ends after the caller gave up
        }
        ModelStats stats = only("digits");
        assertThat(stats.outcomes())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(Outcome.SUCCEEDED, 3L, Outcome.REFUSED, 2L, Outcome.EXPIRED, 1L, Outcome.CANCELLED, 1L));
        assertThat(stats.calls()).isEqualTo(7);
        assertThat(stats.rows()).isEqualTo(5);
        assertThat(stats.version()).isEqualTo(version.version());
        assertThat(stats.digest()).isEqualTo(version.digest());
        assertThat(stats.total().count()).isEqualTo(3);
        assertThat(stats.total().max())
                .isPositive()
                .isGreaterThanOrEqualTo(stats.total().p50());
        assertThat(stats.total().sum()).isGreaterThanOrEqualTo(stats.engine().sum());
        assertThat(stats.lastCall()).isPresent();
    }

    @Test
    void failuresOfTheEngineAreToldApartFromBadInput() {
        publish("broken", "failing");
        Predictor<Tensors, Tensors> broken = maas.predictor("broken");
        assertThat(catchThrowable(() -> broken.predict(x(1)))).isNotNull();
        assertThat(only("broken").outcomes()).containsExactlyInAnyOrderEntriesOf(Map.of(Outcome.FAILED, 1L));
    }

    @Test
    void whatAReaderThrowsIsNoFailureOfTheModel() {
        publish("digits", "scale 2");
        Predictor<Tensors, Tensors> digits = maas.predictor("digits");
        Function<Tensors, Float> broken = outputs -> {
            throw new IllegalStateException("the caller's own");
        };
        assertThat(catchThrowable(() -> digits.predict(x(1), broken))).hasMessage("the caller's own");
        assertThat(only("digits").outcomes()).containsExactlyInAnyOrderEntriesOf(Map.of(Outcome.SUCCEEDED, 1L));

        ModelVersion two = maas.repository().register(ScriptedBackend.model("digits", "scale 3"));
        maas.awaitServing(maas.repository()
                .setTraffic(
                        ModelName.of("digits"),
                        Traffic.none().shadow(two.version(), 1),
                        TrafficOptions.ofProduction()));
        assertThat(catchThrowable(() -> digits.predict(x(1), broken))).hasMessage("the caller's own");
        assertThat(only("digits").outcomes()).containsExactlyInAnyOrderEntriesOf(Map.of(Outcome.SUCCEEDED, 2L));
    }

    @Test
    void eachVersionHasItsOwn() {
        publish("digits", "scale 2");
        Predictor<Tensors, Tensors> digits = maas.predictor("digits");
        digits.predict(x(1));
        publish("digits", "scale 3");
        digits.predict(x(1));
        digits.predict(x(1));
        publish("other", "scale 3");
        maas.predictor("other").predict(x(1));
        assertThat(maas.monitor().models())
                .extracting(stats -> stats.model() + ":" + stats.version() + " " + stats.calls())
                .containsExactly("digits:1 1", "digits:2 2", "other:1 1");
        maas.close();
        assertThat(maas.monitor().models()).as("also when closed").hasSize(3);
    }

    @Test
    void runsAreCountedByTheirRows() throws Exception {
        publish("digits", "scale 2");
        Predictor<Tensors, Tensors> digits = maas.predictor("digits");
        long before = only(digits).engineRuns();
        digits.predict(x(new float[100]));
        assertThat(only("digits").runs())
                .filteredOn(stats -> stats.rows() == 128)
                .hasSize(1)
                .allSatisfy(stats -> assertThat(stats.runs()).isEqualTo(1));
        assertThat(only("digits").engineRuns()).isEqualTo(before + 1);
    }

    private ModelStats only(Predictor<Tensors, Tensors> predictor) {
        predictor.predict(x(1));
        return only("digits");
    }

    @Test
    void aDeviceTellsWhatWaits() throws Exception {
        publish("digits", "scale 2");
        Predictor<Tensors, Tensors> digits = maas.predictor("digits");
        List<CompletableFuture<Prediction<Tensors>>> calls = new ArrayList<>();
        try (ScriptedBackend.Gate gate = platforms.backend.holdUpStubbornly(1)) {
            calls.add(digits.callAsync(x(1), CallOptions.defaults()));
            gate.awaitEntered();
            for (int i = 0; i < 5; i++) {
                calls.add(digits.callAsync(x(1, 2), CallOptions.defaults()));
            }
            while (cpu().waiting() < 5) {
                Thread.onSpinWait();
            }
            assertThat(cpu())
                    .satisfies(cpu -> assertThat(cpu.units()).isEqualTo(1))
                    .satisfies(cpu -> assertThat(cpu.busy()).isEqualTo(1))
                    .satisfies(cpu -> assertThat(cpu.waitingBytes()).isEqualTo(40))
                    .satisfies(cpu -> assertThat(cpu.predictedWait()).isPositive());
        }
        for (CompletableFuture<Prediction<Tensors>> call : calls) {
            call.get();
        }
        while (cpu().busy() > 0) {
            Thread.onSpinWait(); // the thread of the device gives the core back after the answer
        }
        assertThat(cpu().waiting()).isZero();
    }

    private DeviceStats cpu() {
        List<DeviceStats> devices = maas.monitor().devices();
        assertThat(devices).hasSize(1);
        return devices.get(0);
    }
}
