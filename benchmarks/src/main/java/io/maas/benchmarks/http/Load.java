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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * Asks the same thing again and again over connections that are kept: each asks once its answer is there, or requests arrive at random
 * whoever has an answer. One thread, so that the server has the rest of the machine.
 */
final class Load implements AutoCloseable {
    private static final int ANSWER_BYTES = 64 << 10;
    private static final int STATUS_AT = "HTTP/1.1 ".length();

    private final Selector selector = Selector.open();
    private final ByteBuffer request;
    private final ByteBuffer answer = ByteBuffer.allocateDirect(ANSWER_BYTES);
    private final Histogram latencies = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);

    /**
     * What came of it.
     *
     * @param refused answers of another status than 200
     */
    record Outcome(double perSecond, double p50Micros, double p99Micros, long refused) {}

    private static final class Connection {
        private boolean waits;
        private long missing;
        private long askedAt;
    }

    private final Deque<SelectionKey> idle = new ArrayDeque<>();
    private long refused;

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
                if (length < 0) {
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
        begin();
        long start = System.nanoTime();
        long end = start + time.toNanos();
        for (SelectionKey key : selector.keys()) {
            ask(key, start);
        }
        long answers = 0;
        for (long now = start; now < end; now = System.nanoTime()) {
            answers += select(1000, key -> ask(key, System.nanoTime()));
        }
        long took = System.nanoTime() - start;
        while (selector.keys().stream().anyMatch(key -> ((Connection) key.attachment()).waits)) {
            select(1000, key -> {});
        }
        if (refused > 0) {
            throw new IllegalStateException("Cannot measure: the server refused " + refused + " requests");
        }
        return outcome(answers, took);
    }

    /**
     * Asks so often a second on average, at times drawn at random, whether or not earlier requests are answered. A request's time counts
     * from when it was due: it may have had to wait for a connection.
     */
    Outcome arrivals(double perSecond, Duration time, long seed) throws IOException {
        begin();
        idle.addAll(selector.keys());
        SplittableRandom random = new SplittableRandom(seed);
        Deque<Long> due = new ArrayDeque<>();
        long start = System.nanoTime();
        long end = start + time.toNanos();
        double next = start - Math.log(1 - random.nextDouble()) / perSecond * 1e9;
        long answers = 0;
        while (next < end || idle.size() < selector.keys().size() || !due.isEmpty()) {
            long now = System.nanoTime();
            for (; next <= now && next < end; next -= Math.log(1 - random.nextDouble()) / perSecond * 1e9) {
                due.add((long) next);
            }
            while (!due.isEmpty() && !idle.isEmpty()) {
                ask(idle.remove(), due.remove());
            }
            long millis = next < end ? TimeUnit.NANOSECONDS.toMillis((long) next - now) : 1000;
            answers += select(Math.min(1000, millis), idle::add);
        }
        return outcome(answers, System.nanoTime() - start);
    }

    private void begin() {
        latencies.reset();
        idle.clear();
        refused = 0;
    }

    private Outcome outcome(long answers, long nanos) {
        return new Outcome(
                answers * 1e9 / nanos,
                latencies.getValueAtPercentile(50) / 1e3,
                latencies.getValueAtPercentile(99) / 1e3,
                refused);
    }

    /** What to do with a connection whose answer is there. */
    private interface Then {
        void take(SelectionKey key) throws IOException;
    }

    private int select(long millis, Then then) throws IOException {
        int[] answers = new int[1];
        Consumer<SelectionKey> look = key -> {
            try {
                if (isAnswered(key)) {
                    answers[0]++;
                    then.take(key);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        if (millis <= 0) {
            selector.selectNow(look);
        } else {
            selector.select(look, millis);
        }
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
            refused += answer.get(STATUS_AT) == '2' ? 0 : 1;
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
