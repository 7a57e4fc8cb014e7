package io.maas.http.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The command that serves, on a thread that a test ends. */
final class ServingCommand implements AutoCloseable {
    private final Thread thread;
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();
    private final BufferedReader out;

    ServingCommand(String store, Path config, List<String> options) throws IOException {
        PipedWriter written = new PipedWriter();
        out = new BufferedReader(new PipedReader(written));
        List<String> all = new ArrayList<>(List.of("--store", store, "--config", config.toString()));
        all.addAll(options);
        PrintWriter writer = new PrintWriter(written, true);
        thread = new Thread(() -> {
            try (writer) {
                ended.complete(Main.run(writer, writer, all.toArray(String[]::new)));
            } finally {
                ended.complete(1);
            }
        });
        thread.start();
    }

    /** Waits for the next line that it prints. */
    String line() throws IOException {
        return out.readLine();
    }

    /** Asks for models, and returns the status. */
    int ask(String address, String credential) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + "/api/v1/models"));
        if (!credential.isEmpty()) {
            request.header("Authorization", "Bearer " + credential);
        }
        return HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Override
    public void close() {
        thread.interrupt();
        ended.join();
    }
}
