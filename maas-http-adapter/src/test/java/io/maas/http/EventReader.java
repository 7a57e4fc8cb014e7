package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.http.openapi.Call;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Follows a stream of events, and holds each to the OpenAPI document. */
final class EventReader implements AutoCloseable {
    private final ServerFixture server;
    private final Call call;
    private final InputStream stream;
    private final BufferedReader lines;

    EventReader(Asker asker, String path, String... headers) throws IOException, InterruptedException {
        server = asker.server();
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(server.uri(path)).header("Authorization", "Bearer " + asker.key());
        HttpRequest request = (headers.length == 0 ? builder : builder.headers(headers)).build();
        HttpResponse<InputStream> response =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
        stream = response.body();
        assertThat(response.statusCode()).isEqualTo(200);
        call = ServerFixture.call(request, response, Optional.empty());
        server.contract.check(call);
        lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }

    /** Reads events up to the first of a commit. */
    void readThrough(long commit) throws IOException {
        String kind = "";
        String id = "";
        boolean told = false;
        while (!told) {
            String line = lines.readLine();
            String value = line.substring(line.indexOf(' ') + 1);
            if (line.startsWith("event:")) {
                kind = value;
            } else if (line.startsWith("id:")) {
                id = value;
            } else if (line.startsWith("data:")) {
                server.contract.event(call, kind, value);
            } else if (line.isEmpty()) {
                told = id.equals(Long.toString(commit));
            }
        }
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
