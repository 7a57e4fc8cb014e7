package io.maas.benchmarks.http;

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

/**
 * What a team writes by hand: the JDK's own server in front of the engine. It needs {@code -Dsun.net.httpserver.nodelay=true}, or
 * each answer waits 40 ms for an acknowledgement.
 */
final class HandWritten implements AutoCloseable {
    private static final int THREADS = 4;

    private final ObjectMapper mapper = new ObjectMapper();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final Engine engine;

    /** The body of a request. */
    record Body(float[][] input) {}

    HandWritten(Path model) throws IOException, OrtException {
        engine = new Engine(model, 1);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
        server.setExecutor(threads);
        server.createContext("/predict", this::predict);
        server.start();
    }

    private void predict(HttpExchange exchange) throws IOException {
        Body body = mapper.readValue(exchange.getRequestBody(), Body.class);
        float[] flat = new float[body.input().length * body.input()[0].length];
        for (int row = 0; row < body.input().length; row++) {
            System.arraycopy(body.input()[row], 0, flat, row * body.input()[0].length, body.input()[0].length);
        }
        byte[] answer;
        try {
            Tensor input = Tensor.wrap(flat, body.input().length, body.input()[0].length);
            answer = mapper.writeValueAsBytes(engine.run(Tensors.of("x", input)));
        } catch (OrtException e) {
            throw new IOException(e);
        }
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, answer.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(answer);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() throws OrtException {
        server.stop(0);
        threads.shutdown();
        engine.close();
    }
}
