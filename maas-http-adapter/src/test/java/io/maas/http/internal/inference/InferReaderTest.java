package io.maas.http.internal.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.InvalidInputException;
import io.maas.predict.Priority;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InferReaderTest {
    private static final String X = "'name': 'x', 'shape': [1, 2], 'datatype': 'FP32'";

    private static InferRequest read(String json) {
        byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return InferReader.read(ByteBuffer.wrap(bytes), bytes.length);
    }

    private static InferRequest read(String json, ByteBuffer binary) {
        byte[] head = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        ByteBuffer body = ByteBuffer.allocateDirect(head.length + binary.remaining());
        body.put(head).put(binary.duplicate()).flip();
        return InferReader.read(body, head.length);
    }

    private static ByteBuffer floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.flip();
    }

    @Test
    void aRequestIsReadInAnyOrderOfItsFields() {
        InferRequest usual = read("{'id': '7', 'inputs': [{" + X + ", 'data': [1, 2]}]}");
        InferRequest odd =
                read("{'inputs': [{'data': [[1, 2]], " + X + ", 'unknown': {'a': [1]}}], 'more': [], 'id': '7'}");
        assertThat(usual).isEqualTo(odd);
        assertThat(usual.id()).contains("7");
        assertThat(usual.inputs().get("x").toFloats()).containsExactly(1, 2);
        assertThat(usual.outputs()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "FP32  | [2]   | [1.5,-2e3]",
                "FP64  | [2,1] | [ [1.5], [-2e3] ]",
                "INT64 | [1]   | 7",
                "BYTES | [2]   | ['a\u00fc ]', 'x\\n[\\u0041']",
                "BYTES | [1]   | 'one'",
                "BOOL  | [2]   | [true,false]",
            })
    void dataMayComeBeforeWhatItIs(String type, String shape, String data) {
        String what = "'name': 'x', 'datatype': '" + type + "', 'shape': " + shape;
        assertThat(read("{ 'inputs': [{'data': " + data + ", " + what + "}, {'data': [1, 2], 'name': 'y', 'shape': [2],"
                        + " 'datatype': 'FP32'}]}"))
                .isEqualTo(read("{'inputs': [{" + what + ", 'data': " + data + "}, {'name': 'y', 'shape': [2],"
                        + " 'datatype': 'FP32', 'data': [1, 2]}]}"));
        assertThatThrownBy(() -> read("{'inputs': [{'data': ['a', {}], " + what + "}]}"))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void whatIsNotInUtf8IsRefused() {
        byte[] bytes = "{\"inputs\": [{\"data\": [1], \"name\": \"x\"}]}".getBytes(StandardCharsets.UTF_16LE);
        assertThatThrownBy(() -> InferReader.read(ByteBuffer.wrap(bytes), bytes.length))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void parametersSayHowToCall() {
        InferRequest request =
                read("{'parameters': {'timeout': 2000, 'priority': 1, 'routing_key': 'u', 'binary_data_output': true,"
                        + " 'sequence_id': 9}, 'inputs': [{" + X + ", 'data': [1, 2]}],"
                        + " 'outputs': [{'name': 'y', 'parameters': {'binary_data': false}}, {'name': 'z'}]}");
        assertThat(request.timeout()).contains(Duration.ofMillis(2));
        assertThat(request.priority()).isEqualTo(Priority.HIGH);
        assertThat(request.key()).contains("u");
        assertThat(request.outputs())
                .containsExactly(
                        new InferRequest.Wanted("y", Optional.of(false)),
                        new InferRequest.Wanted("z", Optional.empty()));
        assertThat(request.isBinary(request.outputs().get(0))).isFalse();
        assertThat(request.isBinary(request.outputs().get(1))).isTrue();
    }

    @Test
    void bytesBehindTheJsonAreNotCopied() {
        InferRequest request = read(
                "{'inputs': [{'name': 'a', 'shape': [1], 'datatype': 'FP32', 'data': [3]},"
                        + " {" + X + ", 'parameters': {'binary_data_size': 8}},"
                        + " {'name': 'b', 'shape': [1], 'datatype': 'FP32', 'parameters': {'binary_data_size': 4}}]}",
                floats(1, 2, 4));
        assertThat(request.inputs().get("x").toFloats()).containsExactly(1, 2);
        assertThat(request.inputs().get("a").toFloats()).containsExactly(3);
        assertThat(request.inputs().get("b").toFloats()).containsExactly(4);
        assertThat(request.inputs().get("x").isDirect()).isTrue();
    }

    @Test
    void bytesMustBeAsManyAsWasSaid() {
        String input = "{'inputs': [{" + X + ", 'parameters': {'binary_data_size': %s}}]}";
        assertThatThrownBy(() -> read(input.formatted("8"), floats(1))).hasMessageContaining("only 4 bytes follow");
        assertThatThrownBy(() -> read(input.formatted("8"), floats(1, 2, 3)))
                .hasMessageContaining("4 bytes follow those");
        assertThatThrownBy(() -> read(input.formatted("4"), floats(1))).hasMessageContaining("needs 8");
        assertThatThrownBy(() -> read(input.formatted("-1"), floats(1))).hasMessageContaining("negative");
        assertThatThrownBy(() -> read(input.formatted("9223372036854775807"), floats(1, 2)))
                .isInstanceOf(InvalidInputException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "                                             | it is nothing",
                "[]                                           | not an object",
                "{                                            | not JSON",
                "{'inputs': {}}                               | not an array",
                "{'inputs': [[]]}                             | not an object",
                "{'inputs': []} {}                            | something follows",
                "{'id': 1}                                    | not a string",
                "{'id': 'a', 'id': 'b'}                       | Duplicate",
                "{'inputs': [{'name': 'x'}]}                  | no datatype",
                "{'inputs': [{'datatype': 'FP32', 'shape': [1]}]} | no name",
                "{'inputs': [{'name': 'x', 'datatype': 'FP32'}]}  | no shape",
                "{'inputs': [{'name': 'x', 'datatype': 'FP31', 'shape': [1], 'data': [1]}]} | there is no datatype FP31",
                "{'inputs': [{'name': 'x', 'datatype': 'FP32', 'shape': [1]}]} | it has no data",
                "{'inputs': [{'name': 'x', 'datatype': 'FP32', 'shape': [0], 'data': []}]} | the size 0",
                "{'inputs': [{'name': 'x', 'datatype': 'FP32', 'shape': [-1], 'data': [1]}]} | the size -1",
                "{'inputs': [{'name': 'x', 'datatype': 'FP32', 'shape': [4294967296, 4294967296], 'data': [1]}]} | cannot be counted",
                "{'inputs': [{'name': 'x', 'datatype': 'FP32', 'shape': [65536, 65536], 'data': [1]}]} | more than can be held",
                "{'inputs': [{'name': 'x', 'datatype': 'FP32', 'shape': [1,1,1,1,1,1,1,1,1], 'data': [1]}]} | more than 8",
                "{'inputs': [{'name': 'x', 'datatype': 'FP32', 'shape': [1.5], 'data': [1]}]} | whole number",
                "{'inputs': [{'name': 'x', 'datatype': 'FP32', 'shape': [1], 'data': [NaN]}]} | not JSON",
                "{'inputs': [{'name': 'x', 'datatype': 'FP32', 'shape': [1], 'data': [1e999]}]} | out of range",
                "{'parameters': {'timeout': -1}}              | negative",
                "{'parameters': {'binary_data_output': 1}}    | not a truth value",
                "{'outputs': [{'name': 'y', 'parameters': {'classification': 3}}]} | classification"
            })
    void whatIsNoRequestIsRefused(String json, String why) {
        assertThatThrownBy(() -> read(json == null ? "" : json))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(why);
    }

    @Test
    void nestingAndCountsHaveBounds() {
        assertThatThrownBy(() -> read("{'a': " + "[".repeat(100_000))).hasMessageContaining("not JSON");
        String input = "{'name': 'x', 'shape': [1], 'datatype': 'FP32', 'data': [1]},";
        assertThatThrownBy(() -> read("{'inputs': [" + input.repeat(65) + "]}")).hasMessageContaining("more than 64");
    }
}
