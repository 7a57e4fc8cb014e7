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
 * that the server has the rest of the machine.
 */
final class Load implements AutoCloseable {
    private static final int ANSWER_BYTES = 64 << 10;

    private final Selector selector = Selector.open();
    private final ByteBuffer request;
    private final ByteBuffer answer = ByteBuffer.allocateDirect(ANSWER_BYTES);
    private final Histogram latencies = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);

    /** What came of it. */
    record Outcome(double perSecond, double p50Micros, double p99Micros) {}

    private static final class Connection {
        private boolean waits;
        private long missing;
        private long askedAt;
    }

    Load(int port, int connections, String request) throws IOException {
        byte[] bytes = request.getBytes(StandardCharsets.US_ASCII);
        this.request = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
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

    /** How long the answer is that begins here, by what its head says. All of the head must have come. */
    private static int lengthOfAnswer(ByteBuffer begun) {
        int end = begun.limit() - 3;
        int length = -1;
        for (int at = 0; at < end; at++) {
            byte b = begun.get(at);
            if (b == '\r' && begun.get(at + 2) == '\r') {
                if (length < 0 || begun.get(9) != '2') {
                    throw new IllegalStateException("Cannot measure: the server answers "
                            + StandardCharsets.ISO_8859_1.decode(
                                    begun.duplicate().position(0)));
                }
                return at + 4 + length;
            }
            if (b == '\n' && isContentLength(begun, at + 1)) {
                length = number(begun, at + 1 + "content-length:".length());
            }
        }
        throw new IllegalStateException("Cannot measure: a head came in parts");
    }

    private static boolean isContentLength(ByteBuffer head, int at) {
        String name = "content-length:";
        if (at + name.length() > head.limit()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if ((head.get(at + i) | 0x20) != (name.charAt(i) | 0x20)) {
                return false;
            }
        }
        return true;
    }

    private static int number(ByteBuffer text, int at) {
        int value = 0;
        for (int i = at; text.get(i) != '\r'; i++) {
            if (text.get(i) != ' ') {
                value = value * 10 + text.get(i) - '0';
            }
        }
        return value;
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
        while (selector.keys().stream().anyMatch(key -> ((Connection) key.attachment()).waits)) {
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
        connection.missing = 0;
        connection.waits = true;
        ((SocketChannel) key.channel()).write(request.duplicate());
    }

    private boolean isAnswered(SelectionKey key) throws IOException {
        Connection connection = (Connection) key.attachment();
        answer.clear();
        int read = ((SocketChannel) key.channel()).read(answer);
        if (read < 0) {
            throw new IOException("the server closed a connection");
        }
        if (read == 0) {
            return false;
        }
        if (connection.missing == 0) {
            connection.missing = lengthOfAnswer(answer.flip());
        }
        connection.missing -= read;
        if (connection.missing > 0) {
            return false;
        }
        connection.waits = false;
        latencies.recordValue(System.nanoTime() - connection.askedAt);
        return true;
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
