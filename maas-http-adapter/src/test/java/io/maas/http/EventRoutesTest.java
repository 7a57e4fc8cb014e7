package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.http.openapi.Call;
import io.maas.repository.ChangeOptions;
import io.maas.repository.PublishOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventRoutesTest extends ServerFixture {
    /** A client that hears events. */
    private final class Listener implements AutoCloseable {
        private final InputStream stream;
        private final BufferedReader lines;
        private final Call call;

        Listener(String path, String... headers) throws IOException, InterruptedException {
            HttpRequest.Builder builder = HttpRequest.newBuilder(uri(path));
            HttpRequest request = (headers.length == 0 ? builder : builder.headers(headers)).build();
            HttpResponse<InputStream> response =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
            call = ServerFixture.call(request, response, Optional.empty());
            contract.check(call);
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("text/event-stream");
            stream = response.body();
            lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
            assertThat(lines.readLine()).isEqualTo(":"); // it is being served
        }

        /** The next event, as name, id and data. */
        List<String> next() throws IOException {
            List<String> event = new ArrayList<>();
            for (String line = lines.readLine(); event.size() < 3; line = lines.readLine()) {
                if (!line.isEmpty()) {
                    event.add(line.substring(line.indexOf(' ') + 1));
                }
            }
            contract.event(call, event.get(0), event.get(2));
            return event;
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }

    @Test
    void changesAreToldAsTheyHappen() throws IOException, InterruptedException {
        platform.serve("price", "scale 3");
        try (Listener listener = new Listener("/api/v1/events")) {
            var version = platform.register("price", "scale 4");
            assertThat(listener.next()).satisfies(event -> {
                assertThat(event.get(0)).isEqualTo("registered");
                assertThat(event.get(2)).contains("\"version\":\"2\"", "\"model\":\"price\"");
            });
            platform.maas().repository().publish(version, PublishOptions.toProduction());
            List<String> event = listener.next();
            while (!event.get(0).equals("alias-moved")) {
                event = listener.next();
            }
            assertThat(event.get(2)).contains("\"from\":\"1\"", "\"to\":\"2\"");
            assertThat(event.get(1))
                    .isEqualTo(Long.toString(platform.maas().repository().head()));
        }
    }

    @Test
    void moreThanAClientTakesAtOnceComesToItsEnd() throws IOException, InterruptedException {
        platform.serve("price", "scale 3");
        String reason = "because ".repeat(100);
        long before = platform.maas().repository().head();
        for (int i = 0; i < 300; i++) { // several times what waits in memory
            platform.maas()
                    .repository()
                    .publish(
                            platform.maas().repository().resolve("price"),
                            PublishOptions.to("alias" + i)
                                    .change(ChangeOptions.defaults().reason(reason)));
        }
        long head = platform.maas().repository().head();
        assertThat(head).isGreaterThan(before + 200);
        try (Listener listener = new Listener("/api/v1/events?from=0")) {
            List<String> event = listener.next();
            while (!event.get(1).equals(Long.toString(head))) {
                event = listener.next();
            }
        }
    }

    @Test
    void whoLeavesWhileMuchWaitsForHimHoldsUpNobody() throws IOException, InterruptedException {
        platform.serve("price", "scale 3");
        for (int i = 0; i < 20; i++) {
            try (Listener listener = new Listener("/api/v1/events?from=0")) {
                listener.next();
            }
        }
        long began = System.nanoTime();
        server.close();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void whoeverComesBackMissesNothing() throws IOException, InterruptedException {
        platform.serve("price", "scale 3");
        try (Listener listener = new Listener("/api/v1/events", "Last-Event-ID", "0")) {
            assertThat(listener.next()).satisfies(event -> {
                assertThat(event.get(0)).isEqualTo("registered");
                assertThat(event.get(1)).isEqualTo("0");
            });
        }
        try (Listener listener = new Listener("/api/v1/events?from=0")) {
            assertThat(listener.next().get(0)).isEqualTo("registered");
        }
        assertThat(get("/api/v1/events?from=x").status()).isEqualTo(400);
        assertThat(get("/api/v1/events?from=-1").status()).isEqualTo(400);
    }
}
