package io.maas.internal.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.tensor.DataType;
import io.maas.tensor.Shape;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.util.List;
import java.util.Map;
import java.util.function.LongBinaryOperator;
import org.junit.jupiter.api.Test;

/** Two inputs, of the lengths {@code a} and {@code b}, and one output whose length has no name. */
class OutputSizesTest {
    private static final Signature UNNAMED = signature("?", "?");

    private static Signature signature(String a, String b) {
        return new Signature(
                List.of(TensorSpec.of("a", DataType.FP32, "n", a), TensorSpec.of("b", DataType.FP32, "n", b)),
                List.of(TensorSpec.of("y", DataType.FP32, "n", "?")));
    }

    private static Tensors in(long a, long b) {
        return Tensors.of("a", row(a), "b", row(b));
    }

    private static Tensor row(long length) {
        return Tensor.of(new float[(int) length], 1, length);
    }

    private static OutputSizes seen(Signature signature, LongBinaryOperator y, long a1, long b1, long a2, long b2) {
        return OutputSizes.named(signature)
                .observed(
                        in(a1, b1),
                        Tensors.of("y", row(y.applyAsLong(a1, b1))),
                        in(a2, b2),
                        Tensors.of("y", row(y.applyAsLong(a2, b2))));
    }

    /** What a request with these lengths gets of a run in which both were filled up to 100. */
    private static Shape share(OutputSizes sizes, long a, long b) {
        BatchRule rule = BatchRule.rows(UNNAMED, Map.of("a", 0.0, "b", 0.0), sizes);
        return rule.share(Tensors.of("y", row(100)), 0, rule.work(in(a, b), Call.endless(0)))
                .get("y")
                .shape();
    }

    @Test
    void whatHasTheSizeOfOneInputBothTimesFollowsThatOne() {
        OutputSizes second = seen(UNNAMED, (a, b) -> b, 11, 13, 37, 43);
        assertThat(second.areKnown()).isTrue();
        assertThat(share(second, 20, 30)).isEqualTo(Shape.of(1, 30));
        OutputSizes first = seen(UNNAMED, (a, b) -> a, 11, 13, 37, 43);
        assertThat(share(first, 20, 30)).isEqualTo(Shape.of(1, 20));
    }

    @Test
    void whatMayFollowEitherOfTwoInputsIsNotKnown() {
        assertThat(seen(UNNAMED, (a, b) -> b, 11, 11, 37, 37).areKnown()).isFalse();
    }

    @Test
    void oneNameIsOneLengthHoweverManyInputsHaveIt() {
        assertThat(seen(signature("len", "len"), (a, b) -> b, 11, 11, 37, 37).areKnown())
                .isTrue();
    }

    @Test
    void whatHasOneSizeForVeryDifferentLengthsHasItAlways() {
        OutputSizes fixed = seen(UNNAMED, (a, b) -> 100, 11, 13, 37, 43);
        assertThat(fixed.areKnown()).isTrue();
        assertThat(share(fixed, 20, 30)).isEqualTo(Shape.of(1, 100));
    }

    @Test
    void lengthsThatHardlyDifferDoNotTellWhatIsFixed() {
        assertThat(seen(UNNAMED, (a, b) -> (a + 3) / 4, 2, 2, 3, 3).areKnown())
                .as("a quarter of either")
                .isFalse();
        assertThat(seen(UNNAMED, (a, b) -> b, 11, 13, 37, 13).areKnown())
                .as("the length of the one that stayed the same")
                .isFalse();
    }

    @Test
    void aPartOfALengthIsNeitherFixedNorTheLength() {
        assertThat(seen(UNNAMED, (a, b) -> (a + 3) / 4, 11, 13, 37, 43).areKnown())
                .isFalse();
        assertThat(seen(UNNAMED, (a, b) -> a + b, 11, 13, 37, 43).areKnown()).isFalse();
    }
}
