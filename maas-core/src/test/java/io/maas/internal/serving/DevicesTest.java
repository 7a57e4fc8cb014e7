package io.maas.internal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.schedule.Limits;
import io.maas.model.Manifest;
import io.maas.model.Manifest.RuntimeSpec;
import io.maas.spi.Backend;
import io.maas.spi.LoadedModel;
import io.maas.spi.ModelFiles;
import io.maas.spi.Placement;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DevicesTest {
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);

    @AfterEach
    void end() {
        timer.shutdownNow();
    }

    private static Manifest wanting(String devices, int threads) {
        RuntimeSpec runtime =
                RuntimeSpec.unspecified().devices(devices.isEmpty() ? List.of() : List.of(devices.split(" ")));
        return Manifest.builder("digits", "onnx")
                .runtime(threads == 0 ? runtime : runtime.threads(threads))
                .build();
    }

    private record Engine(List<String> devices) implements Backend {
        @Override
        public String engine() {
            return "engine 1.0";
        }

        @Override
        public LoadedModel load(ModelFiles files, Placement placement) {
            throw new UnsupportedOperationException("only asked for its devices");
        }

        @Override
        public void close() {}
    }

    private Devices devices(String wanted) {
        return new Devices(wanted, 4, Limits.standard(), timer);
    }

    @ParameterizedTest
    @CsvSource({
        "auto, '', 'cpu', cpu",
        "auto, '', 'gpu:0 gpu:1 cpu', gpu:0",
        "auto, 'auto', 'gpu:0 cpu', gpu:0",
        "auto, 'gpu cpu', 'cpu', cpu",
        "auto, 'gpu cpu', 'gpu:0 cpu', gpu:0",
        "auto, 'cuda:1', 'gpu:0 gpu:1 cpu', gpu:1",
        "auto, 'cpu gpu', 'gpu:0 cpu', cpu",
        "cpu, 'gpu', 'gpu:0 cpu', cpu",
        "gpu, 'cpu', 'gpu:0 cpu', gpu:0",
        "gpu:1, '', 'gpu:0 gpu:1 cpu', gpu:1"
    })
    void theHostDecidesThenThePackageThenTheEngine(String host, String pack, String engine, String expected) {
        try (Devices devices = devices(host)) {
            Devices.Place place = devices.place(wanting(pack, 0), new Engine(List.of(engine.split(" "))));
            assertThat(place.placement().device()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "auto, 'cuda mps', 'cpu', '[cuda, mps]'",
        "gpu, '', 'cpu', '''gpu'''",
        "gpu:1, '', 'gpu:0 cpu', '''gpu:1'''"
    })
    void aDeviceThatIsNotThereIsRefusedByName(String host, String pack, String engine, String named) {
        try (Devices devices = devices(host)) {
            assertThatThrownBy(() -> devices.place(wanting(pack, 0), new Engine(List.of(engine.split(" ")))))
                    .isInstanceOfSatisfying(
                            InvalidInputException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.PACKAGE_REQUIRES))
                    .hasMessageContaining(named)
                    .hasMessageContaining("engine 1.0 has [" + engine.replace(" ", ", ") + "]");
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 4", "1, 1, 4", "2, 2, 2", "3, 3, 1", "4, 4, 1", "64, 4, 1"})
    void coresAreNeverPromisedTwice(int asked, int threads, int runs) {
        try (Devices devices = devices("auto")) {
            Devices.Place place = devices.place(wanting("cpu", asked), new Engine(List.of("cpu")));
            assertThat(place.placement().threads()).isEqualTo(threads);
            assertThat(place.runs()).isEqualTo(runs);
            assertThat(place.runs() * place.units()).isLessThanOrEqualTo(4);
        }
    }

    @Test
    void modelsOnOneDeviceShareIt() {
        try (Devices devices = devices("auto")) {
            Backend engine = new Engine(List.of("gpu:0", "cpu"));
            Devices.Place first = devices.place(wanting("gpu", 0), engine);
            assertThat(devices.place(wanting("", 0), engine).device()).isSameAs(first.device());
            assertThat(devices.place(wanting("cpu", 0), engine).device()).isNotSameAs(first.device());
            assertThat(first.placement().threads()).isEqualTo(1);
        }
    }
}
