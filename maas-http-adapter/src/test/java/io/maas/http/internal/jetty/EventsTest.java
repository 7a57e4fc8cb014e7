package io.maas.http.internal.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.http.internal.exchange.EventStream;
import io.maas.http.limits.HttpLimits;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Answers that go on. */
class EventsTest extends TransportFixture {
    @Test
    void eventsComeAsTheyAreSent() throws Exception {
        try (RawClient client = connect()) {
            client.send("GET /events HTTP/1.1\r\n" + HOST + "Accept-Encoding: gzip\r\n\r\n");
            EventStream events = trial.nextEvents();
            assertThat(events.send("commit", "{\"n\":1}\nsecond line")).isTrue();
            events.send("empty", "");
            events.close();

            RawClient.Reply reply = client.reply();
            assertThat(reply.header("Content-Type")).hasValue("text/event-stream");
            assertThat(reply.header("Content-Encoding")).isEmpty();
            assertThat(reply.text())
                    .endsWith("event: commit\ndata: {\"n\":1}\ndata: second line\n\nevent: empty\ndata: \n\n");
            assertThat(events.send("late", "")).isFalse();
        }
    }

    @Test
    void theConnectionServesOtherRequestsAfterwards() throws Exception {
        try (RawClient client = connect()) {
            client.send("GET /events HTTP/1.1\r\n" + HOST + "\r\n");
            trial.nextEvents().close();
            client.reply();

            client.send("GET /constant HTTP/1.1\r\n" + HOST + "\r\n");
            assertThat(client.reply().text()).isEqualTo(Trial.CONSTANT);
        }
    }

    @Test
    void headEndsAtOnce() throws Exception {
        try (RawClient client = connect()) {
            client.send("HEAD /events HTTP/1.1\r\n" + HOST + "\r\n");

            assertThat(client.reply("HEAD").status()).isEqualTo(200);
        }
        trial.nextEvents();
    }

    @Test
    void whoDoesNotReadEventsLosesThem() throws Exception {
        restart(HttpLimits.defaults().withGrace(Duration.ofMillis(200)));
        try (RawClient client = connect()) {
            client.send("GET /events HTTP/1.1\r\n" + HOST + "\r\n");
            EventStream events = trial.nextEvents();
            String much = "e".repeat(100_000);
            boolean open = true;
            for (int i = 0; i < 10_000 && open; i++) {
                open = events.send("much", much);
            }

            assertThat(open).isFalse();
        }
    }

    @Test
    void moreThanCanWaitComesAsTheClientReads() throws Exception {
        try (RawClient client = connect()) {
            client.send("GET /events HTTP/1.1\r\n" + HOST + "\r\n");
            EventStream events = trial.nextEvents();
            String much = "e".repeat(100_000);
            CompletableFuture<Integer> sending = CompletableFuture.supplyAsync(() -> {
                int sent = 0;
                while (sent < 200 && events.send("much", much)) {
                    sent++;
                }
                events.close();
                return sent;
            });

            assertThat(client.reply().body()).hasSizeGreaterThan(200 * much.length());
            assertThat(sending.get(10, TimeUnit.SECONDS)).isEqualTo(200);
        }
    }

    @Test
    void whoWaitsToSendIsLetGoWhenTheStreamEnds() throws Exception {
        try (RawClient client = connect()) {
            client.send("GET /events HTTP/1.1\r\n" + HOST + "\r\n");
            EventStream events = trial.nextEvents();
            String much = "e".repeat(1 << 20);
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                for (boolean open = true; open; ) {
                    open = events.send("much", much);
                }
            });
            server.close();

            sending.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void closingTheServerEndsThem() throws Exception {
        try (RawClient client = connect()) {
            client.send("GET /events HTTP/1.1\r\n" + HOST + "\r\n");
            trial.nextEvents();
            CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);

            assertThat(client.reply().status()).isEqualTo(200);
            closing.get(10, TimeUnit.SECONDS);
        }
    }
}
