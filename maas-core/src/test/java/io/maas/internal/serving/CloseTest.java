package io.maas.internal.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CloseTest {
    private static boolean close(double expected, double actual, double atol, double rtol) {
        return Close.enough(Tensor.of(new double[] {0, expected}), Tensor.of(new double[] {0, actual}), atol, rtol);
    }

    @ParameterizedTest
    @CsvSource({
        // expected, actual, atol, rtol, close
        "1, 1, 0, 0, true",
        "1, 1.5, 0.5, 0, true",
        "1, 1.5, 0.4375, 0, false",
        "1, 0.5, 0.5, 0, true",
        "100, 101, 0, 0.01, true",
        "-100, -101, 0, 0.01, true",
        "100, 102, 0, 0.01, false",
        "100, 102, 1, 0.01, true",
        "0, 1e-9, 0, 0.5, false",
        "0, -0.0, 0, 0, true",
        "1, -1, 0.5, 0.5, false"
    })
    void numbersMayDifferByTheToleranceRelativeToTheExpectedOne(
            double expected, double actual, double atol, double rtol, boolean close) {
        assertThat(close(expected, actual, atol, rtol)).isEqualTo(close);
    }

    @ParameterizedTest
    @CsvSource({
        "NaN, NaN, true",
        "NaN, 1, false",
        "1, NaN, false",
        "Infinity, Infinity, true",
        "-Infinity, -Infinity, true",
        "Infinity, -Infinity, false",
        "Infinity, 1, false",
        "-Infinity, 1e300, false",
        "1, Infinity, false"
    })
    void whatIsNotFiniteIsCloseToNothingButItself(double expected, double actual, boolean close) {
        assertThat(close(expected, actual, 1, 0.1)).isEqualTo(close);
        assertThat(close(expected, actual, 0, 0)).isEqualTo(close);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FP16", "BF16", "FP32", "FP64"})
    void everyFloatingTypeIsCompared(DataType type) {
        Tensor one = Tensor.of(type, new double[] {1});
        assertThat(Close.enough(one, Tensor.of(type, new double[] {1.125}), 0.125, 0))
                .isTrue();
        assertThat(Close.enough(one, Tensor.of(type, new double[] {1.25}), 0.125, 0))
                .isFalse();
    }

    @Test
    void typeAndShapeMustBeEqual() {
        Tensor row = Tensor.of(new float[] {1, 2});
        assertThat(Close.enough(row, row.reshape(2, 1), 9, 9)).isFalse();
        assertThat(Close.enough(row, Tensor.of(new double[] {1, 2}), 9, 9)).isFalse();
    }

    @Test
    void integersAndTextsMustBeEqual() {
        Tensor numbers = Tensor.of(new long[] {1, 2});
        assertThat(Close.enough(numbers, Tensor.of(new long[] {1, 2}), 0, 0)).isTrue();
        assertThat(Close.enough(numbers, Tensor.of(new long[] {1, 3}), 9, 9)).isFalse();
        assertThat(Close.enough(Tensor.of(new String[] {"a"}), Tensor.of(new String[] {"a"}), 0, 0))
                .isTrue();
        assertThat(Close.enough(Tensor.of(new String[] {"a"}), Tensor.of(new String[] {"b"}), 9, 9))
                .isFalse();
    }

    @Test
    void theScaleIsTheLargestFiniteMagnitude() {
        assertThat(Close.scale(Tensor.of(new float[] {1, -3, 2}))).isEqualTo(3);
        assertThat(Close.scale(Tensor.of(new float[] {Float.NEGATIVE_INFINITY, 2, Float.NaN})))
                .isEqualTo(2);
        assertThat(Close.scale(Tensor.of(new float[0]))).isZero();
        assertThat(Close.scale(Tensor.of(new long[] {7}))).isZero();
        assertThat(Close.scale(Tensor.of(new String[] {"7"}))).isZero();
    }

    @Test
    void distanceIsRelativeToWhatIsExpected() {
        assertThat(Close.distance(Tensor.of(new float[] {3, 4}), Tensor.of(new float[] {3, 4})))
                .isZero();
        assertThat(Close.distance(Tensor.of(new float[] {3, 4}), Tensor.of(new float[] {6, 8})))
                .isEqualTo(1);
        assertThat(Close.distance(Tensor.of(new float[] {1}), Tensor.of(new float[] {Float.NaN})))
                .isInfinite();
        assertThat(Close.distance(Tensor.of(new long[] {1}), Tensor.of(new long[] {1})))
                .isInfinite();
        assertThat(Close.distance(Tensor.of(new float[] {1}), Tensor.of(new float[] {1, 1})))
                .isInfinite();
    }
}
