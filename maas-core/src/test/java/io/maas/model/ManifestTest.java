package io.maas.model;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import io.maas.model.Manifest.Batching;
import io.maas.model.Manifest.Caching;
import io.maas.model.Manifest.Dependency;
import io.maas.model.Manifest.FileEntry;
import io.maas.model.Manifest.License;
import io.maas.model.Manifest.Metric;
import io.maas.model.Manifest.Provenance;
import io.maas.model.Manifest.Requirements;
import io.maas.model.Manifest.Role;
import io.maas.model.Manifest.RuntimeSpec;
import io.maas.model.Manifest.SelfTest;
import io.maas.model.Manifest.TransformStep;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ManifestTest {
    private static final FileEntry WEIGHTS = new FileEntry("model.onnx", Role.WEIGHTS, 3, Digest.of(new byte[3]));

    private static Manifest.Builder full() {
        return Manifest.builder("digits", "onnx")
                .version("1.0")
                .input(TensorSpec.of("x", DataType.FP32, "batch"))
                .output(TensorSpec.of("y", DataType.FP32, "batch"))
                .files(List.of(WEIGHTS))
                .runtime(new RuntimeSpec(
                        List.of("cpu"),
                        OptionalInt.of(64),
                        OptionalInt.of(2),
                        Optional.of(new Batching(OptionalInt.of(8), 5, OptionalDouble.of(1e-3), Map.of("x", 7.0))),
                        OptionalInt.of(1),
                        OptionalInt.of(1),
                        Optional.of(new Caching(16, OptionalInt.of(60)))))
                .incomparable()
                .before("tokenize", Map.of("input", "text"))
                .after("softmax", Map.of("input", "y"))
                .selfTest(new SelfTest(
                        Tensors.of("x", Tensor.of(new float[] {1})), Tensors.empty(), 0, 0, OptionalDouble.empty()))
                .reference(Map.of("mean", 0.5))
                .metric(new Metric("accuracy", 0.99, Optional.of("mnist"), Optional.of("test")))
                .license("Apache-2.0")
                .card("README.md")
                .provenance(new Provenance(
                        List.of("base"),
                        List.of("mnist"),
                        Optional.of("abc"),
                        Optional.of("torch"),
                        Optional.of("2026")))
                .dependsOn(new Dependency(ModelName.of("other"), Digest.of(new byte[1])))
                .requires(new Requirements(
                        Optional.of("0.1"), Optional.of("onnxruntime>=1.17"), OptionalInt.of(17), List.of("softmax")))
                .owner("team")
                .runbook("https://example.org/runbook")
                .extensions(Map.of("vendor", Map.of("key", 1)));
    }

    @Test
    void aSmallManifestLeavesEverythingElseOpen() {
        Manifest manifest = Manifest.builder("digits", "onnx").build();
        assertThat(manifest.name()).isEqualTo(ModelName.of("digits"));
        assertThat(manifest.format()).isEqualTo("onnx");
        assertThat(manifest.version()).isEmpty();
        assertThat(manifest.inputs()).isEmpty();
        assertThat(manifest.runtime()).isEqualTo(RuntimeSpec.unspecified());
        assertThat(manifest.provenance()).isEqualTo(Provenance.unknown());
        assertThat(manifest.requires()).isEqualTo(Requirements.none());
        assertThat(manifest.license()).isEmpty();
        assertThat(manifest.file("model.onnx")).isEmpty();
    }

    @Test
    void everyPartOfItComesThroughABuilder() throws ReflectiveOperationException {
        Manifest full = full().build();
        Manifest small = Manifest.builder("other", "scripted").build();
        for (RecordComponent component : Manifest.class.getRecordComponents()) {
            assertThat(component.getAccessor().invoke(full))
                    .as(component.getName())
                    .isNotEqualTo(component.getAccessor().invoke(small));
        }
        assertThat(full.toBuilder().build()).isEqualTo(full);
        assertThat(small.toBuilder().build()).isEqualTo(small);
    }

    @Test
    void stepsHaveTheFirstVersionUnlessSaidOtherwise() {
        assertThat(full().build().before()).containsExactly(new TransformStep("tokenize", 1, Map.of("input", "text")));
        assertThat(full().build().after()).containsExactly(new TransformStep("softmax", 1, Map.of("input", "y")));
    }

    @Test
    void aLicenceMayHaveATextInThePackage() {
        License own = new License("LicenseRef-own", Optional.of("LICENSE"));
        assertThat(full().build().license()).contains(new License("Apache-2.0", Optional.empty()));
        assertThat(full().license(own).build().license()).contains(own);
    }

    @Test
    void aBuilderThatGoesOnLeavesWhatItBuiltAlone() {
        Manifest.Builder builder = full();
        Manifest first = builder.build();
        Manifest again = first.toBuilder()
                .input(TensorSpec.of("z", DataType.FP32))
                .owner("others")
                .build();
        builder.input(TensorSpec.of("z", DataType.FP32));
        assertThat(first).isEqualTo(full().build());
        assertThat(again.inputs()).hasSize(2);
        assertThat(again.owner()).contains("others");
    }

    @Test
    void whatIsGivenIsCopied() {
        List<FileEntry> files = new ArrayList<>(List.of(WEIGHTS));
        Map<String, Object> extensions = new HashMap<>(Map.of("a", 1));
        Manifest manifest =
                full().files(files).extensions(extensions).reference(extensions).build();
        files.clear();
        extensions.clear();
        assertThat(manifest.file("model.onnx")).contains(WEIGHTS);
        assertThat(manifest.extensions()).containsEntry("a", 1);
        assertThat(manifest.reference()).containsEntry("a", 1);
    }

    @Test
    void aNameOrLabelThatCannotBeOneIsRefused() {
        assertRefused(ErrorCode.INVALID_NAME, () -> Manifest.builder("my model", "onnx"));
        assertRefused(ErrorCode.INVALID_NAME, () -> full().version("1/2"));
    }
}
