package io.maas.http.internal.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.http.limits.HttpLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How a server ends. */
class GracefulStopTest extends TransportFixture {
    @Test
    void requestsThatRunAreAnsweredAndNewConnectionsRefused() throws Exception {
        try (RawClient client = connect();
                RawClient idle = connect()) {
            client.send("GET /held HTTP/1.1\r\n" + HOST + "\r\n");
            var held = trial.nextHeld();
            int port = server.port();
            CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
            await("the server stops accepting", () -> !server.isOpen() && refuses(port));

            assertThat(closing.isDone()).isFalse();
            held.send();
            RawClient.Reply reply = client.reply();
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.header("Connection")).hasValue("close");
            closing.get(10, TimeUnit.SECONDS);
            assertThat(idle.isClosed()).isTrue();
        }
        await("every thread has ended", () -> threads() == 0);
    }

    @Test
    void requestsThatDoNotEndAreCutShort() throws Exception {
        restart(HttpLimits.defaults().withDrain(Duration.ofMillis(50)));
        try (RawClient client = connect()) {
            client.send("GET /held HTTP/1.1\r\n" + HOST + "\r\n");
            var held = trial.nextHeld();
            server.close();

            assertThat(client.isClosed()).isTrue();
            assertThat(trial.disconnected.await(10, TimeUnit.SECONDS)).isTrue();
            held.send();
        }
        await("every thread has ended", () -> threads() == 0);
    }

    @Test
    void closingTwiceIsHarmless() {
        server.close();
        server.close();

        assertThat(server.isOpen()).isFalse();
        assertThatThrownBy(this::connect).isInstanceOf(Exception.class);
    }

    private static boolean refuses(int port) {
        try {
            new RawClient(port).close();
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
