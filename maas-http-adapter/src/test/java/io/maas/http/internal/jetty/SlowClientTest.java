package io.maas.http.internal.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.http.limits.HttpLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that take their time, or go away. */
class SlowClientTest extends TransportFixture {
    private static final HttpLimits SHORT = HttpLimits.defaults()
            .withHeaders(Duration.ofMillis(200))
            .withGrace(Duration.ofMillis(200))
            .withIdle(Duration.ofSeconds(5));

    @BeforeEach
    void shortLimits() {
        restart(SHORT);
    }

    @Test
    void aHeadThatComesSlowlyIsAnsweredWith408() throws IOException {
        try (RawClient client = connect()) {
            RawClient.Reply reply = client.send("GET /constant HT").reply();

            assertThat(reply.status()).isEqualTo(408);
            assertThat(reply.header("Content-Type")).hasValue("application/problem+json");
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void aSecondHeadThatComesSlowlyIsToo() throws IOException {
        try (RawClient client = connect()) {
            client.send("GET /constant HTTP/1.1\r\n" + HOST + "\r\n");
            assertThat(client.reply().text()).isEqualTo(Trial.CONSTANT);

            assertThat(client.send("GET /constant HT").reply().status()).isEqualTo(408);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/echo", "/count"})
    void aBodyThatComesSlowlyIsAnsweredWith408(String route) throws IOException {
        try (RawClient client = connect()) {
            RawClient.Reply reply = client.send(
                            "POST " + route + " HTTP/1.1\r\n" + HOST + "Content-Length: 100000\r\n\r\nabc")
                    .reply();

            assertThat(reply.status()).as(reply.text()).isEqualTo(408);
            client.shutdownOutput();
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void manySlowClientsHoldNoThread() throws IOException {
        restart(HttpLimits.defaults().withThreads(8));
        List<RawClient> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                RawClient client = connect();
                slow.add(client.send(
                        i % 2 == 0
                                ? "GET /constant HT"
                                : "POST /echo HTTP/1.1\r\n" + HOST + "Content-Length: 10\r\n\r\nabc"));
            }
            await("fifty bodies are on their way", () -> server.buffers().leases() == 50);

            assertThat(server.busyThreads()).isLessThanOrEqualTo(1);
            assertThat(ask("GET /worker HTTP/1.1\r\n" + HOST + "\r\n").text()).isEqualTo(Trial.CONSTANT);
        } finally {
            for (RawClient client : slow) {
                client.close();
            }
        }
    }

    @Test
    void moreThanMayWaitForAThreadIsRefused() throws Exception {
        restart(HttpLimits.defaults().withThreads(8).withQueue(2));
        List<RawClient> waiting = new ArrayList<>();
        try {
            while (server.waiting() < 2) {
                int before = waiting.size();
                waiting.add(connect().send("GET /blocked HTTP/1.1\r\n" + HOST + "\r\n"));
                await("it has a thread or waits", () -> trial.blocked.get() + server.waiting() == before + 1);
            }
            RawClient.Reply refused = ask("GET /worker HTTP/1.1\r\n" + HOST + "\r\n");
            assertThat(refused.status()).as(refused.text()).isEqualTo(503);
            assertThat(refused.header("Retry-After")).hasValue("1");
            assertThat(refused.text()).contains("threads-overloaded");
            assertThat(ask("GET /constant HTTP/1.1\r\n" + HOST + "\r\n").text())
                    .as("what needs no thread")
                    .isEqualTo(Trial.CONSTANT);

            trial.unblock.countDown();
            for (RawClient client : waiting) {
                assertThat(client.reply().status()).isEqualTo(200);
            }
        } finally {
            trial.unblock.countDown();
            for (RawClient client : waiting) {
                client.close();
            }
        }
    }

    @Test
    void aClientThatDoesNotReadIsLeft() throws IOException {
        trial.large = 64 << 20;
        try (RawClient client = connect()) {
            client.send("GET /large HTTP/1.1\r\n" + HOST + "\r\n");
            await("the answer is under way", () -> server.exchanges() == 1);

            await("the connection is closed", () -> server.connections() == 0);
        }
    }

    @Test
    void aSilentConnectionIsClosed() throws IOException {
        restart(SHORT.withIdle(Duration.ofMillis(200)));
        try (RawClient client = connect()) {
            client.send("GET /constant HTTP/1.1\r\n" + HOST + "\r\n").reply();

            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void silenceWhileTheServerWorksIsNoReasonToClose() throws Exception {
        restart(SHORT.withIdle(Duration.ofMillis(50)));
        try (RawClient client = connect();
                RawClient other = connect()) {
            client.send("GET /held HTTP/1.1\r\n" + HOST + "\r\n");
            var held = trial.nextHeld();
            assertThat(other.isClosed())
                    .as("a silent connection, so time has passed")
                    .isTrue();
            try (RawClient another = connect()) {
                assertThat(another.isClosed()).as("and more time").isTrue();
            }

            held.send();
            assertThat(client.reply().status()).isEqualTo(200);
        }
    }

    @Test
    void moreConnectionsThanAllowedWait() throws IOException {
        restart(HttpLimits.defaults().withConnections(1));
        try (RawClient second = openBehindAnother()) {
            await("the one before is closed", () -> server.connections() == 1);

            assertThat(second.reply().text()).isEqualTo(Trial.CONSTANT);
        }
    }

    private RawClient openBehindAnother() throws IOException {
        try (RawClient first = connect()) {
            first.send("GET /constant HTTP/1.1\r\n" + HOST + "\r\n").reply();
            RawClient second = connect().send("GET /constant HTTP/1.1\r\n" + HOST + "\r\n");
            assertThat(server.connections()).isEqualTo(1);
            assertThat(trial.handled).hasValue(1);
            return second;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /held", "POST /held-body"})
    void whoGoesAwayCancelsTheCall(String request) throws Exception {
        RawClient client = connect();
        client.send(request + " HTTP/1.1\r\n" + HOST + "Content-Length: 0\r\n\r\n");
        var held = trial.nextHeld();
        client.close();

        assertThat(trial.disconnected.await(10, TimeUnit.SECONDS)).isTrue();
        held.send();
    }

    @Test
    void whoResetsTheConnectionCancelsTheCall() throws Exception {
        RawClient client = connect();
        client.send("GET /held HTTP/1.1\r\n" + HOST + "\r\n");
        var held = trial.nextHeld();
        client.reset();

        assertThat(trial.disconnected.await(10, TimeUnit.SECONDS)).isTrue();
        held.fail(new IOException("cancelled"));
    }

    @Test
    void whoStaysIsNotTakenToHaveGone() throws Exception {
        try (RawClient client = connect()) {
            for (int i = 0; i < 3; i++) {
                client.send("GET /held HTTP/1.1\r\n" + HOST + "\r\n");
                var held = trial.nextHeld();
                // longer than it takes until the client is looked for
                assertThat(trial.disconnected.await(150, TimeUnit.MILLISECONDS)).isFalse();
                held.send();
                assertThat(client.reply().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void theNextRequestIsServedThoughItCameWhileTheClientWasWatched() throws Exception {
        try (RawClient client = connect()) {
            client.send("GET /held HTTP/1.1\r\n" + HOST + "\r\n");
            var held = trial.nextHeld();
            assertThat(trial.disconnected.await(150, TimeUnit.MILLISECONDS)).isFalse();
            client.send("GET /a HTTP/1.1\r\n" + HOST + "\r\nPOST /echo HTTP/1.1\r\n" + HOST
                            + "Content-Length: 9000\r\n\r\n")
                    .send("x".repeat(9000));
            assertThat(trial.disconnected.await(150, TimeUnit.MILLISECONDS)).isFalse();
            held.send();

            assertThat(client.reply().status()).isEqualTo(200);
            assertThat(client.reply().text()).startsWith("GET|a");
            assertThat(client.reply().body()).hasSize(9000);
        }
    }
}
