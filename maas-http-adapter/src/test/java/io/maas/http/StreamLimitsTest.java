package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.InvalidInputException;
import io.maas.http.limits.HttpLimits;
import io.maas.repository.AccessRole;
import io.maas.repository.AccessSecret;
import io.maas.repository.ChangeOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Requests that go on for as long as their clients like leave threads for all others, and no caller has all places for them. */
class StreamLimitsTest extends ServerFixture {
    private static final String UPLOAD = "/api/v1/models";

    @Override
    protected MaasHttpServerBuilder configure(MaasHttpServerBuilder builder) {
        return builder.requireKeys(first -> {})
                .limits(HttpLimits.defaults().withStreams(4).withEvents(4));
    }

    private String key(AccessRole role) {
        AccessSecret secret = AccessSecret.random(new SecureRandom());
        platform.maas().repository().governance().grant(secret.key("grace", role), ChangeOptions.defaults());
        return secret.text();
    }

    /** An upload that does not end by itself, and is being read when this returns. */
    private Socket upload(String key) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
        String head = "POST " + UPLOAD + " HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + key
                + "\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        byte[] answer = socket.getInputStream().readNBytes("HTTP/1.1 100".length());
        assertThat(answer).asString(StandardCharsets.US_ASCII).isEqualTo("HTTP/1.1 100");
        return socket;
    }

    private Reply ask(String key, String path) {
        return send(HttpRequest.newBuilder(uri(path)).header("X-API-Key", key));
    }

    private void refused(Reply reply, int status, String code) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.json().get("code").asText()).isEqualTo(code);
        assertThat(reply.header("Retry-After")).hasValue("5");
    }

    /** Waits for what happens on other threads soon. */
    private Reply until(int status, String key, String path) {
        Reply reply = ask(key, path);
        while (reply.status() != status) { // the fixture ends this
            LockSupport.parkNanos(1_000_000);
            reply = ask(key, path);
        }
        return reply;
    }

    @Test
    void uploadsAndDownloadsShareTheirPlaces() throws IOException {
        platform.serve("price", "scale 3");
        String bundle = "/api/v1/models/price/versions/1/bundle";
        String greedy = key(AccessRole.PUBLISHER);
        String other = key(AccessRole.PUBLISHER);
        String third = key(AccessRole.READER);
        List<Socket> slow = new ArrayList<>();
        try {
            slow.add(upload(greedy));
            slow.add(upload(greedy));
            refused(ask(greedy, bundle), 429, "caller-over-limit");
            refused(ask(greedy, "/api/v1/audit?format=csv"), 429, "caller-over-limit");
            assertThat(ask(greedy, "/api/v1/audit").status()).as("a page").isEqualTo(200);
            assertThat(ask(third, bundle).status()).as("another caller").isEqualTo(200);

            slow.add(upload(other));
            slow.add(upload(other));
            refused(ask(third, bundle), 503, "streams-overloaded");
            refused(ask(third, "/api/v1/audit?format=jsonl"), 503, "streams-overloaded");
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
        assertThat(until(200, greedy, bundle).body()).isNotEmpty();
    }

    @Test
    void whatHasEndedHasNoPlace() {
        platform.serve("price", "scale 3");
        String key = key(AccessRole.PUBLISHER);
        for (int i = 0; i < 10; i++) {
            until(200, key, "/api/v1/models/price/versions/1/bundle");
            Reply bad = send(HttpRequest.newBuilder(uri(UPLOAD))
                    .header("X-API-Key", key)
                    .POST(HttpRequest.BodyPublishers.ofString("no model")));
            assertThat(bad.status()).as(bad.text()).isNotIn(429, 503);
        }
    }

    @Test
    void streamsOfEventsHavePlacesOfTheirOwn() throws Exception {
        String greedy = key(AccessRole.READER);
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest events = HttpRequest.newBuilder(uri("/api/v1/events"))
                .header("X-API-Key", greedy)
                .build();
        try (InputStream first =
                        client.send(events, BodyHandlers.ofInputStream()).body();
                InputStream second =
                        client.send(events, BodyHandlers.ofInputStream()).body()) {
            assertThat(first.read()).isEqualTo(':');
            assertThat(second.read()).isEqualTo(':');
            refused(ask(greedy, "/api/v1/events"), 429, "caller-over-limit");
            assertThat(ask(greedy, "/api/v1/audit?format=csv").status()).isEqualTo(200);
        }
        server.close();
    }

    @Test
    void limitsThatLeaveNothingForOthersAreRefused() {
        HttpLimits limits = HttpLimits.defaults().withThreads(16);
        assertThat(limits.streams()).isEqualTo(4);
        assertThatThrownBy(() -> limits.withStreams(16)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> limits.withStreams(0)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> limits.withEvents(0)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> limits.withQueue(0)).isInstanceOf(InvalidInputException.class);
    }
}
