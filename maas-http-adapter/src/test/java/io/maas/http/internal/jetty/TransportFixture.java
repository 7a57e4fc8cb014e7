package io.maas.http.internal.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.http.internal.exchange.ProblemJson;
import io.maas.http.limits.HttpLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** Starts a server for a test, and looks after it whether anything is left: exchanges, memory for bodies, threads. */
@Timeout(60)
abstract class TransportFixture {
    static final String HOST = "Host: localhost\r\n";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    final Trial trial = new Trial();
    JettyServer server = start(HttpLimits.defaults());

    final JettyServer start(HttpLimits limits) {
        return start(limits, ClientAddress.CONNECTED);
    }

    private JettyServer start(HttpLimits limits, ClientAddress clients) {
        return JettyServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new Security.Plain(),
                limits,
                clients,
                trial,
                new ProblemJson());
    }

    /** Goes on with other limits. */
    final void restart(HttpLimits limits) {
        server.close();
        server = start(limits);
    }

    /** Goes on with other clients. */
    final void restart(ClientAddress clients) {
        server.close();
        server = start(HttpLimits.defaults(), clients);
    }

    final RawClient connect() throws IOException {
        return new RawClient(server.port());
    }

    /** Asks once on a connection of its own. */
    final RawClient.Reply ask(String request) throws IOException {
        try (RawClient client = connect()) {
            return client.send(request).reply();
        }
    }

    /** Waits for what another thread does soon. */
    static void await(String what, BooleanSupplier condition) {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting until " + what).isLessThan(until);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @AfterEach
    final void nothingIsLeft() {
        await("every exchange is complete", () -> server.exchanges() == 0);
        assertThat(server.buffers().leases()).as("memory for bodies").isZero();
        assertThat(server.buffers().leasedBytes()).as("bytes for bodies").isZero();
        await("no thread is held", () -> server.busyThreads() <= 1);
        server.close();
        await("every thread has ended", () -> threads() == 0);
    }

    static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && thread.getName().startsWith("maas-http"))
                .count();
    }
}
