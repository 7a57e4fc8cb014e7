package io.maas.model;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import io.maas.tensor.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DimTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 64, Long.MAX_VALUE})
    void aSizeIsOneOrMore(long size) {
        assertThat(Dim.of(size)).isEqualTo(new Dim.Fixed(size)).hasToString(Long.toString(size));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void otherSizesAreRefused(long size) {
        assertRefused(ErrorCode.TENSOR_SHAPE, () -> Dim.of(size)).hasMessageContaining(Long.toString(size));
    }

    @ParameterizedTest
    @ValueSource(strings = {"?", "batch", "unk__12", "past_sequence + 1", "_", "floor((n - 1)/2)"})
    void aNameIsWhatConvertersWrite(String name) {
        assertThat(Dim.of(name)).isEqualTo(new Dim.Named(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3", "-1", "??", " batch", "batch\n", "a,b", "[n]"})
    void otherNamesAreRefused(String name) {
        assertRefused(ErrorCode.TENSOR_SHAPE, () -> Dim.of(name)).hasMessageContaining("'batch'");
    }

    @Test
    void aNameHasAtMost128Signs() {
        assertThat(Dim.of("n".repeat(128)).toString()).hasSize(128);
        assertRefused(ErrorCode.TENSOR_SHAPE, () -> Dim.of("n".repeat(129)));
    }

    @Test
    void theQuestionMarkIsAnySize() {
        assertThat(Dim.of("?")).isEqualTo(Dim.ANY);
    }

    @Test
    void aTensorIsSpecifiedByNumbersNamesAndDimensions() {
        TensorSpec spec = TensorSpec.of("image", DataType.FP32, "batch", 3, 64L, Dim.ANY);
        assertThat(spec.dims()).containsExactly(Dim.of("batch"), Dim.of(3), Dim.of(64), Dim.ANY);
        assertThat(spec.rank()).isEqualTo(4);
        assertThat(spec).hasToString("image FP32[batch, 3, 64, ?]");
        assertThat(TensorSpec.of("scalar", DataType.INT64)).hasToString("scalar INT64[]");
    }

    @Test
    void aSpecificationIsCopiedWithOneThingChanged() {
        List<String> labels = new ArrayList<>(List.of("cat", "dog"));
        TensorSpec spec = new TensorSpec("y", DataType.FP32, List.of(Dim.of(2)), labels, Optional.of("probabilities"));
        labels.clear();
        assertThat(spec.labels()).containsExactly("cat", "dog");
        assertThat(spec.named("z"))
                .isEqualTo(new TensorSpec(
                        "z", DataType.FP32, List.of(Dim.of(2)), List.of("cat", "dog"), Optional.of("probabilities")));
        assertThat(spec.labelled(List.of("a", "b")).labels()).containsExactly("a", "b");
        assertThat(spec.labelled(List.of("a", "b")).semantic()).contains("probabilities");
    }
}
