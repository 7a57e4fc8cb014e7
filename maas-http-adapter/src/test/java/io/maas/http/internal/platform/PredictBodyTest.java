package io.maas.http.internal.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.InvalidInputException;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.tensor.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PredictBodyTest {
    private static final Signature NUMBERS = of(DataType.FP32);
    private static final Signature TEXTS = of(DataType.BYTES);

    private static Signature of(DataType type) {
        List<TensorSpec> one = List.of(TensorSpec.of("x", type, "N"));
        return new Signature(one, one);
    }

    /** Somewhere in a larger buffer, as bodies are. */
    private static PredictBody body(String text) {
        byte[] utf8 = text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        ByteBuffer larger = ByteBuffer.allocateDirect(utf8.length + 20).order(ByteOrder.LITTLE_ENDIAN);
        larger.position(7).put(utf8).limit(7 + utf8.length).position(7);
        return PredictBody.of(larger);
    }

    private static float[] numbers(PredictBody body) {
        return body.inputs(NUMBERS).tensors().get(0).toFloats();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'model': 'm', 'version': '3', 'input': [1, 2.5, -3e-1]}",
                "{'input': [1, 2.5, -3e-1], 'model': 'm', 'version': 3}",
                " { 'model' : 'm' , 'input' : [ 1 , 2.5 , -3e-1 ] , 'version' : '3' } \r\n",
                "{'inputs':[1,2.5,-3e-1],'other':{'model':'no','input':[7]},'model':'m','version':'3'}",
                "{'other': [[1], {'a': []}], 'input_data': {'x': [1, 2.5, -3e-1]}, 'version': '3', 'model': 'm'}",
                "{'input': [9], 'inputs': [1, 2.5, -3e-1], 'model': 'm', 'version': '3'}",
            })
    void membersComeInAnyOrder(String text) {
        PredictBody body = body(text);
        assertThat(body.model()).hasValue("m");
        assertThat(body.version()).hasValue("3");
        assertThat(numbers(body)).containsExactly(1, 2.5f, -0.3f);
    }

    @Test
    void textsMayLookLikeJson() {
        PredictBody body = body("{'input': ['a]', '\\\\', '\\'}', '\u00e9'], 'model': 'm'}");
        assertThat(body.model()).hasValue("m");
        assertThat(body.inputs(TEXTS).tensors().get(0).toStrings()).containsExactly("a]", "\\", "\"}", "\u00e9");
    }

    @Test
    void oneValueIsAnInput() {
        assertThat(numbers(body("{'input': 7, 'model': 'm'}"))).containsExactly(7);
        assertThat(body("{'input': 'text'}").inputs(TEXTS).tensors().get(0).toStrings())
                .containsExactly("text");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'input': [1}",
                "{'input': [1]",
                "{'input': [1],}",
                "{'input': [1],, 'model': 'm'}",
                "{'input': [1] 'model': 'm'}",
                "{'input': [1], model: 'm'}",
                "{'input': [1]}}",
                "{'input': [1]} {}",
                "{'input': [1]]",
                "{'input': [1], 'model': 'm'} 1",
                "{'input': [1], 'input': [2]}",
                "{'model': 'm', 'input': [1], 'model': 'n'}",
                "{'input': ['unended]}",
                "{'input': [1], 'model': 'm'",
                "{'input'}",
                "{",
            })
    void whatIsNoJsonIsRefusedWhereverThatShows(String text) {
        assertThatThrownBy(() -> body(text)).isInstanceOf(InvalidInputException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'input': [1 2]}",
                "{'input': [1,]}",
                "{'input': [01]}",
                "{'input': [[1}]}",
                "{'input': {'x': [1}}",
                "{'input': [NaN]}",
                "{'input': [1e]}",
            })
    void inputsThatAreNoJsonAreRefusedWhenTheyAreRead(String text) {
        assertThatThrownBy(() -> numbers(body(text))).isInstanceOf(InvalidInputException.class);
    }
}
