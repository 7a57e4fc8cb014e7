package io.maas.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.Maas;
import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.model.Manifest.SelfTest;
import io.maas.model.TensorSpec;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.PublishOptions;
import io.maas.spi.Backend;
import io.maas.spi.BackendProvider;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine of DJL that nothing here was written for. */
class OtherEnginesTest {
    @TempDir
    Path folder;

    private Maas maas() {
        return Maas.builder().store(URI.create("memory:other")).cache(folder).open();
    }

    private static PackageSource scale(String model) {
        Manifest manifest = Manifest.builder("scale", "scale")
                .input(TensorSpec.of("x", DataType.FP32, "batch", 2))
                .output(TensorSpec.of("y", DataType.FP32, "batch", 2))
                .selfTest(new SelfTest(
                        Tensors.of("x", Tensor.of(new float[] {1, 2}, 1, 2)),
                        Tensors.of("y", Tensor.of(new float[] {3, 6}, 1, 2)),
                        0,
                        1e-6,
                        OptionalDouble.empty()))
                .build();
        return PackageSource.builder(manifest)
                .file("model.scale", Role.WEIGHTS, model.getBytes(StandardCharsets.US_ASCII))
                .build();
    }

    @Test
    void itsFormatIsItsNameAndThoseWithABackendOfTheirOwnAreLeftOut() {
        BackendProvider provider = ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.name().equals("djl-other"))
                .findFirst()
                .orElseThrow();
        assertThat(provider.formats()).isEqualTo(Set.of("scale"));
        try (Backend backend = provider.open()) {
            assertThat(backend.engine()).isEqualTo("scale 1.0");
            assertThat(backend.devices()).containsExactly("cpu");
        }
    }

    @Test
    void itsModelsAreModelsLikeAnyOther() {
        try (Maas maas = maas()) {
            ModelVersion version = maas.repository().register(scale("3"));
            maas.repository().publish(version, PublishOptions.toProduction());
            Tensors inputs = Tensors.of("x", Tensor.of(new float[] {1, 0, 0, 5}, 2, 2));
            assertThat(maas.predictor("scale").predict(inputs))
                    .isEqualTo(Tensors.of("y", Tensor.of(new float[] {3, 0, 0, 15}, 2, 2)));
        }
    }

    @Test
    void itsRefusalIsAModelsFault() {
        try (Maas maas = maas()) {
            assertThatThrownBy(() -> maas.repository().register(scale("three")))
                    .hasMessageContaining("Scale refuses it, no number")
                    .extracting(e -> ((MaasException) e).code())
                    .isEqualTo(ErrorCode.MODEL_CORRUPT);
            assertThatThrownBy(() -> maas.repository().register(scale("4")))
                    .extracting(e -> ((MaasException) e).code())
                    .isEqualTo(ErrorCode.MODEL_SELF_TEST);
        }
    }
}
