package io.maas.model;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.maas.error.ErrorCode;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignatureTest {
    private static final TensorSpec IDS = TensorSpec.of("ids", DataType.INT64, "batch", "length");
    private static final TensorSpec MASK = TensorSpec.of("mask", DataType.INT64, "batch", "length");
    private static final TensorSpec SCORE = TensorSpec.of("score", DataType.FP32, "batch", 2);
    private static final Signature SIGNATURE = new Signature(List.of(IDS, MASK), List.of(SCORE));

    private static Tensor ids(long... dims) {
        return Tensor.of(new long[Math.toIntExact(io.maas.tensor.Shape.of(dims).elements())], dims);
    }

    private static Signature taking(TensorSpec... inputs) {
        return new Signature(List.of(inputs), List.of());
    }

    @Test
    void whatFitsIsAcceptedInAnyOrder() {
        assertThatCode(() -> {
                    SIGNATURE.checkInputs(Tensors.of("ids", ids(2, 5), "mask", ids(2, 5)));
                    SIGNATURE.checkInputs(Tensors.of("mask", ids(2, 5), "ids", ids(2, 5)));
                    SIGNATURE.checkOutputs(Tensors.of("score", Tensor.of(new float[4], 2, 2)));
                })
                .doesNotThrowAnyException();
    }

    @Test
    void aMissingTensorIsNamedWithThoseGiven() {
        assertRefused(ErrorCode.TENSOR_MISSING, () -> SIGNATURE.checkInputs(Tensors.of("ids", ids(2, 5))))
                .hasMessageContaining("'mask' is missing, given are [ids]")
                .hasMessageContaining("mask INT64[batch, length]");
        assertRefused(ErrorCode.TENSOR_MISSING, () -> SIGNATURE.checkInputs(Tensors.empty()));
    }

    @Test
    void anUnknownTensorIsNamedWithThoseExpected() {
        Tensors given = Tensors.builder()
                .add("ids", ids(2, 5))
                .add("mask", ids(2, 5))
                .add("masc", ids(2, 5))
                .build();
        assertRefused(ErrorCode.TENSOR_UNKNOWN, () -> SIGNATURE.checkInputs(given))
                .hasMessageContaining("no tensor 'masc'")
                .hasMessageContaining("ids INT64[batch, length]");
    }

    @Test
    void anotherTypeIsRefused() {
        assertRefused(
                        ErrorCode.TENSOR_TYPE,
                        () -> SIGNATURE.checkInputs(Tensors.of("ids", Tensor.of(new int[10], 2, 5), "mask", ids(2, 5))))
                .hasMessageContaining("'ids' has type INT32, expected INT64");
    }

    @Test
    void anotherNumberOfDimensionsIsRefused() {
        assertRefused(ErrorCode.TENSOR_RANK, () -> SIGNATURE.checkInputs(Tensors.of("ids", ids(2, 5), "mask", ids(10))))
                .hasMessageContaining("'mask' has 1 dimensions, [10], expected 2");
    }

    @Test
    void anotherFixedDimensionIsRefused() {
        assertRefused(
                        ErrorCode.TENSOR_DIM,
                        () -> SIGNATURE.checkOutputs(Tensors.of("score", Tensor.of(new float[6], 2, 3))))
                .hasMessageStartingWith("Cannot use the outputs")
                .hasMessageContaining("dimension 1 of the tensor 'score' is 3 in [2, 3], expected 2");
    }

    @Test
    void equalNamesAreOfOneSizeAcrossTensors() {
        assertRefused(
                        ErrorCode.TENSOR_DIM,
                        () -> SIGNATURE.checkInputs(Tensors.of("ids", ids(2, 5), "mask", ids(2, 6))))
                .hasMessageContaining("dimension 1 of the tensor 'mask' ('length') is 6")
                .hasMessageContaining("expected 5 as in dimension 1 of 'ids'");
        assertRefused(
                        ErrorCode.TENSOR_DIM,
                        () -> SIGNATURE.checkInputs(Tensors.of("ids", ids(2, 5), "mask", ids(3, 5))))
                .hasMessageContaining("('batch') is 3, expected 2 as in dimension 0 of 'ids'");
    }

    @Test
    void equalNamesAreOfOneSizeWithinATensor() {
        Signature square = taking(TensorSpec.of("matrix", DataType.INT64, "n", "n"));
        assertThatCode(() -> square.checkInputs(Tensors.of("matrix", ids(3, 3))))
                .doesNotThrowAnyException();
        assertRefused(ErrorCode.TENSOR_DIM, () -> square.checkInputs(Tensors.of("matrix", ids(3, 4))))
                .hasMessageContaining("dimension 1 of the tensor 'matrix' ('n') is 4, expected 3")
                .hasMessageContaining("dimension 0 of 'matrix'");
    }

    @Test
    void theQuestionMarkPromisesNothing() {
        Signature any = taking(TensorSpec.of("a", DataType.INT64, "?", "?"), TensorSpec.of("b", DataType.INT64, "?"));
        assertThatCode(() -> any.checkInputs(Tensors.of("a", ids(3, 4), "b", ids(5))))
                .doesNotThrowAnyException();
    }

    @Test
    void namesOfTheInputsDoNotBindTheOutputs() {
        assertThatCode(() -> {
                    SIGNATURE.checkInputs(Tensors.of("ids", ids(2, 5), "mask", ids(2, 5)));
                    SIGNATURE.checkOutputs(Tensors.of("score", Tensor.of(new float[2], 1, 2)));
                })
                .doesNotThrowAnyException();
    }

    @Test
    void anEmptyBatchIsRefused() {
        assertRefused(
                        ErrorCode.EMPTY_BATCH,
                        () -> SIGNATURE.checkInputs(Tensors.of("ids", ids(0, 5), "mask", ids(0, 5))))
                .hasMessageContaining("dimension 0 of the tensor 'ids' is empty, its shape is [0, 5]");
    }

    @Test
    void anotherEmptyDimensionIsRefusedTooEvenIfItsSizeIsFree() {
        assertRefused(
                        ErrorCode.TENSOR_DIM,
                        () -> SIGNATURE.checkInputs(Tensors.of("ids", ids(2, 0), "mask", ids(2, 0))))
                .hasMessageContaining("dimension 1 of the tensor 'ids' is empty");
        assertRefused(
                ErrorCode.TENSOR_DIM,
                () -> taking(TensorSpec.of("a", DataType.INT64, 1, "?")).checkInputs(Tensors.of("a", ids(1, 0))));
    }

    @Test
    void aScalarHasNoBatch() {
        assertThatCode(() -> taking(TensorSpec.of("k", DataType.INT64)).checkInputs(Tensors.of("k", Tensor.scalar(3L))))
                .doesNotThrowAnyException();
    }

    @Test
    void tensorsAreFoundByName() {
        assertThat(SIGNATURE.input("mask")).contains(MASK);
        assertThat(SIGNATURE.input("score")).isEmpty();
        assertThat(SIGNATURE.output("score")).contains(SCORE);
        assertThat(SIGNATURE.output("mask")).isEmpty();
    }

    @Test
    void itIsShownInShort() {
        assertThat(SIGNATURE)
                .hasToString("ids INT64[batch, length], mask INT64[batch, length] -> score FP32[batch, 2]");
    }

    @Test
    void itIsItsOwnCopy() {
        List<TensorSpec> inputs = new ArrayList<>(List.of(IDS));
        Signature signature = new Signature(inputs, inputs);
        inputs.add(MASK);
        assertThat(signature.inputs()).containsExactly(IDS);
        assertThat(signature.outputs()).containsExactly(IDS);
    }
}
