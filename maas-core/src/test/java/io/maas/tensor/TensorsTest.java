package io.maas.tensor;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.ErrorCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TensorsTest {
    private static final Tensor ONE = Tensor.of(new float[] {1});
    private static final Tensor TWO = Tensor.of(new long[] {2, 2});

    @Test
    void tensorsKeepTheirOrderAndAreFoundByNameAndByPosition() {
        Tensors tensors =
                Tensors.builder().add("b", TWO).add("a", ONE).add("c", ONE).build();
        assertThat(tensors.size()).isEqualTo(3);
        assertThat(tensors.names()).containsExactly("b", "a", "c");
        assertThat(tensors.name(1)).isEqualTo("a");
        assertThat(tensors.get(0)).isSameAs(TWO);
        assertThat(tensors.get("a")).isSameAs(ONE);
        assertThat(tensors.find("b")).containsSame(TWO);
        assertThat(tensors.find("d")).isEmpty();
        List<String> visited = new ArrayList<>();
        tensors.forEach((name, tensor) -> visited.add(name + tensor.elements()));
        assertThat(visited).containsExactly("b2", "a1", "c1");
    }

    @Test
    void aNameThatIsNotThereIsRefusedWithThoseThatAre() {
        Tensors tensors = Tensors.of("image", ONE, "mask", TWO);
        assertRefused(ErrorCode.TENSOR_UNKNOWN, () -> tensors.get("imgae"))
                .hasMessageContaining("'imgae'")
                .hasMessageContaining("[image, mask]");
    }

    @Test
    void twoTensorsOfOneNameAreRefused() {
        assertRefused(ErrorCode.TENSOR_UNKNOWN, () -> Tensors.of("x", ONE, "x", TWO))
                .hasMessageContaining("'x'");
    }

    @Test
    void onlyASingleTensorIsTheSingleOne() {
        assertThat(Tensors.of("x", ONE).single()).isSameAs(ONE);
        assertRefused(ErrorCode.TENSOR_UNKNOWN, () -> Tensors.empty().single()).hasMessageContaining("there are 0");
        assertRefused(
                        ErrorCode.TENSOR_UNKNOWN,
                        () -> Tensors.of("x", ONE, "y", TWO).single())
                .hasMessageContaining("[x, y]");
    }

    @Test
    void aBuilderThatGoesOnLeavesWhatItBuiltAlone() {
        Tensors.Builder builder = Tensors.builder().add("x", ONE);
        Tensors first = builder.build();
        builder.add("y", TWO);
        assertThat(first.names()).containsExactly("x");
        assertThat(builder.build().names()).containsExactly("x", "y");
    }

    @Test
    void equalTensorsOfEqualNamesInTheSameOrderAreEqual() {
        Tensors tensors = Tensors.of("x", ONE, "y", TWO);
        assertThat(tensors)
                .isEqualTo(Tensors.of("x", Tensor.of(new float[] {1}), "y", Tensor.of(new long[] {2, 2})))
                .hasSameHashCodeAs(Tensors.of("x", ONE, "y", TWO))
                .isNotEqualTo(Tensors.of("y", TWO, "x", ONE))
                .isNotEqualTo(Tensors.of("x", ONE, "z", TWO))
                .isNotEqualTo(Tensors.of("x", ONE));
        assertThat(tensors.equals((Object) "x")).isFalse();
        assertThat(Tensors.builder().build()).isEqualTo(Tensors.empty());
    }

    @Test
    void theyAreShownWithTheirNames() {
        assertThat(Tensors.of("x", ONE, "y", TWO)).hasToString("{x: FP32[1] {1.0}, y: INT64[2] {2, 2}}");
        assertThat(Tensors.empty()).hasToString("{}");
    }

    @Test
    void whatIsLentCannotBeReadAfterwards() {
        Tensors tensors = Tensors.of("x", ONE, "s", Tensor.of(new String[] {"a"}, 1));
        AtomicReference<Tensors> kept = new AtomicReference<>();
        float read = tensors.lend(lent -> {
            kept.set(lent);
            assertThat(lent).isEqualTo(tensors);
            return lent.get("x").floatAt(0);
        });
        assertThat(read).isEqualTo(1);
        Tensor x = kept.get().get("x");
        assertThat(x.shape()).isEqualTo(ONE.shape());
        assertThat(x).hasToString("FP32[1] {returned}");
        List<ThrowingCallable> reads = List.of(
                x::toFloats,
                x::asBuffer,
                x::copy,
                x::hashCode,
                () -> x.floatAt(0),
                () -> x.equals(ONE),
                () -> x.copyTo(ByteBuffer.allocate(4)),
                () -> x.rows(0, 1).toFloats(),
                () -> x.reshape(1, 1).toFloats(),
                () -> kept.get().get("s").toStrings());
        for (ThrowingCallable again : reads) {
            assertRefused(ErrorCode.TENSOR_RETURNED, again).hasMessageContaining("it was lent");
        }
        assertThat(ONE.toFloats()).containsExactly(1);
    }

    @Test
    void aLoanEndsWhateverItsReaderThrows() {
        AtomicReference<Tensors> kept = new AtomicReference<>();
        assertThatThrownBy(() -> Tensors.of("x", ONE).lend(lent -> {
                    kept.set(lent);
                    throw new IllegalStateException("as told");
                }))
                .hasMessage("as told");
        assertRefused(ErrorCode.TENSOR_RETURNED, () -> kept.get().single().toFloats());
    }
}
