package io.maas.benchmarks.http;

import com.sun.net.httpserver.HttpServer;
import io.maas.http.internal.exchange.BodyPlan;
import io.maas.http.internal.exchange.Endpoint;
import io.maas.http.internal.exchange.ProblemJson;
import io.maas.http.internal.jetty.ClientAddress;
import io.maas.http.internal.jetty.JettyServer;
import io.maas.http.internal.jetty.Security;
import io.maas.http.limits.HttpLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * How many small requests the adapter answers a second, beside the JDK's own server in the same run, on connections that are kept.
 * The JDK's needs {@code -Dsun.net.httpserver.nodelay=true}, or each answer waits 40 ms for an acknowledgement.
 */
public final class SmallAnswers {
    private static final byte[] ANSWER = "{\"model\":\"digits\",\"version\":12,\"label\":\"seven\",\"score\":0.987}"
            .getBytes(StandardCharsets.UTF_8);
    private static final String HEAD = " HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n";
    private static final String GET = "GET /constant" + HEAD + "\r\n";
    private static final String POST =
            "POST /whole" + HEAD + "Content-Type: application/json\r\nContent-Length: 60\r\n\r\n" + "7".repeat(60);

    private SmallAnswers() {}

    /** Prints requests a second, for 8 and 64 connections. The argument is how many seconds each takes. */
    public static void main(String[] args) throws IOException {
        int seconds = args.length == 0 ? 5 : Integer.parseInt(args[0]);
        try (JettyServer ours = ours();
                Peer jdk = new Peer()) {
            for (int round = 0; round < 3; round++) {
                for (int connections : new int[] {8, 64}) {
                    report("JDK, GET", jdk.port(), connections, GET, seconds);
                    report("ours, GET", ours.port(), connections, GET, seconds);
                    report("JDK, POST", jdk.port(), connections, POST, seconds);
                    report("ours, POST", ours.port(), connections, POST, seconds);
                    report(
                            "ours, GET on a worker",
                            ours.port(),
                            connections,
                            GET.replace("/constant", "/worker"),
                            seconds);
                }
            }
        }
    }

    private static void report(String what, int port, int connections, String request, int seconds) throws IOException {
        try (Load load = new Load(port, connections, request)) {
            Load.Outcome outcome = load.run(Duration.ofSeconds(seconds));
            System.out.printf(
                    Locale.ROOT,
                    "%-22s %3d connections %8.0f/s  p50 %6.0f us  p99 %6.0f us%n",
                    what,
                    connections,
                    outcome.perSecond(),
                    outcome.p50Micros(),
                    outcome.p99Micros());
        }
    }

    private static JettyServer ours() {
        Endpoint endpoint = exchange -> switch (exchange.path().raw()) {
            case "/whole" ->
                BodyPlan.quick(
                        1 << 20,
                        (asked, body) ->
                                asked.header("Content-Type", "application/json").send(ANSWER));
            case "/worker" ->
                BodyPlan.none(asked ->
                        asked.header("Content-Type", "application/json").send(ANSWER));
            default ->
                BodyPlan.quick(asked ->
                        asked.header("Content-Type", "application/json").send(ANSWER));
        };
        return JettyServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new Security.Plain(),
                HttpLimits.defaults(),
                ClientAddress.CONNECTED,
                endpoint,
                new ProblemJson());
    }

    /** The JDK's server, doing the same. */
    private static final class Peer implements AutoCloseable {
        private final HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        private final ExecutorService threads = Executors.newFixedThreadPool(4);

        Peer() throws IOException {
            server.setExecutor(threads);
            server.createContext("/", exchange -> {
                exchange.getRequestBody().readAllBytes();
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, ANSWER.length);
                exchange.getResponseBody().write(ANSWER);
                exchange.close();
            });
            server.start();
        }

        int port() {
            return server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
            threads.shutdown();
        }
    }
}
