package io.maas.http.internal.jetty;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.http.internal.exchange.BodyBuffers;
import io.maas.http.internal.exchange.Endpoint;
import io.maas.http.internal.exchange.ErrorFace;
import io.maas.http.limits.HttpLimits;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running server. Thread-safe. */
public final class JettyServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JettyServer.class);
    private static final String NAME = "maas-http";
    private static final int FEWEST_THREADS = 4;
    private static final int THREAD_IDLE_MS = 60_000;

    private final Server server;
    private final WatchedConnector connector;
    private final QueuedThreadPool threads;
    private final Surroundings around;

    private JettyServer(Server server, WatchedConnector connector, QueuedThreadPool threads, Surroundings around) {
        this.server = server;
        this.connector = connector;
        this.threads = threads;
        this.around = around;
    }

    /**
     * Starts a server.
     *
     * @throws UnavailableException if the address cannot be listened on, or the key store not be read
     */
    public static JettyServer start(
            InetSocketAddress address,
            Security security,
            HttpLimits limits,
            ClientAddress clients,
            Endpoint endpoint,
            ErrorFace errors) {
        ErrorFace face = errors.safe();
        AccessLines log = new AccessLines(clients);
        Surroundings around = new Surroundings(
                limits,
                new BodyBuffers(limits.bodyBytes()),
                face,
                new InFlight(),
                new Workers(workers(limits), limits.queue()),
                log);
        QueuedThreadPool threads = new QueuedThreadPool(limits.threads(), FEWEST_THREADS, THREAD_IDLE_MS);
        threads.setName(NAME);
        threads.setDaemon(true);
        Server server =
                new Server(threads, new ScheduledExecutorScheduler(NAME + "-clock", true), new ArrayByteBufferPool());
        server.setDefaultHandler(null);
        server.setErrorHandler(new JettyErrors(face));
        server.setRequestLog(log);
        server.setHandler(new RootHandler(endpoint, around));
        WatchedConnector connector = connector(server, address, security, limits);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(limits.connections(), connector));
        JettyServer made = new JettyServer(server, connector, threads, around);
        made.begin(address);
        return made;
    }

    private static WatchedConnector connector(
            Server server, InetSocketAddress address, Security security, HttpLimits limits) {
        WatchedConnector connector =
                new WatchedConnector(server, selectors(limits), protocols(address, security, limits));
        connector.setHost(address.getHostString());
        connector.setPort(address.getPort());
        connector.setIdleTimeout(limits.idle().toMillis());
        connector.setAcceptQueueSize(limits.acceptQueue());
        return connector;
    }

    private static ConnectionFactory[] protocols(InetSocketAddress address, Security security, HttpLimits limits) {
        try {
            return Protocols.of(security, limits);
        } catch (IllegalArgumentException e) {
            throw unavailable(address, e); // the key store is not there
        }
    }

    private static int selectors(HttpLimits limits) {
        int processors = Runtime.getRuntime().availableProcessors();
        return Math.max(1, Math.min(4, Math.min(processors / 2, limits.threads() / 8)));
    }

    /** All threads but those that select and accept for as long as the server runs, and one that begins what they find. */
    private static int workers(HttpLimits limits) {
        return limits.threads() - selectors(limits) - WatchedConnector.ACCEPTORS - 1;
    }

    @SuppressWarnings("IllegalCatch") // Jetty declares no less
    private void begin(InetSocketAddress address) {
        try {
            server.start();
        } catch (Exception e) {
            stop();
            throw unavailable(address, e);
        }
        new Lookout(connector, around).begin();
    }

    private static UnavailableException unavailable(InetSocketAddress address, Exception cause) {
        return new UnavailableException(
                ErrorCode.BAD_SETTING,
                "serve HTTP on " + address.getHostString() + ":" + address.getPort(),
                String.valueOf(cause.getMessage()),
                "choose a free port, and a key store that can be read",
                cause);
    }

    /** Returns the port that is listened on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Returns the memory for bodies. */
    public BodyBuffers buffers() {
        return around.buffers();
    }

    /** Returns how many exchanges are not complete. */
    public int exchanges() {
        return around.inFlight().all().size();
    }

    /** Returns how many connections are open. */
    public int connections() {
        return connector.getConnectedEndPoints().size();
    }

    /** Returns how many threads do something for an exchange now. */
    public int busyThreads() {
        return threads.getUtilizedThreads();
    }

    /** Returns how many requests wait for a thread. */
    public int waiting() {
        return around.workers().waiting();
    }

    /** Tells whether the server takes new connections. */
    public boolean isOpen() {
        return !around.inFlight().isDraining() && connector.isRunning();
    }

    /** Stops accepting, waits for the exchanges that run as long as the limits say, and ends what is left. Twice is harmless. */
    @Override
    public void close() {
        var drained = around.inFlight().drain();
        connector.close();
        try {
            drained.get(around.limits().drain().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn(
                    "{} requests are cut short: they did not end in {}",
                    exchanges(),
                    around.limits().drain());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Waiting for requests cannot fail", e);
        }
        stop();
    }

    @SuppressWarnings("IllegalCatch") // Jetty declares no less
    private void stop() {
        try {
            server.stop();
        } catch (Exception e) {
            LOG.warn("The HTTP server did not stop as it should", e);
        }
    }
}
