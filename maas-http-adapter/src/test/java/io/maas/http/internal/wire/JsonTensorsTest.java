package io.maas.http.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.tensor.DataType;
import io.maas.tensor.Shape;
import io.maas.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class JsonTensorsTest {
    private static Tensor read(String json, DataType type, long... shape) throws IOException {
        try (JsonParser parser = Json.FACTORY.createParser(json)) {
            parser.nextToken();
            Tensor tensor = shape.length == 0
                    ? JsonTensors.read(parser, "x", type, json.length())
                    : JsonTensors.read(parser, "x", type, Shape.of(shape));
            assertThat(parser.nextToken()).as("is left at its last token").isNull();
            return tensor;
        }
    }

    @Test
    void flatAndNestedDataAreTheSame() throws IOException {
        Tensor flat = read("[1, 2.5, 3, 4, 5, 6]", DataType.FP32, 2, 3);
        assertThat(flat).isEqualTo(read("[[1, 2.5, 3], [4, 5, 6]]", DataType.FP32, 2, 3));
        assertThat(flat.toFloats()).containsExactly(1, 2.5f, 3, 4, 5, 6);
    }

    @Test
    void withoutAnAnnouncedShapeItIsTheDatas() throws IOException {
        assertThat(read("[[[1], [2]]]", DataType.INT32).shape()).isEqualTo(Shape.of(1, 2, 1));
        assertThat(read("7", DataType.INT64)).isEqualTo(Tensor.scalar(7L));
        assertThat(read("\"a text\"", DataType.BYTES).stringAt()).isEqualTo("a text");
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void everyTypeComesBackAsItWasWritten(DataType type) throws IOException {
        Tensor tensor = switch (type) {
            case BYTES -> Tensor.of(new String[] {"", "ä\"\n", "日本", "x"}, 2, 2);
            case BOOL -> Tensor.of(new boolean[] {true, false, false, true}, 2, 2);
            case FP16, BF16, FP32, FP64 -> Tensor.of(type, new double[] {0, -1.5, 0.25, 3}, 2, 2);
            case UINT64 -> Tensor.of(type, new long[] {0, 1, Long.MAX_VALUE, -1}, 2, 2);
            case INT8, INT16, INT32, INT64 -> Tensor.of(type, new long[] {0, -1, 127, -128}, 2, 2);
            case UINT8, UINT16, UINT32 -> Tensor.of(type, new long[] {0, 1, 2, 255}, 2, 2);
        };
        String flat =
                new String(JsonBytes.of(json -> JsonTensorWriter.writeFlat(json, tensor)), StandardCharsets.UTF_8);
        assertThat(read(flat, type, 2, 2)).isEqualTo(tensor);
        String nested =
                new String(JsonBytes.of(json -> JsonTensorWriter.writeNested(json, tensor)), StandardCharsets.UTF_8);
        assertThat(read(nested, type)).isEqualTo(tensor);
        assertThat(BinaryTensors.size(tensor))
                .isEqualTo(BinaryTensors.write(tensor).remaining());
        assertThat(BinaryTensors.read("x", type, tensor.shape(), BinaryTensors.write(tensor)))
                .isEqualTo(tensor);
    }

    @Test
    void extremesKeepEveryDigit() throws IOException {
        assertThat(read("[9223372036854775807, -9223372036854775808]", DataType.INT64)
                        .toLongs())
                .containsExactly(Long.MAX_VALUE, Long.MIN_VALUE);
        assertThat(read("[1e-45, 3.4028235e38, 0.1]", DataType.FP32).toFloats())
                .containsExactly(Float.MIN_VALUE, Float.MAX_VALUE, 0.1f);
        assertThat(read("[4.9e-324, 1.7976931348623157e308]", DataType.FP64).toDoubles())
                .containsExactly(Double.MIN_VALUE, Double.MAX_VALUE);
    }

    @Test
    void whatJsonHasNoNumberForIsNull() {
        Tensor odd = Tensor.of(new float[] {Float.NaN, Float.POSITIVE_INFINITY, 1});
        assertThat(JsonBytes.of(json -> JsonTensorWriter.writeFlat(json, odd)))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("[null,null,1.0]");
    }

    @Test
    void memoryGrowsWithWhatCame() throws IOException {
        StringBuilder json = new StringBuilder("[");
        for (int i = 0; i < 100_000; i++) {
            json.append(i).append(',');
        }
        json.setCharAt(json.length() - 1, ']');
        Tensor many = read(json.toString(), DataType.INT32);
        assertThat(many.elements()).isEqualTo(100_000);
        assertThat(many.longAt(99_999)).isEqualTo(99_999);
        assertThatThrownBy(() -> read("[1]", DataType.FP64, Integer.MAX_VALUE))
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TENSOR_SHAPE));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[1, 2]          | FP32  | 3   | TENSOR_SHAPE",
                "[[1, 2], [3]]   | FP32  | 2 2 | TENSOR_SHAPE",
                "[[1], [2, 3]]   | FP32  |     | TENSOR_SHAPE",
                "[[1, 2], 3]     | FP32  |     | TENSOR_SHAPE",
                "[1, [2, 3]]     | FP32  |     | TENSOR_SHAPE",
                "[[1, 2], [[3]]] | FP32  |     | TENSOR_SHAPE",
                "[[1, 2, 3, 4]]  | FP32  | 2 2 | TENSOR_SHAPE",
                "[[[[[[[[[1]]]]]]]]] | FP32 |  | TENSOR_SHAPE",
                "[]              | FP32  | 1   | TENSOR_SHAPE",
                "[1e999]         | FP64  | 1   | BAD_INPUT",
                "[1e39]          | FP32  | 1   | BAD_INPUT",
                "[null]          | FP32  | 1   | BAD_INPUT",
                "[\"1\"]         | FP32  | 1   | BAD_INPUT",
                "[true]          | FP32  | 1   | BAD_INPUT",
                "[1.5]           | INT32 | 1   | BAD_INPUT",
                "[2147483648]    | INT32 | 1   | BAD_INPUT",
                "[-1]            | UINT8 | 1   | BAD_INPUT",
                "[9223372036854775808]  | INT64  | 1 | BAD_INPUT",
                "[18446744073709551616] | UINT64 | 1 | BAD_INPUT",
                "[-1]            | UINT64 | 1  | BAD_INPUT",
                "[2]             | BOOL  | 1   | BAD_INPUT",
                "[1]             | BYTES | 1   | BAD_INPUT",
                "{}              | FP32  | 1   | BAD_INPUT",
                "[{}]            | FP32  | 1   | BAD_INPUT",
                "null            | FP32  | 1   | BAD_INPUT"
            })
    void whatDoesNotFitIsRefused(String json, DataType type, String shape, ErrorCode code) {
        long[] dims = shape == null
                ? new long[0]
                : java.util.Arrays.stream(shape.split(" "))
                        .mapToLong(Long::parseLong)
                        .toArray();
        assertThatThrownBy(() -> read(json, type, dims))
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining("x");
    }

    @Test
    void bytesThatAreNoElementsAreRefused() {
        Tensor two = Tensor.of(new String[] {"ab", "c"});
        java.nio.ByteBuffer good = BinaryTensors.write(two);
        for (int cut = 0; cut < good.limit(); cut++) {
            java.nio.ByteBuffer part = good.duplicate().limit(cut);
            assertThatThrownBy(() -> BinaryTensors.read("x", DataType.BYTES, Shape.of(2), part))
                    .isInstanceOf(InvalidInputException.class);
        }
        assertThatThrownBy(() -> BinaryTensors.read("x", DataType.BYTES, Shape.of(1), good))
                .hasMessageContaining("behind the last element");
        java.nio.ByteBuffer endless = java.nio.ByteBuffer.wrap(new byte[] {-1, -1, -1, 127});
        assertThatThrownBy(() -> BinaryTensors.read("x", DataType.BYTES, Shape.of(1), endless))
                .isInstanceOf(InvalidInputException.class);
        java.nio.ByteBuffer truth = java.nio.ByteBuffer.wrap(new byte[] {0, 2});
        assertThatThrownBy(() -> BinaryTensors.read("x", DataType.BOOL, Shape.of(2), truth))
                .hasMessageContaining("a BOOL is the byte 2");
        java.nio.ByteBuffer odd = java.nio.ByteBuffer.wrap(new byte[7]);
        assertThatThrownBy(() -> BinaryTensors.read("x", DataType.FP32, Shape.of(2), odd))
                .hasMessageContaining("7 bytes, and needs 8");
    }
}
