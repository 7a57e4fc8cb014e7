package io.maas.benchmarks.http;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.maas.benchmarks.serving.Engine;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What a team writes by hand for vectors of texts: tokens, the engine, the mean of what stands for tokens, length 1. */
final class TextByHand implements AutoCloseable {
    private static final int THREADS = 4;

    private final ObjectMapper mapper = new ObjectMapper();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final Engine engine;
    private final HuggingFaceTokenizer tokenizer;

    /** The body of a request. */
    record Body(String input) {}

    TextByHand(Path model, Path tokens) throws IOException, OrtException {
        engine = new Engine(model, 1);
        tokenizer = HuggingFaceTokenizer.newInstance(tokens);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
        server.setExecutor(threads);
        server.createContext("/predict", this::predict);
        server.start();
    }

    private void predict(HttpExchange exchange) throws IOException {
        Encoding encoding = tokenizer.encode(
                mapper.readValue(exchange.getRequestBody(), Body.class).input());
        byte[] answer;
        try {
            answer = mapper.writeValueAsBytes(mean((float[][][]) engine.run(inputs(encoding))));
        } catch (OrtException e) {
            throw new IOException(e);
        }
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, answer.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(answer);
        }
    }

    private static Tensors inputs(Encoding encoding) {
        int length = encoding.getIds().length;
        return Tensors.builder()
                .add("input_ids", Tensor.wrap(encoding.getIds(), 1, length))
                .add("attention_mask", Tensor.wrap(encoding.getAttentionMask(), 1, length))
                .add("token_type_ids", Tensor.wrap(encoding.getTypeIds(), 1, length))
                .build();
    }

    private static float[] mean(float[][][] hidden) {
        float[] mean = new float[hidden[0][0].length];
        double squares = 0;
        for (int i = 0; i < mean.length; i++) {
            for (float[] token : hidden[0]) {
                mean[i] += token[i] / hidden[0].length;
            }
            squares += (double) mean[i] * mean[i];
        }
        for (int i = 0; i < mean.length; i++) {
            mean[i] /= (float) Math.sqrt(squares);
        }
        return mean;
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() throws OrtException {
        server.stop(0);
        threads.shutdown();
        engine.close();
        tokenizer.close();
    }
}
