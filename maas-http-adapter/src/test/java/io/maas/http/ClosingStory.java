package io.maas.http;

import io.maas.testkit.ScriptedBackend;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;

/** A server that ends answers what it has begun, and says meanwhile that it takes no more. */
final class ClosingStory {
    private final Asker admin;
    private final ServerFixture server;

    ClosingStory(Asker admin) {
        this.admin = admin;
        this.server = admin.server();
    }

    void tell() throws InterruptedException {
        InetSocketAddress address = server.server.address();
        admin.get("/v2/health/ready"); // over a connection that is kept
        CompletableFuture<?> call;
        CompletableFuture<?> closing;
        try (ScriptedBackend.Gate gate = server.platform.backend().holdUp(1)) {
            call = callElsewhere();
            gate.awaitEntered();
            closing = CompletableFuture.runAsync(server.server::close);
            while (isListenedOn(address)) {
                Thread.onSpinWait();
            }
            admin.refused(503, "GET", "/v2/health/ready", "");
        }
        call.join();
        closing.join();
    }

    private CompletableFuture<?> callElsewhere() {
        HttpRequest request = HttpRequest.newBuilder(server.uri("/predict"))
                .header("Authorization", "Bearer " + admin.key())
                .POST(BodyPublishers.ofByteArray(Asker.bytes("{'model': 'price', 'input': 1}")))
                .build();
        return HttpClient.newHttpClient().sendAsync(request, HttpResponse.BodyHandlers.discarding());
    }

    private static boolean isListenedOn(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
