package io.maas.tensor;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.ErrorCode;
import org.junit.jupiter.api.Test;

class ShapeTest {
    @Test
    void aShapeHasTheProductOfItsDimensionsAsElements() {
        Shape shape = Shape.of(2, 3, 4);
        assertThat(shape.rank()).isEqualTo(3);
        assertThat(shape.dim(1)).isEqualTo(3);
        assertThat(shape.elements()).isEqualTo(24);
        assertThat(shape).hasToString("[2, 3, 4]");
    }

    @Test
    void aScalarHasNoDimensionAndOneElement() {
        assertThat(Shape.of().rank()).isZero();
        assertThat(Shape.of().elements()).isEqualTo(1);
        assertThat(Shape.of()).hasToString("[]");
    }

    @Test
    void oneEmptyDimensionLeavesNoElements() {
        assertThat(Shape.of(2, 0, 3).elements()).isZero();
        assertThat(Shape.of(0).elements()).isZero();
    }

    @Test
    void aNegativeDimensionIsRefusedEvenBesideAnEmptyOne() {
        assertRefused(ErrorCode.TENSOR_SHAPE, () -> Shape.of(2, -1)).hasMessageContaining("[2, -1]");
        assertRefused(ErrorCode.TENSOR_SHAPE, () -> Shape.of(0, -1)).hasMessageContaining("negative");
    }

    @Test
    void aProductBeyondALongIsRefusedEvenBesideAnEmptyDimension() {
        assertThat(Shape.of(Long.MAX_VALUE).elements()).isEqualTo(Long.MAX_VALUE);
        assertThat(Shape.of(1L << 31, 1L << 31).elements()).isEqualTo(1L << 62);
        // 2^63 wraps to a negative number and 2^64 to zero
        assertRefused(ErrorCode.TENSOR_SHAPE, () -> Shape.of(1L << 32, 1L << 31))
                .hasMessageContaining("2^63-1");
        assertRefused(ErrorCode.TENSOR_SHAPE, () -> Shape.of(1L << 32, 1L << 32));
        assertRefused(ErrorCode.TENSOR_SHAPE, () -> Shape.of(0, 1L << 32, 1L << 32));
    }

    @Test
    void aShapeIsItsOwnCopy() {
        long[] dims = {2, 3};
        Shape shape = Shape.of(dims);
        dims[0] = 9;
        shape.toArray()[1] = 9;
        assertThat(shape.toArray()).containsExactly(2, 3);
    }

    @Test
    void oneDimensionCanBeChangedInACopy() {
        Shape shape = Shape.of(2, 3);
        assertThat(shape.with(0, 5)).isEqualTo(Shape.of(5, 3));
        assertThat(shape).isEqualTo(Shape.of(2, 3));
        assertRefused(ErrorCode.TENSOR_SHAPE, () -> shape.with(0, -5));
        assertThatThrownBy(() -> shape.with(2, 5)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> shape.dim(2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void equalDimensionsMakeEqualShapes() {
        assertThat(Shape.of(2, 3)).isEqualTo(Shape.of(2, 3)).hasSameHashCodeAs(Shape.of(2, 3));
        assertThat(Shape.of(2, 3)).isNotEqualTo(Shape.of(3, 2)).isNotEqualTo(Shape.of(2, 3, 1));
        assertThat(Shape.of(2, 3).equals((Object) "[2, 3]")).isFalse();
    }
}
