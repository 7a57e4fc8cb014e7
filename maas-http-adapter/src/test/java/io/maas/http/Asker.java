package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;

/**
 * Somebody with an access key who asks a server.
 *
 * @param key is sent with each request; none if empty
 */
record Asker(ServerFixture server, String key) {
    ServerFixture.Reply ask(String method, String path, byte[] body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.uri(path)).method(method, BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return server.send(key.isEmpty() ? request : request.header("Authorization", "Bearer " + key));
    }

    /** Single quotes stand for double ones. */
    static byte[] bytes(String body) {
        return body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    /** Asks, and is answered with this status. */
    ServerFixture.Reply expect(int status, String method, String path, byte[] body, String... headers) {
        ServerFixture.Reply reply = ask(method, path, body, headers);
        assertThat(reply.status()).as(method + " " + path + ": " + reply.text()).isEqualTo(status);
        return reply;
    }

    ServerFixture.Reply get(String path, String... headers) {
        return expect(200, "GET", path, new byte[0], headers);
    }

    ServerFixture.Reply post(String path, String body, String... headers) {
        return expect(200, "POST", path, bytes(body), headers);
    }

    ServerFixture.Reply delete(String path, String body, String... headers) {
        return expect(200, "DELETE", path, bytes(body), headers);
    }

    /** Is refused. */
    void refused(int status, String method, String path, String body, String... headers) {
        expect(status, method, path, bytes(body), headers);
    }
}
