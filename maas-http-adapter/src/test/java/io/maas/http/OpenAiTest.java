package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpenAiTest extends ServerFixture {
    @BeforeEach
    void serve() {
        platform.serve("encoder", "embed 4");
    }

    @Test
    void textsBecomeVectors() {
        JsonNode answer = post("/v1/embeddings", "{'model': 'encoder', 'input': ['one', 'two'], 'user': 'u'}")
                .json();
        assertThat(answer.get("object").asText()).isEqualTo("list");
        assertThat(answer.get("model").asText()).isEqualTo("encoder");
        assertThat(answer.get("data")).hasSize(2);
        assertThat(answer.get("data").get(1).get("index").asInt()).isEqualTo(1);
        assertThat(answer.get("data").get(1).get("embedding")).hasSize(4);
        JsonNode alone =
                post("/v1/embeddings", "{'model': 'encoder', 'input': 'two'}").json();
        assertThat(alone.get("data").get(0).get("embedding"))
                .isEqualTo(answer.get("data").get(1).get("embedding"));
    }

    @Test
    void vectorsComeInBase64() {
        String body = "{'model': 'encoder', 'input': 'one'%s}";
        JsonNode numbers = post("/v1/embeddings", body.formatted(""))
                .json()
                .get("data")
                .get(0)
                .get("embedding");
        String packed = post("/v1/embeddings", body.formatted(", 'encoding_format': 'base64'"))
                .json()
                .get("data")
                .get(0)
                .get("embedding")
                .asText();
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(packed)).order(ByteOrder.LITTLE_ENDIAN);
        for (JsonNode number : numbers) {
            assertThat(bytes.getFloat()).isEqualTo((float) number.asDouble());
        }
        assertThat(bytes.hasRemaining()).isFalse();
    }

    @Test
    void modelsAreListed() {
        platform.register("draft", "embed 4");
        assertThat(get("/v1/models").json().get("data"))
                .extracting(model -> model.get("id").asText())
                .containsExactly("encoder");
        assertThat(get("/v1/models/encoder").json().get("object").asText()).isEqualTo("model");
    }

    @Test
    void problemsAreToldAsTheseClientsKnowThem() {
        platform.serve("price", "scale 3");
        assertError(404, "{'model': 'nobody', 'input': 'x'}", "nobody");
        assertError(400, "{'model': 'price', 'input': 'x'}", "does not make vectors");
        assertError(400, "{'model': 'encoder'}", "no input");
        assertError(400, "{'input': 'x'}", "no model");
        assertError(400, "{'model': 'encoder', 'input': [1, 2]}", "not text");
        assertError(400, "{'model': 'encoder', 'input': 'x', 'dimensions': 3}", "4 dimensions");
        assertError(400, "{'model': 'encoder', 'input': 'x', 'encoding_format': 'hex'}", "base64");
        assertError(400, "{'model': 'encoder', 'input': 'x'} {}", "follows");
        assertError(400, "{'model': 'encoder', 'input': 'x'} x", "not JSON");
        assertThat(get("/v1/models/nobody").json().get("error").get("code").asText())
                .isEqualTo("unknown-model");
    }

    private void assertError(int status, String body, String message) {
        Reply reply = post("/v1/embeddings", body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.json().get("error").get("message").asText()).contains(message);
        assertThat(reply.json().get("error").get("type").asText()).isEqualTo("invalid_request_error");
    }
}
