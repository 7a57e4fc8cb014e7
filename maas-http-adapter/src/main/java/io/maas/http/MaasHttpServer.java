package io.maas.http;

import io.maas.Maas;
import io.maas.http.internal.inference.Predictors;
import io.maas.http.internal.jetty.JettyServer;
import io.maas.http.internal.route.Routes;
import java.net.InetSocketAddress;

/**
 * A server through which a platform is used over HTTP/1.1 and HTTP/2.
 *
 * <pre>{@code
 * try (MaasHttpServer server = MaasHttpServer.builder(maas).port(8080).start()) {
 *     System.out.println("serving on " + server.address());
 * }
 * }</pre>
 *
 * <p>The platform stays the caller's: closing the server does not close it. All threads are daemons whose names begin with {@code
 * maas-http}. Thread-safe.
 */
public final class MaasHttpServer implements AutoCloseable {
    private final JettyServer server;
    private final String host;
    private final Predictors predictors;
    private final Routes routes;

    MaasHttpServer(JettyServer server, String host, Predictors predictors, Routes routes) {
        this.server = server;
        this.host = host;
        this.predictors = predictors;
        this.routes = routes;
    }

    /** Returns a builder for a server of this platform. */
    public static MaasHttpServerBuilder builder(Maas maas) {
        return new MaasHttpServerBuilder(maas);
    }

    /** Returns the address that is listened on, with the port that was chosen if none was asked for. */
    public InetSocketAddress address() {
        return new InetSocketAddress(host, server.port());
    }

    Routes routes() {
        return routes;
    }

    /**
     * Says that it is not ready, stops accepting, waits for the requests that run, and closes every connection. Waits as long as
     * {@link io.maas.http.limits.HttpLimits#drain()} says. Closing twice is harmless.
     */
    @Override
    public void close() {
        server.close();
        predictors.close();
    }
}
