package io.maas.benchmarks.http;

import ai.onnxruntime.OrtException;
import com.sun.management.OperatingSystemMXBean;
import io.maas.benchmarks.Figure;
import io.maas.benchmarks.Figure.Goal;
import io.maas.benchmarks.serving.Engine;
import io.maas.benchmarks.serving.Subject;
import io.maas.http.MaasHttpServer;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * What a request with an image of 3 × 224 × 224 floats costs in CPU time, for a model that does next to nothing: all that the process
 * used, less what the client's thread did.
 */
final class OneImage {
    private static final int SIDE = 224;
    private static final float[] VALUES = values();
    /** Binary requests take a small part of the time of others, and so many more of them before all is compiled. */
    private static final int BINARY_TIMES = 10;

    private final OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final int requests;
    private final int times;
    private final int warmUps;

    private OneImage(int requests, int times, int warmUps) {
        this.requests = requests;
        this.times = times;
        this.warmUps = warmUps;
    }

    /**
     * Measures.
     *
     * @param requests in one turn
     * @param times turns that count
     * @param warmUps turns before, which do not
     */
    static List<Figure> measure(int requests, int times, int warmUps) throws IOException, OrtException {
        return new OneImage(requests, times, warmUps).measure();
    }

    private List<Figure> measure() throws IOException, OrtException {
        try (Subject image = Subject.image(SIDE, settings -> settings);
                Engine engine = new Engine(image.file(), 1);
                HandWritten byHand = new HandWritten(2, HandWritten.image(engine));
                MaasHttpServer ours =
                        MaasHttpServer.builder(image.maas()).port(0).start()) {
            int port = ours.address().getPort();
            byte[] json = json();
            byte[] binary = binary();
            for (int i = 0; i < warmUps; i++) {
                millis(byHand.port(), json, requests);
                millis(port, json, requests);
                millis(port, binary, BINARY_TIMES * requests);
            }
            double[] theirs = new double[times];
            double[] asJson = new double[times];
            double[] asBinary = new double[times];
            for (int i = 0; i < times; i++) {
                theirs[i] = millis(byHand.port(), json, requests);
                asJson[i] = millis(port, json, requests);
                asBinary[i] = millis(port, binary, BINARY_TIMES * requests);
            }
            double baseline = HttpFigures.median(theirs);
            return List.of(
                    new Figure(
                            "HTTP, 3x224x224 floats as JSON: CPU, vs by hand",
                            HttpFigures.median(asJson),
                            "ms/request",
                            baseline,
                            Goal.atMost(7)),
                    new Figure(
                            "HTTP, 3x224x224 floats in binary: CPU, vs JSON by hand",
                            HttpFigures.median(asBinary),
                            "ms/request",
                            baseline,
                            Goal.atMost(0.4)));
        }
    }

    private double millis(int port, byte[] request, int count) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            ask(socket, in, request);
            long before = process.getProcessCpuTime() - threads.getCurrentThreadCpuTime();
            for (int i = 0; i < count; i++) {
                ask(socket, in, request);
            }
            long after = process.getProcessCpuTime() - threads.getCurrentThreadCpuTime();
            return (after - before) / 1e6 / count;
        }
    }

    private static void ask(Socket socket, DataInputStream in, byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        String status = line(in);
        if (!status.contains(" 200")) {
            throw new IllegalStateException("Cannot measure: the server answers " + status);
        }
        int length = 0;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(
                        header.substring(header.indexOf(':') + 1).strip());
            }
        }
        in.skipNBytes(length);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the server closed the connection");
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }

    private static float[] values() {
        Random random = new Random(7);
        float[] values = new float[3 * SIDE * SIDE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (random.nextInt(256) / 255f - 0.45f) / 0.225f; // a pixel, as vision models want it
        }
        return values;
    }

    private static byte[] json() {
        StringBuilder text = new StringBuilder("{\"input\":[[");
        int at = 0;
        for (int channel = 0; channel < 3; channel++) {
            text.append(channel == 0 ? "[" : ",[");
            for (int row = 0; row < SIDE; row++) {
                text.append(row == 0 ? "[" : ",[");
                for (int column = 0; column < SIDE; column++) {
                    text.append(column == 0 ? "" : ",").append(VALUES[at++]);
                }
                text.append(']');
            }
            text.append(']');
        }
        return post("/predict", "", text.append("]]}").toString().getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] binary() {
        int bytes = VALUES.length * Float.BYTES;
        byte[] head = ("{\"inputs\":[{\"name\":\"x\",\"shape\":[1,3," + SIDE + "," + SIDE
                        + "],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":" + bytes + "}}]}")
                .getBytes(StandardCharsets.US_ASCII);
        ByteBuffer body = ByteBuffer.allocate(head.length + bytes).order(ByteOrder.LITTLE_ENDIAN);
        body.put(head).asFloatBuffer().put(VALUES);
        return post("/v2/models/model/infer", "Inference-Header-Content-Length: " + head.length + "\r\n", body.array());
    }

    private static byte[] post(String path, String headers, byte[] body) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "Content-Length: " + body.length
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        all.writeBytes(body);
        return all.toByteArray();
    }
}
