package io.maas.http.cli;

import io.maas.Maas;
import io.maas.MaasBuilder;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.http.MaasHttpServer;
import io.maas.http.MaasHttpServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How the server is to be, and the server. */
final class ServeOptions {
    @Mixin
    private StoreOptions store = new StoreOptions();

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description = "The address to listen on; ${DEFAULT-VALUE} unless given.")
    private String host = "127.0.0.1";

    @Option(
            names = "--port",
            defaultValue = "8080",
            description = "The port; ${DEFAULT-VALUE} unless given, 0 for any.")
    private int port;

    @Option(
            names = "--tls-keystore",
            description = "A PKCS #12 or JKS file with a certificate and its key: serves HTTPS.")
    private @Nullable Path keyStore;

    @Option(
            names = "--tls-password-file",
            description = "A file with the key store's password; otherwise MAAS_TLS_PASSWORD has it.")
    private @Nullable Path passwordFile;

    @Mixin
    private AccessOptions access = new AccessOptions();

    @Option(names = "--allow-torchscript", description = "Runs TorchScript, which is a program, whoever signed it.")
    private boolean torchScript;

    /** Serves until the process is told to end. */
    int serve() {
        MaasBuilder platform = store.builder();
        if (torchScript) {
            platform.allowTorchScript();
        }
        try (Maas maas = platform.open();
                MaasHttpServer server = configure(MaasHttpServer.builder(maas)).start()) {
            InetSocketAddress address = server.address();
            String scheme = keyStore == null ? "http" : "https";
            store.out()
                    .println("maas serves " + store.store() + " on " + scheme + "://" + address.getHostString() + ":"
                            + address.getPort());
            awaitSignal(maas, server);
            return 0;
        }
    }

    private MaasHttpServerBuilder configure(MaasHttpServerBuilder builder) {
        builder.host(host).port(port);
        if (keyStore != null) {
            builder.tls(keyStore, password());
        }
        access.apply(
                builder, key -> store.out().println("the first key, of an administrator; it is told only now: " + key));
        return builder;
    }

    private String password() {
        if (passwordFile == null) {
            String password = System.getenv("MAAS_TLS_PASSWORD");
            if (password == null) {
                throw new InvalidInputException(
                        ErrorCode.BAD_SETTING,
                        "open the key store",
                        "nobody has said its password",
                        "name a file with --tls-password-file, or set MAAS_TLS_PASSWORD");
            }
            return password;
        }
        try {
            return Files.readString(passwordFile).strip();
        } catch (IOException e) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING,
                    "open the key store",
                    "the file with its password cannot be read, " + e,
                    "name one that can",
                    e);
        }
    }

    /**
     * The system ends a process whose signal it was in its own way as soon as the hooks have ended, with a code that looks like a
     * failure: this one has done all that was to be done, and says so.
     */
    private void awaitSignal(Maas maas, MaasHttpServer server) {
        CountDownLatch never = new CountDownLatch(1);
        Thread hook = new Thread(
                () -> {
                    store.out().println("maas stops");
                    server.close();
                    maas.close();
                    store.out().println("maas has stopped");
                    Runtime.getRuntime().halt(0);
                },
                "maas-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            never.await();
        } catch (InterruptedException e) {
            Runtime.getRuntime().removeShutdownHook(hook); // whoever embeds the command ends it so
            Thread.currentThread().interrupt();
        }
    }
}
