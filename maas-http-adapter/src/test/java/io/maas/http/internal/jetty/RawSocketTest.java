package io.maas.http.internal.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server must not be talked into, byte by byte. */
class RawSocketTest extends TransportFixture {
    private static final String GET = "GET /constant HTTP/1.1\r\n" + HOST;
    private static final String POST = "POST /echo HTTP/1.1\r\n" + HOST;

    static Stream<Arguments> refused() {
        return Stream.of(
                // two ways to say where a body ends: request smuggling
                Arguments.of(
                        "length and chunks",
                        POST + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                        400),
                Arguments.of(
                        "chunks and length",
                        POST + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
                        400),
                Arguments.of("two lengths", POST + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
                Arguments.of("two lengths in one", POST + "Content-Length: 1, 2\r\n\r\nab", 400),
                Arguments.of("the same length twice", POST + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400),
                Arguments.of("a signed length", POST + "Content-Length: +1\r\n\r\na", 400),
                Arguments.of("a negative length", POST + "Content-Length: -1\r\n\r\na", 400),
                Arguments.of("a length in hex", POST + "Content-Length: 0x1\r\n\r\na", 400),
                Arguments.of("an empty length", POST + "Content-Length:\r\n\r\na", 400),
                Arguments.of("a length beyond numbers", POST + "Content-Length: 99999999999999999999\r\n\r\na", 400),
                Arguments.of("chunks not last", POST + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", 400),
                Arguments.of("chunks twice", POST + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400),
                Arguments.of("chunks by another name", POST + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
                Arguments.of("a space before the colon", POST + "Content-Length : 1\r\n\r\na", 400),
                // chunks
                Arguments.of("a chunk size that is none", POST + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
                Arguments.of("a negative chunk size", POST + "Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400),
                Arguments.of(
                        "a chunk size beyond numbers",
                        POST + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
                        400),
                Arguments.of(
                        "a chunk longer than it says",
                        POST + "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
                        400),
                // hosts
                Arguments.of("no host", "GET /constant HTTP/1.1\r\n\r\n", 400),
                Arguments.of("two hosts", GET + "Host: other\r\n\r\n", 400),
                Arguments.of("an empty host", "GET /constant HTTP/1.1\r\nHost:\r\n\r\n", 400),
                Arguments.of("a host with a path", "GET /constant HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
                Arguments.of(
                        "another host in the target", "GET http://other/constant HTTP/1.1\r\n" + HOST + "\r\n", 400),
                // headers
                Arguments.of("a folded header", GET + "X-A: b\r\n c\r\n\r\n", 400),
                Arguments.of("a header without a colon", GET + "nonsense\r\n\r\n", 400),
                Arguments.of("a header without a name", GET + ": b\r\n\r\n", 400),
                Arguments.of("a NUL in a header", GET + "X-A: b\0c\r\n\r\n", 400),
                Arguments.of("a lone CR in a header", GET + "X-A: b\rc\r\n\r\n", 400),
                Arguments.of("lines that end with LF", "GET /constant HTTP/1.1\nHost: localhost\n\n", 400),
                Arguments.of("64 KiB of headers", GET + "X-A: " + "a".repeat(64 << 10) + "\r\n\r\n", 431),
                Arguments.of("many headers", GET + "X-A: b\r\n".repeat(2000) + "\r\n", 431),
                Arguments.of(
                        "a target of 64 KiB", "GET /" + "a".repeat(64 << 10) + " HTTP/1.1\r\n" + HOST + "\r\n", 414),
                // targets
                Arguments.of("an encoded slash", "GET /a%2f..%2fb HTTP/1.1\r\n" + HOST + "\r\n", 400),
                Arguments.of("an encoded parent", "GET /a/%2e%2e/b HTTP/1.1\r\n" + HOST + "\r\n", 400),
                Arguments.of("a half encoded parent", "GET /a/.%2E/b HTTP/1.1\r\n" + HOST + "\r\n", 400),
                Arguments.of("a parent with a parameter", "GET /a/..;/b HTTP/1.1\r\n" + HOST + "\r\n", 400),
                Arguments.of("a parent with a backslash", "GET /a/..\\b HTTP/1.1\r\n" + HOST + "\r\n", 400),
                Arguments.of("an encoded backslash", "GET /a/..%5cb HTTP/1.1\r\n" + HOST + "\r\n", 400),
                Arguments.of("a parent", "GET /a/../b HTTP/1.1\r\n" + HOST + "\r\n", 400),
                Arguments.of("an empty segment", "GET //a HTTP/1.1\r\n" + HOST + "\r\n", 400),
                Arguments.of("an encoded NUL", "GET /a%00b HTTP/1.1\r\n" + HOST + "\r\n", 400),
                Arguments.of("an encoded line break", "GET /a%0d%0ab HTTP/1.1\r\n" + HOST + "\r\n", 400),
                Arguments.of("a NUL", "GET /a\0b HTTP/1.1\r\n" + HOST + "\r\n", 400),
                Arguments.of("a percent sign alone", "GET /a% HTTP/1.1\r\n" + HOST + "\r\n", 400),
                Arguments.of("a percent sign before others", "GET /a%zz HTTP/1.1\r\n" + HOST + "\r\n", 400),
                Arguments.of("bytes that are not UTF-8", "GET /a%ff HTTP/1.1\r\n" + HOST + "\r\n", 400),
                Arguments.of("an overlong slash", "GET /a%c0%af HTTP/1.1\r\n" + HOST + "\r\n", 400),
                Arguments.of("a bad query", "GET /a?b=%zz HTTP/1.1\r\n" + HOST + "\r\n", 400),
                Arguments.of("too long a query", "GET /a?" + "b&".repeat(300) + " HTTP/1.1\r\n" + HOST + "\r\n", 400),
                Arguments.of("no slash", "GET constant HTTP/1.1\r\n" + HOST + "\r\n", 400),
                Arguments.of("a star", "GET * HTTP/1.1\r\n" + HOST + "\r\n", 400),
                // methods and versions
                Arguments.of("TRACE", "TRACE /constant HTTP/1.1\r\n" + HOST + "\r\n", 405),
                Arguments.of("CONNECT", "CONNECT localhost:80 HTTP/1.1\r\n" + HOST + "\r\n", 405),
                Arguments.of("a method of signs", "G\u0001T /constant HTTP/1.1\r\n" + HOST + "\r\n", 400),
                Arguments.of("a space first", " GET /constant HTTP/1.1\r\n" + HOST + "\r\n", 400),
                Arguments.of("HTTP/0.9", "GET /constant\r\n\r\n", 505),
                Arguments.of("HTTP/3", "GET /constant HTTP/3.0\r\n" + HOST + "\r\n", 505),
                Arguments.of("an odd version", "GET /constant HTTP/1.1x\r\n" + HOST + "\r\n", 505),
                Arguments.of("an unknown expectation", GET + "Expect: cake\r\n\r\n", 417),
                // bodies
                Arguments.of("10 GB", POST + "Content-Length: 10000000000\r\n\r\n", 413),
                Arguments.of("an unknown encoding", POST + "Content-Encoding: br\r\nContent-Length: 1\r\n\r\na", 415),
                Arguments.of("gzip twice", POST + "Content-Encoding: gzip, gzip\r\nContent-Length: 1\r\n\r\na", 415),
                Arguments.of(
                        "gzip that is none", POST + "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", 400));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void isRefusedWithAProblemAndTheConnectionClosedOrInStep(String what, String request, int status)
            throws IOException {
        try (RawClient client = connect()) {
            RawClient.Reply reply = client.sendUnlessClosed(request.getBytes(StandardCharsets.ISO_8859_1))
                    .reply();

            assertThat(reply.status()).as(reply.text()).isEqualTo(status);
            assertIsProblem(reply);
            if (reply.header("Connection").isEmpty()) {
                assertThat(client.send(GET + "\r\n").reply().text()).isEqualTo(Trial.CONSTANT);
            } else {
                client.shutdownOutput();
                assertThat(client.isClosed()).isTrue();
            }
        }
        await("no thread is held", () -> server.busyThreads() <= 1);
    }

    private static void assertIsProblem(RawClient.Reply reply) {
        assertThat(reply.header("Content-Type")).hasValue("application/problem+json");
        assertThat(reply.header("Server")).isEmpty();
        assertThat(reply.text())
                .startsWith("{\"type\":\"urn:maas:problem:")
                .contains("\"status\":" + reply.status())
                .doesNotContain("Exception", "\tat ", "<html", "jetty");
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        try (RawClient client = connect()) {
            client.send("GET /a HTTP/1.1\r\n" + HOST + "\r\n" + POST + "Content-Length: 3\r\n\r\nabc" + GET + "\r\n");

            assertThat(client.reply().text()).isEqualTo("GET|a");
            assertThat(client.reply().text()).isEqualTo("abc");
            assertThat(client.reply().text()).isEqualTo(Trial.CONSTANT);
        }
    }

    @Test
    void pipelinedRequestsBehindOneThatTakesLongAreNotLost() throws Exception {
        try (RawClient client = connect()) {
            client.send("GET /held HTTP/1.1\r\n" + HOST + "\r\n");
            var held = trial.nextHeld();
            client.send("GET /a HTTP/1.1\r\n" + HOST + "\r\nGET /b HTTP/1.1\r\n" + HOST + "\r\n");
            held.send("held".getBytes(StandardCharsets.UTF_8));

            assertThat(List.of(
                            client.reply().text(),
                            client.reply().text(),
                            client.reply().text()))
                    .containsExactly("held", "GET|a", "GET|b");
        }
    }

    @Test
    void targetsMayBeAbsolute() throws IOException {
        assertThat(ask("GET http://localhost/a?b=c HTTP/1.1\r\n" + HOST + "\r\n")
                        .text())
                .isEqualTo("GET|a|b=c");
    }

    @Test
    void whatIsEncodedPlainlyIsDecodedOnce() throws IOException {
        assertThat(ask("GET /a%20b/%C3%A9/?q=1%2B1&q=a+b&&flag HTTP/1.1\r\n" + HOST + "\r\n")
                        .text())
                .isEqualTo("GET|a b|\u00e9||q=1+1|q=a b|flag=");
    }

    @Test
    void headersComeSeveralTimes() throws IOException {
        assertThat(ask("GET /a HTTP/1.1\r\n" + HOST + "X-MANY: 1\r\nx-many: 2\r\n\r\n")
                        .text())
                .isEqualTo("GET|a|1|2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "BREW", "get"})
    void oddMethodsReachTheRoutesThatRefuseThem(String method) throws IOException {
        assertThat(ask(method + " /a HTTP/1.1\r\n" + HOST + "\r\n").text()).startsWith(method + "|a");
    }

    @Test
    void headIsGetWithoutABody() throws IOException {
        try (RawClient client = connect()) {
            RawClient.Reply head =
                    client.send("HEAD /constant HTTP/1.1\r\n" + HOST + "\r\n").reply("HEAD");
            RawClient.Reply get = client.send(GET + "\r\n").reply();

            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("Content-Length")).isEqualTo(get.header("Content-Length"));
            assertThat(get.text()).isEqualTo(Trial.CONSTANT);
        }
    }

    @Test
    void lineBreaksInAnswersHeadersAreRefused() throws IOException {
        RawClient.Reply reply = ask("GET /split HTTP/1.1\r\n" + HOST + "\r\n");

        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.header("Set-Cookie")).isEmpty();
        assertIsProblem(reply);
    }

    @Test
    void mistakesOfTheServerSayNothingOfItsInside() throws IOException {
        RawClient.Reply reply = ask("GET /mistake HTTP/1.1\r\n" + HOST + "\r\n");

        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.text()).doesNotContain("secret", "IllegalState");
        assertIsProblem(reply);
    }

    @Test
    void aSecondAnswerHarmsNothing() throws IOException {
        try (RawClient client = connect()) {
            assertThat(client.send("GET /twice HTTP/1.1\r\n" + HOST + "\r\n")
                            .reply()
                            .text())
                    .isEqualTo(Trial.CONSTANT);
            assertThat(client.send(GET + "\r\n").reply().text()).isEqualTo(Trial.CONSTANT);
        }
    }

    @Test
    void aBodyThatNobodyWantsIsThrownAway() throws IOException {
        try (RawClient client = connect()) {
            client.send("POST /constant HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\n\r\nhello" + GET + "\r\n");

            assertThat(client.reply().text()).isEqualTo(Trial.CONSTANT);
            assertThat(client.reply().text()).isEqualTo(Trial.CONSTANT);
        }
    }

    @Test
    void aBodyIsNotAskedForIfItIsRefused() throws IOException {
        try (RawClient client = connect()) {
            client.send("POST /small HTTP/1.1\r\n" + HOST + "Expect: 100-continue\r\nContent-Length: 5000\r\n\r\n");

            assertThat(client.reply().status()).isEqualTo(413);
        }
    }

    @Test
    void aBodyIsAskedForIfItIsWanted() throws IOException {
        try (RawClient client = connect()) {
            client.send(POST + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            assertThat(client.reply().status()).isEqualTo(100);

            assertThat(client.send("hello").reply().text()).isEqualTo("hello");
        }
    }

    @Test
    void tooLargeABodyIsRefusedOnceItIs() throws IOException {
        try (RawClient client = connect()) {
            client.send("POST /small HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n");
            byte[] chunk = ("200\r\n" + "a".repeat(512) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            client.send(chunk).sendUnlessClosed(chunk);

            assertThat(client.reply().status()).isEqualTo(413);
        }
    }

    @Test
    void whoGoesOnSendingAfterARefusalIsNotHeardForEver() throws IOException {
        try (RawClient client = connect()) {
            client.send(POST + "Content-Length: 10000000000\r\n\r\n");
            assertThat(client.reply().status()).isEqualTo(413);

            byte[] more = new byte[1 << 20];
            Arrays.fill(more, (byte) 'x');
            for (int i = 0; i < 64; i++) {
                client.sendUnlessClosed(more);
            }
            await("the connection is closed", () -> server.connections() == 0);
        }
    }

    @Test
    void anEarlyCloseIsAnsweredIfSomebodyListens() throws IOException {
        try (RawClient client = connect()) {
            client.send(POST + "Content-Length: 10\r\n\r\nabc").shutdownOutput();

            assertThat(client.reply().status()).isEqualTo(400);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void aResetInTheMiddleOfABodyLeavesNothing() throws IOException {
        RawClient client = connect();
        client.send(POST + "Content-Length: 100000\r\n\r\n" + "a".repeat(5000));
        await("the body is being read", () -> server.buffers().leases() == 1);
        client.reset();

        await("its memory is given back", () -> server.buffers().leases() == 0);
    }
}
