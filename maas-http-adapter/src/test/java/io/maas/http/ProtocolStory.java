package io.maas.http;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What clients of Triton, of OpenAI and of Prometheus do. */
final class ProtocolStory {
    private static final String MODEL = "/v2/models/price";
    private static final String VERSION = MODEL + "/versions/1";

    private final Asker admin;

    ProtocolStory(Asker admin) {
        this.admin = admin;
    }

    void tell() {
        theServerTellsOfItself();
        modelsTellOfThemselves();
        tensorsGoAsTextAndAsBytes();
        modelsAreLoadedAndLetGo();
        textsBecomeVectors();
    }

    private void theServerTellsOfItself() {
        for (String path :
                new String[] {"/healthz", "/openapi.json", "/v2", "/v2/health/live", "/v2/health/ready", "/metrics"}) {
            admin.get(path);
        }
        admin.get("/metrics", "Accept", "application/openmetrics-text");
    }

    private void modelsTellOfThemselves() {
        for (String path : new String[] {MODEL, VERSION}) {
            admin.get(path);
            admin.get(path + "/ready");
            admin.get(path + "/stats");
        }
        admin.get("/v2/models/stats");
    }

    private void tensorsGoAsTextAndAsBytes() {
        for (String path : new String[] {MODEL + "/infer", VERSION + "/infer"}) {
            admin.post(
                    path,
                    "{'id': '7', 'parameters': {'timeout': 60000000, 'priority': 1, 'routing_key': 'k'},"
                            + " 'inputs': [{'name': 'x', 'shape': [1], 'datatype': 'FP32', 'data': [1]}],"
                            + " 'outputs': [{'name': 'y', 'parameters': {'binary_data': false}}]}");
            byte[] json = Asker.bytes("{'inputs': [{'name': 'x', 'shape': [1], 'datatype': 'FP32',"
                    + " 'parameters': {'binary_data_size': 4}}], 'parameters': {'binary_data_output': true}}");
            ByteBuffer body = ByteBuffer.allocate(json.length + 4).order(ByteOrder.LITTLE_ENDIAN);
            body.put(json).putFloat(1);
            String length = Integer.toString(json.length);
            admin.expect(200, "POST", path, body.array(), "Inference-Header-Content-Length", length);
        }
    }

    private void modelsAreLoadedAndLetGo() {
        admin.post("/v2/repository/index", "{'ready': false}");
        for (String change : new String[] {"unload", "load"}) {
            admin.post("/v2/repository/models/price/" + change, "{}");
        }
    }

    private void textsBecomeVectors() {
        admin.server().platform.serve("encoder", "embed 4");
        admin.post(
                "/v1/embeddings",
                "{'model': 'encoder', 'input': ['one'], 'encoding_format': 'base64', 'dimensions': 4, 'user': 'u'}");
        admin.get("/v1/models");
        admin.get("/v1/models/encoder");
    }
}
