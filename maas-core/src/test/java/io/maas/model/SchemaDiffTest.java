package io.maas.model;

import static io.maas.tensor.DataType.FP32;
import static io.maas.tensor.DataType.INT64;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.tensor.DataType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaDiffTest {
    private static final TensorSpec X = TensorSpec.of("x", FP32, "batch", 4);
    private static final TensorSpec Y = TensorSpec.of("y", FP32, "batch", 3);

    private static Signature of(List<TensorSpec> inputs, List<TensorSpec> outputs) {
        return new Signature(inputs, outputs);
    }

    private static boolean compatible(Signature before, Signature after) {
        return SchemaDiff.between(before, after).isCompatible();
    }

    @Test
    void nothingChangesBetweenEqualSignatures() {
        Signature same = of(List.of(X), List.of(Y));
        assertThat(SchemaDiff.between(same, same).changes()).isEmpty();
        assertThat(SchemaDiff.between(same, same)).hasToString("nothing changes for callers");
    }

    @Test
    void anotherNameOfAFreeDimensionIsNoChange() {
        Signature before = of(List.of(TensorSpec.of("x", FP32, "batch", 4)), List.of(Y));
        Signature after = of(List.of(TensorSpec.of("x", FP32, "n", 4)), List.of(Y));
        assertThat(SchemaDiff.between(before, after).changes()).isEmpty();
    }

    /** What a dimension was, what it became, and whether callers notice it in an input and in an output. */
    @ParameterizedTest
    @CsvSource({"4, 5, false, false", "4, n, true, false", "n, 4, false, true", "n, m, true, true"})
    void dimensionsMayWidenInInputsAndNarrowInOutputs(String was, String is, boolean input, boolean output) {
        TensorSpec before = TensorSpec.of("t", FP32, "batch", dim(was));
        TensorSpec after = TensorSpec.of("t", FP32, "batch", dim(is));
        assertThat(compatible(of(List.of(before), List.of(Y)), of(List.of(after), List.of(Y))))
                .isEqualTo(input);
        assertThat(compatible(of(List.of(X), List.of(before)), of(List.of(X), List.of(after))))
                .isEqualTo(output);
    }

    private static Object dim(String text) {
        return text.matches("\\d+") ? (Object) Integer.valueOf(text) : text;
    }

    @Test
    void aNewInputBreaksAndANewOutputDoesNot() {
        TensorSpec more = TensorSpec.of("more", INT64, "batch");
        assertThat(compatible(of(List.of(X), List.of(Y)), of(List.of(X, more), List.of(Y))))
                .isFalse();
        assertThat(compatible(of(List.of(X), List.of(Y)), of(List.of(X), List.of(Y, more))))
                .isTrue();
    }

    @Test
    void whatDisappearsBreaks() {
        TensorSpec more = TensorSpec.of("more", INT64, "batch");
        assertThat(compatible(of(List.of(X, more), List.of(Y)), of(List.of(X), List.of(Y))))
                .isFalse();
        assertThat(compatible(of(List.of(X), List.of(Y, more)), of(List.of(X), List.of(Y))))
                .isFalse();
    }

    @Test
    void anotherTypeOrRankBreaks() {
        Signature before = of(List.of(X), List.of(Y));
        assertThat(compatible(before, of(List.of(TensorSpec.of("x", DataType.FP64, "batch", 4)), List.of(Y))))
                .isFalse();
        assertThat(compatible(before, of(List.of(TensorSpec.of("x", FP32, 4)), List.of(Y))))
                .isFalse();
    }

    @Test
    void otherLabelsBreakSinceTheNumbersMeanSomethingElse() {
        Signature named = of(List.of(X), List.of(Y.labelled(List.of("a", "b", "c"))));
        Signature turned = of(List.of(X), List.of(Y.labelled(List.of("a", "c", "b"))));
        assertThat(compatible(named, turned)).isFalse();
        assertThat(compatible(of(List.of(X), List.of(Y)), named)).isTrue();
        assertThat(SchemaDiff.between(named, turned).toString()).contains("'y'", "[a, b, c]", "(breaking)");
    }
}
