package io.maas.http.internal.jetty;

import io.maas.http.internal.exchange.BodyPlan;
import io.maas.http.internal.exchange.Endpoint;
import io.maas.http.internal.exchange.EventStream;
import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.exchange.Refusals;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Routes that tests ask. Exchanges of {@code /held} wait in a queue until the test answers them. */
final class Trial implements Endpoint {
    static final String CONSTANT = "{\"model\":\"digits\",\"version\":12,\"label\":\"seven\",\"score\":0.987}";
    static final int SMALL = 1000;
    static final int WHOLE = 1 << 20;
    static final int STREAM = 4 << 20;

    private static final byte[] CONSTANT_BYTES = CONSTANT.getBytes(StandardCharsets.UTF_8);

    private final BlockingQueue<Exchange> held = new LinkedBlockingQueue<>();
    private final BlockingQueue<EventStream> events = new LinkedBlockingQueue<>();
    final CountDownLatch disconnected = new CountDownLatch(1);
    final AtomicLong handled = new AtomicLong();
    final AtomicLong blocked = new AtomicLong();
    final CountDownLatch unblock = new CountDownLatch(1);
    volatile int large = 10_000;

    /** Waits for an exchange that the test is to answer. */
    Exchange nextHeld() throws InterruptedException {
        return Objects.requireNonNull(held.poll(10, TimeUnit.SECONDS), "no exchange came");
    }

    /** Waits for events that the test is to send. */
    EventStream nextEvents() throws InterruptedException {
        return Objects.requireNonNull(events.poll(10, TimeUnit.SECONDS), "nobody asked for events");
    }

    @Override
    public BodyPlan accept(Exchange exchange) {
        handled.incrementAndGet();
        return switch (exchange.path().raw()) {
            case "/constant" -> BodyPlan.quick(Trial::constant);
            case "/blocked" -> BodyPlan.none(this::block);
            case "/memory" -> BodyPlan.quick(this::memory);
            case "/worker" -> BodyPlan.none(Trial::constant);
            case "/echo" -> BodyPlan.quick(WHOLE, Trial::echo);
            case "/echo-worker" -> BodyPlan.whole(WHOLE, Trial::echo);
            case "/small" -> BodyPlan.quick(SMALL, Trial::echo);
            case "/count" -> BodyPlan.streamed(STREAM, Trial::count);
            case "/count-much" -> BodyPlan.streamed(1L << 30, Trial::count);
            case "/held" -> BodyPlan.quick(this::hold);
            case "/held-body" -> BodyPlan.quick(WHOLE, (held, body) -> hold(held));
            case "/events" -> BodyPlan.quick(asked -> events.add(asked.events()));
            case "/large" -> BodyPlan.quick(this::large);
            case "/written" -> BodyPlan.none(this::written);
            case "/parts" -> BodyPlan.quick(Trial::parts);
            case "/split" ->
                BodyPlan.quick(
                        asked -> asked.header("X-Note", "a\r\nSet-Cookie: b=c").send());
            case "/mistake" -> throw new IllegalStateException("a secret of the inside");
            case "/twice" -> BodyPlan.quick(Trial::twice);
            default -> BodyPlan.quick(Trial::describe);
        };
    }

    private static void constant(Exchange exchange) {
        exchange.header("Content-Type", "application/json").send(CONSTANT_BYTES);
    }

    private static void echo(Exchange exchange, ByteBuffer body) {
        if (!body.isDirect() || body.order() != ByteOrder.LITTLE_ENDIAN) {
            throw new IllegalStateException("a tensor could not lie in it");
        }
        exchange.header("Content-Type", "application/octet-stream").send(body);
    }

    private static void count(Exchange exchange, InputStream body) throws IOException {
        long count = 0;
        byte[] some = new byte[8 << 10];
        for (int read = body.read(some); read >= 0; read = body.read(some)) {
            count += read;
        }
        exchange.send(Long.toString(count).getBytes(StandardCharsets.UTF_8));
    }

    private void hold(Exchange exchange) {
        exchange.onDisconnect(disconnected::countDown);
        held.add(exchange);
    }

    private void block(Exchange exchange) {
        blocked.incrementAndGet();
        try {
            unblock.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.send(CONSTANT_BYTES);
    }

    /** As a tensor would be sent. */
    private void memory(Exchange exchange) {
        exchange.header("Content-Type", "application/octet-stream").send(ByteBuffer.allocateDirect(large));
    }

    private void large(Exchange exchange) {
        exchange.header("Content-Type", "application/json")
                .send("7".repeat(large).getBytes(StandardCharsets.UTF_8));
    }

    private void written(Exchange exchange) throws IOException {
        exchange.header("Content-Type", "text/plain");
        try (OutputStream out = exchange.stream()) {
            for (int i = 0; i < large; i++) {
                out.write('w');
            }
        }
    }

    private static void parts(Exchange exchange) {
        exchange.send(bytes("one,"), bytes("two,"), bytes("three"));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void twice(Exchange exchange) {
        exchange.send(CONSTANT_BYTES);
        exchange.send(CONSTANT_BYTES);
    }

    /** Answers with what was understood of a request. */
    private static void describe(Exchange exchange) {
        if (exchange.path().segments().contains("nowhere")) {
            throw Refusals.notFound();
        }
        StringBuilder text = new StringBuilder(exchange.method());
        exchange.path().segments().forEach(segment -> text.append('|').append(segment));
        exchange.query()
                .pairs()
                .forEach(
                        pair -> text.append('|').append(pair.name()).append('=').append(pair.value()));
        exchange.headers().all("x-many").forEach(value -> text.append('|').append(value));
        exchange.send(text.toString().getBytes(StandardCharsets.UTF_8));
    }
}
