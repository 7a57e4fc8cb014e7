package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import triton.client.InferInput;
import triton.client.InferRequestedOutput;
import triton.client.InferResult;
import triton.client.InferenceException;
import triton.client.InferenceServerClient;
import triton.client.pojo.DataType;

/** Triton's Java client, as its maintainers publish it. */
@SuppressWarnings("try") // what its close may throw is its own affair
class TritonJavaClientTest extends ServerFixture {
    private static final int MILLIS = 10_000;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tensorsGoBothWays(boolean binary) throws Exception {
        platform.serve("price", "scale 3");
        try (InferenceServerClient client =
                new InferenceServerClient("127.0.0.1:" + server.address().getPort(), MILLIS, MILLIS)) {
            InferInput input = new InferInput("x", new long[] {2}, DataType.FP32);
            input.setData(new float[] {1, 2.5f}, binary);
            InferResult result = client.infer("price", List.of(input), List.of(new InferRequestedOutput("y", binary)));
            assertThat(result.getOutputAsFloat("y")).containsExactly(3, 7.5f);
            assertThatThrownBy(() ->
                            client.infer("nobody", List.of(input), List.of(new InferRequestedOutput("y", binary))))
                    .isInstanceOf(InferenceException.class)
                    .hasMessageContaining("nobody");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void textsBecomeVectors(boolean binary) throws Exception {
        platform.serve("encoder", "embed 4");
        try (InferenceServerClient client =
                new InferenceServerClient("127.0.0.1:" + server.address().getPort(), MILLIS, MILLIS)) {
            InferInput input = new InferInput("text", new long[] {2}, DataType.BYTES);
            input.setData(new String[] {"one", "zwei ü"}, binary);
            String output = output(client, input, binary);
            assertThat(output).isNotEmpty();
        }
    }

    private static String output(InferenceServerClient client, InferInput input, boolean binary)
            throws IOException, InferenceException {
        InferResult result = client.infer("encoder", List.of(input), List.of());
        String name = result.getOutputs().get(0);
        assertThat(client.infer("encoder", List.of(input), List.of(new InferRequestedOutput(name, binary)))
                        .getOutputAsFloat(name))
                .hasSize(8);
        return name;
    }
}
