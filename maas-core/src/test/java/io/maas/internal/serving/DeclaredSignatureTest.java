package io.maas.internal.serving;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import io.maas.model.Dim;
import io.maas.model.Manifest;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.tensor.DataType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DeclaredSignatureTest {
    private static final TensorSpec X = TensorSpec.of("x", DataType.FP32, "unk__1", 64);
    private static final TensorSpec Y = TensorSpec.of("y", DataType.FP32, "?", 10);
    private static final Signature ENGINE = new Signature(List.of(X), List.of(Y));

    private static Signature merge(TensorSpec... inputs) {
        Manifest.Builder manifest = Manifest.builder("digits", "onnx");
        for (TensorSpec input : inputs) {
            manifest.input(input);
        }
        return DeclaredSignature.merge(manifest.build(), ENGINE);
    }

    @Test
    void theEngineIsTakenAtItsWordWhereNothingIsDeclared() {
        assertThat(merge()).isEqualTo(ENGINE);
    }

    @Test
    void namesOfFreeDimensionsMayBeDeclared() {
        assertThat(merge(TensorSpec.of("x", DataType.FP32, "batch", 64)).inputs())
                .containsExactly(TensorSpec.of("x", DataType.FP32, "batch", 64));
    }

    @Test
    void freeDimensionsMayBeNarrowed() {
        assertThat(merge(TensorSpec.of("x", DataType.FP32, 1, 64)).inputs())
                .containsExactly(TensorSpec.of("x", DataType.FP32, 1, 64));
    }

    @Test
    void aQuestionMarkLeavesTheEnginesName() {
        assertThat(merge(TensorSpec.of("x", DataType.FP32, "?", 64)).inputs()).containsExactly(X);
    }

    @Test
    void labelsAndMeaningAreTakenFromTheManifestIfItHasThem() {
        TensorSpec told =
                new TensorSpec("y", DataType.FP32, List.of(Dim.of(2)), List.of("a", "b"), Optional.of("engine's"));
        Signature engine = new Signature(List.of(), List.of(told));
        Manifest plain = Manifest.builder("digits", "onnx")
                .output(TensorSpec.of("y", DataType.FP32, 2))
                .build();
        assertThat(DeclaredSignature.merge(plain, engine).outputs()).containsExactly(told);
        TensorSpec own = new TensorSpec("y", DataType.FP32, List.of(Dim.of(2)), List.of("0", "1"), Optional.of("ours"));
        Manifest rich = Manifest.builder("digits", "onnx").output(own).build();
        assertThat(DeclaredSignature.merge(rich, engine).outputs()).containsExactly(own);
    }

    @Test
    void theOrderIsTheEngines() {
        TensorSpec z = TensorSpec.of("z", DataType.FP32, "n");
        Signature engine = new Signature(List.of(X, z), List.of());
        Manifest manifest = Manifest.builder("digits", "onnx").input(z).input(X).build();
        assertThat(DeclaredSignature.merge(manifest, engine).inputs()).containsExactly(X, z);
    }

    private static Stream<Arguments> disagreements() {
        return Stream.of(
                Arguments.of(TensorSpec.of("image", DataType.FP32, "n", 64), "maas.json does not list it"),
                Arguments.of(TensorSpec.of("x", DataType.FP64, "n", 64), "x FP64[n, 64] and the engine x FP32"),
                Arguments.of(TensorSpec.of("x", DataType.FP32, "n"), "x FP32[n] and the engine"),
                Arguments.of(TensorSpec.of("x", DataType.FP32, "n", 65), "dimension 1 of the input 'x' is 65"),
                Arguments.of(TensorSpec.of("x", DataType.FP32, "n", "m"), "is m in maas.json and 64 in the engine"),
                Arguments.of(TensorSpec.of("x", DataType.FP32, "n", "?"), "is ? in maas.json and 64 in the engine"));
    }

    @ParameterizedTest
    @MethodSource("disagreements")
    void disagreementsAreRefused(TensorSpec declared, String why) {
        assertRefused(ErrorCode.MODEL_SIGNATURE, () -> merge(declared))
                .hasMessageContaining("digits")
                .hasMessageContaining(why);
    }

    @Test
    void aDeclaredTensorThatTheEngineDoesNotHaveIsRefused() {
        assertRefused(ErrorCode.MODEL_SIGNATURE, () -> merge(X, TensorSpec.of("mask", DataType.INT64, "n")))
                .hasMessageContaining("the input 'mask'")
                .hasMessageContaining("the engine has only");
    }
}
