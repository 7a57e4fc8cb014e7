package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.maas.monitor.Outcome;
import io.maas.predict.CallOptions;
import io.maas.predict.Predictor;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import io.maas.testkit.EngineFailure;
import io.maas.testkit.ScriptedBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InferenceProtocolTest extends ServerFixture {
    private static final String INFER = "/v2/models/price/infer";
    private static final String BODY =
            "{'id': '7', 'inputs': [{'name': 'x', 'shape': [2], 'datatype': 'FP32', 'data': [1, 2.5]}]}";

    @BeforeEach
    void serve() {
        platform.serve("price", "scale 3");
    }

    @Test
    void theServerTellsOfItself() {
        JsonNode server = get("/v2").json();
        assertThat(server.get("name").asText()).isEqualTo("maas");
        assertThat(server.get("extensions")).extracting(JsonNode::asText).contains("binary_tensor_data", "statistics");
        assertThat(get("/v2/health/live").status()).isEqualTo(200);
        assertThat(get("/v2/health/ready").status()).isEqualTo(200);
        assertThat(get("/healthz").status()).isEqualTo(200);
    }

    @Test
    void aModelTellsOfItself() {
        JsonNode model = get("/v2/models/price").json();
        assertThat(model.get("name").asText()).isEqualTo("price");
        assertThat(model.get("versions")).extracting(JsonNode::asText).containsExactly("1");
        assertThat(model.get("inputs").toString()).isEqualTo("[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[-1]}]");
        assertThat(model.get("outputs").toString())
                .isEqualTo("[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[-1]}]");
        assertThat(get("/v2/models/price/versions/1").json()).isEqualTo(model);
        assertThat(get("/v2/models/price/ready").status()).isEqualTo(200);
        assertThat(get("/v2/models/price/versions/1/ready").status()).isEqualTo(200);
    }

    @Test
    void jsonIsAnsweredWithJson() {
        Reply reply = post(INFER, BODY);
        assertThat(reply.text())
                .isEqualTo(
                        "{\"model_name\":\"price\",\"model_version\":\"1\",\"id\":\"7\",\"outputs\":[{\"name\":\"y\","
                                + "\"datatype\":\"FP32\",\"shape\":[2],\"data\":[3.0,7.5]}]}");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).contains("application/json");
        assertThat(post("/v2/models/price/versions/1/infer?undocumented=y", BODY)
                        .text())
                .isEqualTo(reply.text());
    }

    @Test
    void largeTensorsAreAnsweredWithBytes() {
        int elements = 100_001;
        byte[] json = ("{\"inputs\": [{\"name\": \"x\", \"shape\": [" + elements
                        + "], \"datatype\": \"FP32\", \"parameters\": {\"binary_data_size\": " + 4 * elements
                        + "}}], \"parameters\": {\"binary_data_output\": true}}")
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer body = ByteBuffer.allocate(json.length + 4 * elements).order(ByteOrder.LITTLE_ENDIAN);
        body.put(json);
        for (int i = 0; i < elements; i++) {
            body.putFloat(i);
        }
        Reply reply = post(INFER, body.array(), "Inference-Header-Content-Length", Integer.toString(json.length));
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        int head =
                Integer.parseInt(reply.header("Inference-Header-Content-Length").orElseThrow());
        ByteBuffer answer =
                ByteBuffer.wrap(reply.body()).order(ByteOrder.LITTLE_ENDIAN).position(head);
        for (int i = 0; i < elements; i++) {
            assertThat(answer.getFloat() == 3f * i).as("element %s", i).isTrue();
        }
        assertThat(answer.hasRemaining()).isFalse();
    }

    @Test
    void jsonBeforeBytesIsNoLargerThanOtherJson() {
        byte[] body = BODY.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        assertThat(post(INFER, body, "Inference-Header-Content-Length", Integer.toString((16 << 20) + 1))
                        .status())
                .isEqualTo(413);
        assertThat(post(INFER, body, "Inference-Header-Content-Length", Integer.toString(16 << 20))
                        .status())
                .as("more than there is")
                .isEqualTo(400);
    }

    @Test
    void bytesAreAnsweredWithBytes() {
        byte[] json = ("{\"inputs\": [{\"name\": \"x\", \"shape\": [2], \"datatype\": \"FP32\", \"parameters\":"
                        + " {\"binary_data_size\": 8}}], \"parameters\": {\"binary_data_output\": true}}")
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer body = ByteBuffer.allocate(json.length + 8).order(ByteOrder.LITTLE_ENDIAN);
        body.put(json).putFloat(1).putFloat(2.5f);
        Reply reply = post(INFER, body.array(), "Inference-Header-Content-Length", Integer.toString(json.length));
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).contains("application/octet-stream");
        int head =
                Integer.parseInt(reply.header("Inference-Header-Content-Length").orElseThrow());
        assertThat(new String(reply.body(), 0, head, StandardCharsets.UTF_8))
                .endsWith("\"shape\":[2],\"parameters\":{\"binary_data_size\":8}}]}");
        ByteBuffer values = ByteBuffer.wrap(reply.body(), head, 8).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(values.getFloat()).isEqualTo(3);
        assertThat(values.getFloat()).isEqualTo(7.5f);
        assertThat(values.remaining()).isZero();
    }

    @Test
    void onlyWhatIsAskedForComesBack() {
        assertThat(post(INFER, BODY.replace("]}]}", "]}], 'outputs': [{'name': 'y'}]}"))
                        .status())
                .isEqualTo(200);
        Reply unknown = post(INFER, BODY.replace("]}]}", "]}], 'outputs': [{'name': 'z'}]}"));
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.json().get("error").asText()).contains("no such output, [y]");
    }

    @Test
    void eachKindOfFailureHasItsStatus() {
        assertError(404, "/v2/models/nobody/infer", BODY, "nobody");
        assertError(404, "/v2/models/price/versions/9/infer", BODY, "9");
        assertError(404, "/v2/other", BODY, "no route");
        assertError(400, INFER, "{'inputs': [", "not JSON");
        assertError(400, INFER, BODY.replace("'x'", "'z'"), "z");
        assertError(400, INFER, BODY.replace("FP32", "INT32").replace("2.5", "2"), "INT32");
        assertError(400, "/v2/models/a%20b/infer", BODY, "name");
        platform.register("draft", "scale 2");
        assertError(400, "/v2/models/draft/infer", BODY, "draft");
        platform.backend().failNextRuns(1, EngineFailure.INFERENCE_FAILED);
        assertError(500, INFER, BODY, "scripted to fail");
        platform.backend().failNextRuns(1, EngineFailure.OVERLOADED);
        assertError(503, INFER, BODY, "");
        assertThat(post(INFER, BODY).status()).isEqualTo(200);
    }

    private void assertError(int status, String path, String body, String message) {
        Reply reply = post(path, body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.json().get("error").asText()).contains(message);
        assertThat(reply.json().size()).isEqualTo(1);
        if (status == 503) {
            assertThat(reply.header("Retry-After")).isPresent();
        }
    }

    @Test
    void otherMethodsAreRefusedAndTheRightOnesNamed() {
        Reply reply = get(INFER);
        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.header("Allow")).contains("POST");
    }

    @Test
    void theRepositoryListsWhatThereIs() {
        platform.register("draft", "scale 2");
        assertThat(post("/v2/repository/index", "{'ready': true}").json()).isEmpty();
        assertThat(get("/v2/models/price/ready").status()).isEqualTo(200);
        String all = post("/v2/repository/index", "").text();
        assertThat(all)
                .contains("{\"name\":\"price\",\"version\":\"1\",\"state\":\"READY\",\"reason\":\"\"}")
                .contains("{\"name\":\"draft\",\"version\":\"1\",\"state\":\"UNAVAILABLE\"");
        assertThat(post("/v2/repository/index", "{'ready': true}").json()).hasSize(1);
        assertThat(post("/v2/repository/index", "{'ready': true} 1").status()).isEqualTo(400);
        assertThat(post("/v2/repository/models/price/unload", "{}").status()).isEqualTo(200);
        assertThat(post("/v2/repository/models/price/load", "").status()).isEqualTo(200);
        assertThat(post("/v2/repository/models/draft/load", "").status()).isEqualTo(400);
    }

    @Test
    void statisticsCountWhatWasAnswered() {
        post(INFER, BODY);
        post(INFER, BODY);
        JsonNode stats = get("/v2/models/price/stats").json().get("model_stats").get(0);
        assertThat(stats.get("name").asText()).isEqualTo("price");
        assertThat(stats.get("inference_stats").get("success").get("count").asInt())
                .isEqualTo(2);
        assertThat(stats.get("inference_count").asInt()).isEqualTo(4);
        assertThat(get("/v2/models/stats").json().get("model_stats")).hasSize(1);
        assertThat(get("/v2/models/price/versions/1/stats").status()).isEqualTo(200);
        assertThat(get("/v2/models/nobody/stats").status()).isEqualTo(404);
    }

    @Test
    void aClientThatGoesAwayCancelsItsCall() throws IOException, InterruptedException {
        Predictor<Tensors, Tensors> price = platform.predictor("price"); // loads it before it is held up
        ScriptedBackend.Gate gate = platform.backend().holdUp(1, "scale 3");
        CompletableFuture<?> holds =
                price.callAsync(Tensors.of("x", Tensor.of(new float[] {1})), CallOptions.defaults());
        gate.awaitEntered();
        byte[] body = BODY.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            socket.getOutputStream()
                    .write(("POST " + INFER + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body);
            await(() -> platform.maas().monitor().devices().stream().anyMatch(device -> device.waiting() == 1));
        }
        await(() -> platform.maas().monitor().models().stream().anyMatch(model -> model.count(Outcome.CANCELLED) == 1));
        assertThat(holds).isNotDone();
        gate.close();
        assertThat(post(INFER, BODY).status()).isEqualTo(200);
    }

    /** Waits for what another thread does soon. */
    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }
}
