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
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What a team writes by hand: the JDK's own server and Jackson in front of the engine. It needs {@code
 * -Dsun.net.httpserver.nodelay=true}, or each answer waits 40 ms for an acknowledgement.
 */
final class HandWritten implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads;
    private final Model model;

    /** Makes of the body of a request what is answered. */
    interface Model {
        Object answer(InputStream body) throws IOException, OrtException;
    }

    HandWritten(int threads, Model model) throws IOException {
        this.threads = Executors.newFixedThreadPool(threads);
        this.model = model;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
        server.setExecutor(this.threads);
        server.createContext("/predict", this::predict);
        server.start();
    }

    private void predict(HttpExchange exchange) throws IOException {
        byte[] answer;
        try {
            answer = MAPPER.writeValueAsBytes(model.answer(exchange.getRequestBody()));
        } catch (OrtException e) {
            throw new IOException(e);
        }
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, answer.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(answer);
        }
    }

    // ---- what is behind it

    /** The body of a request with rows of numbers. */
    record Rows(float[][] input) {}

    static Model rows(Engine engine) {
        return body -> {
            float[][] rows = MAPPER.readValue(body, Rows.class).input();
            int width = rows[0].length;
            float[] flat = new float[rows.length * width];
            for (int row = 0; row < rows.length; row++) {
                System.arraycopy(rows[row], 0, flat, row * width, width);
            }
            return engine.run(Tensors.of("x", Tensor.wrap(flat, rows.length, width)));
        };
    }

    /** The body of a request with an image. */
    record Image(float[][][][] input) {}

    static Model image(Engine engine) {
        return body -> {
            float[][][] image = MAPPER.readValue(body, Image.class).input()[0];
            int side = image[0].length;
            float[] flat = new float[image.length * side * side];
            for (int channel = 0; channel < image.length; channel++) {
                for (int row = 0; row < side; row++) {
                    System.arraycopy(image[channel][row], 0, flat, (channel * side + row) * side, side);
                }
            }
            return engine.run(Tensors.of("x", Tensor.wrap(flat, 1, image.length, side, side)));
        };
    }

    /** The body of a request with a text. */
    record Text(String input) {}

    /** Tokens, the engine, the mean of what stands for tokens, length 1. */
    static Model text(Engine engine, HuggingFaceTokenizer tokenizer) {
        return body -> {
            Encoding encoding =
                    tokenizer.encode(MAPPER.readValue(body, Text.class).input());
            return mean((float[][][]) engine.run(tokens(encoding)));
        };
    }

    private static Tensors tokens(Encoding encoding) {
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
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
