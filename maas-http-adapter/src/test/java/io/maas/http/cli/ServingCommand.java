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

/** The command that serves, on a thread that a test ends. */
final class ServingCommand implements AutoCloseable {
    private final Thread thread;
    private final BufferedReader out;

    ServingCommand(String store, Path config, List<String> options) throws IOException {
        PipedWriter written = new PipedWriter();
        out = new BufferedReader(new PipedReader(written));
        List<String> all = new ArrayList<>(List.of("--store", store, "--config", config.toString()));
        all.addAll(options);
        PrintWriter writer = new PrintWriter(written, true);
        thread = new Thread(() -> {
            Main.run(writer, writer, all.toArray(String[]::new));
            writer.close();
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
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
