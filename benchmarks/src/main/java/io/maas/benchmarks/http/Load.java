package io.maas.benchmarks.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Asks the same thing again and again over connections that are kept, each of which asks once its answer is there. One thread, so
 * that the server has the rest of the machine. All answers must be as long as the first.
 */
final class Load implements AutoCloseable {
    private static final int ANSWER_BYTES = 64 << 10;

    private final Selector selector = Selector.open();
    private final ByteBuffer request;
    private final ByteBuffer answer = ByteBuffer.allocateDirect(ANSWER_BYTES);
    private final Histogram latencies = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
    private final int answerBytes;

    /** What came of it. */
    record Outcome(double perSecond, double p50Micros, double p99Micros) {}

    private static final class Connection {
        private int missing;
        private long askedAt;
    }

    Load(int port, int connections, String request) throws IOException {
        byte[] bytes = request.getBytes(StandardCharsets.US_ASCII);
        this.request = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        this.answerBytes = lengthOfAnswer(port);
        for (int i = 0; i < connections; i++) {
            SocketChannel channel = connect(port);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, new Connection());
        }
    }

    private static SocketChannel connect(int port) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel;
    }

    private int lengthOfAnswer(int port) throws IOException {
        try (SocketChannel channel = connect(port)) {
            channel.write(request.duplicate());
            StringBuilder text = new StringBuilder();
            while (true) {
                answer.clear();
                channel.read(answer);
                text.append(StandardCharsets.ISO_8859_1.decode(answer.flip()));
                int end = text.indexOf("\r\n\r\n");
                if (end >= 0) {
                    return end + 4 + contentLength(text.substring(0, end));
                }
            }
        }
    }

    private static int contentLength(String head) {
        if (!head.startsWith("HTTP/1.1 200")) {
            throw new IllegalStateException("Cannot measure: the server answers " + head);
        }
        return head.lines()
                .filter(line -> line.regionMatches(true, 0, "content-length:", 0, 15))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElseThrow();
    }

    /** Asks for so long. */
    Outcome run(Duration time) throws IOException {
        latencies.reset();
        long start = System.nanoTime();
        long end = start + time.toNanos();
        for (SelectionKey key : selector.keys()) {
            ask(key, start);
        }
        long answers = 0;
        for (long now = start; now < end; now = System.nanoTime()) {
            answers += select(true);
        }
        long took = System.nanoTime() - start;
        while (selector.keys().stream().anyMatch(key -> ((Connection) key.attachment()).missing > 0)) {
            select(false);
        }
        return new Outcome(
                answers * 1e9 / took,
                latencies.getValueAtPercentile(50) / 1e3,
                latencies.getValueAtPercentile(99) / 1e3);
    }

    private int select(boolean again) throws IOException {
        int[] answers = new int[1];
        selector.select(
                key -> {
                    try {
                        if (isAnswered(key)) {
                            answers[0]++;
                            if (again) {
                                ask(key, System.nanoTime());
                            }
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                1000);
        return answers[0];
    }

    private void ask(SelectionKey key, long now) throws IOException {
        Connection connection = (Connection) key.attachment();
        connection.askedAt = now;
        connection.missing = answerBytes;
        ((SocketChannel) key.channel()).write(request.duplicate());
    }

    private boolean isAnswered(SelectionKey key) throws IOException {
        Connection connection = (Connection) key.attachment();
        answer.clear();
        int read = ((SocketChannel) key.channel()).read(answer);
        if (read < 0) {
            throw new IOException("the server closed a connection");
        }
        connection.missing -= read;
        if (connection.missing < 0) {
            throw new IOException("an answer was longer than the first");
        }
        if (connection.missing == 0 && read > 0) {
            latencies.recordValue(System.nanoTime() - connection.askedAt);
            return true;
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
