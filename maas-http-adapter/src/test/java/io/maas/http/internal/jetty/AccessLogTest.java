package io.maas.http.internal.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.maas.http.LogCapture;
import io.maas.http.internal.exchange.Exchange;
import io.maas.http.limits.HttpLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every request leaves one line, and every answer says of which trace it is. */
class AccessLogTest extends TransportFixture {
    private static final String ID = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "traceparent: 00-" + ID + "-00f067aa0ba902b7-01\r\n";

    private final LogCapture access = LogCapture.of("io.maas.http.access");

    @AfterEach
    void stopReading() {
        access.close();
    }

    private static String traceId(RawClient.Reply reply) {
        return reply.header("traceresponse").orElseThrow().substring(3, 35);
    }

    @Test
    void aLineSaysWhoAskedForWhatAndWhatBecameOfIt() throws Exception {
        RawClient.Reply reply = ask("GET /constant?token=secret HTTP/1.1\r\n" + HOST + PARENT + "\r\n");
        ILoggingEvent event = access.next();
        assertThat(event.getFormattedMessage()).isEqualTo("answered");
        Map<String, String> pairs = LogCapture.pairs(event);
        assertThat(pairs.remove("ms")).matches("\\d+\\.\\d{3}");
        assertThat(pairs)
                .isEqualTo(Map.of(
                        "client", "127.0.0.1",
                        "caller", "-",
                        "method", "GET",
                        "path", "/constant",
                        "status", "200",
                        "bytes", Integer.toString(reply.body().length),
                        "trace_id", ID));
        assertThat(traceId(reply)).isEqualTo(ID);
    }

    @Test
    void theCallerIsNamed() throws Exception {
        try (RawClient client = connect().send("GET /held HTTP/1.1\r\n" + HOST + "\r\n")) {
            Exchange held = trial.nextHeld();
            held.identify("grace h\r\nGET /forged 200\u2028path=\"/x\"\u202e");
            held.send();
            client.reply();
        }
        assertThat(access.nextPairs()).containsEntry("caller", "grace h??GET /forged 200?path??/x??");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /nowhere HTTP/1.1\r\n" + HOST + "\r\n", // our refusal
                "GET /a HTTP/1.1\r\n\r\n", // no host: Jetty's
                "GET /%2e%2e/a HTTP/1.1\r\n" + HOST + "\r\n",
                "TRACE / HTTP/1.1\r\n" + HOST + "\r\n",
                "POST /small HTTP/1.1\r\n" + HOST + "Content-Length: 5000\r\n\r\n",
                "GET /mistake HTTP/1.1\r\n" + HOST + "\r\n",
                "GET /split HTTP/1.1\r\n" + HOST + "\r\n",
            })
    void refusalsToo(String request) throws Exception {
        RawClient.Reply reply = ask(request);
        assertThat(reply.status()).isGreaterThanOrEqualTo(400);
        assertThat(reply.text()).contains("\"trace_id\":\"" + traceId(reply) + "\"");
        assertThat(access.nextPairs())
                .containsEntry("status", Integer.toString(reply.status()))
                .containsEntry("trace_id", traceId(reply));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/constant", "/worker", "/large", "/written", "/parts"})
    void everyKindOfAnswerSaysItsTrace(String path) throws Exception {
        RawClient.Reply reply = ask("GET " + path + " HTTP/1.1\r\n" + HOST + "\r\n");
        Map<String, String> pairs = access.nextPairs();
        assertThat(pairs).containsEntry("trace_id", traceId(reply)).containsEntry("path", path);
        assertThat(pairs.get("bytes")).isEqualTo(Integer.toString(reply.body().length));
    }

    @Test
    void whatTheServerLogsOfARequestHasItsTrace() throws Exception {
        try (LogCapture log = LogCapture.of("io.maas.http.internal.exchange.Problems")) {
            ask("GET /mistake HTTP/1.1\r\n" + HOST + PARENT + "\r\n");
            assertThat(log.next().getMDCPropertyMap()).containsEntry("trace_id", ID);
        }
        assertThat(access.next().getMDCPropertyMap()).doesNotContainKey("client");
    }

    @Test
    void aClientThatLeavesIsToldOf() throws Exception {
        try (RawClient client = connect().send("GET /held HTTP/1.1\r\n" + HOST + "\r\n")) {
            Exchange held = trial.nextHeld();
            client.reset();
            trial.disconnected.await();
            held.send();
        }
        assertThat(access.next().getFormattedMessage()).isEqualTo("cut short");
    }

    @Test
    void aClientThatDoesNotSayWhatItWantsToo() throws Exception {
        restart(HttpLimits.defaults().withHeaders(Duration.ofMillis(50)));
        try (RawClient client = connect().send("GET /a HT")) {
            RawClient.Reply reply = client.reply();
            assertThat(access.nextPairs())
                    .containsEntry("status", "408")
                    .containsEntry("path", "-")
                    .containsEntry("trace_id", traceId(reply));
        }
    }

    @Test
    void aProxyIsBelievedWhoItsClientIsWhereThereIsOne() throws Exception {
        String request = "GET /constant HTTP/1.1\r\n" + HOST
                + "X-Forwarded-For: 1.2.3.4, 5.6.7.8\r\nX-Forwarded-For: 9.9.9.9\r\n\r\n";
        ask(request);
        assertThat(access.nextPairs()).containsEntry("client", "127.0.0.1");

        restart(ClientAddress.FORWARDED);
        ask(request);
        assertThat(access.nextPairs()).containsEntry("client", "9.9.9.9");
        ask("GET /constant HTTP/1.1\r\n" + HOST + "\r\n");
        assertThat(access.nextPairs()).containsEntry("client", "127.0.0.1");
    }

    @Test
    void nobodyHasToReadIt() throws IOException {
        access.close();
        assertThat(ask("GET /constant HTTP/1.1\r\n" + HOST + PARENT + "\r\n").header("traceresponse"))
                .isPresent();
    }
}
