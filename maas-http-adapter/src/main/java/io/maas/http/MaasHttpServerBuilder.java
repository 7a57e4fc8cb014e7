package io.maas.http;

import io.maas.Maas;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.http.auth.TokenIssuer;
import io.maas.http.internal.auth.BoundedVerifier;
import io.maas.http.internal.auth.CredentialGuard;
import io.maas.http.internal.auth.FirstKey;
import io.maas.http.internal.auth.KeyVerifier;
import io.maas.http.internal.auth.OwnHosts;
import io.maas.http.internal.auth.Quotas;
import io.maas.http.internal.auth.TokenVerifier;
import io.maas.http.internal.auth.TrustingGuard;
import io.maas.http.internal.auth.Verifier;
import io.maas.http.internal.inference.InferenceRoutes;
import io.maas.http.internal.inference.Predictors;
import io.maas.http.internal.jetty.ClientAddress;
import io.maas.http.internal.jetty.JettyParts;
import io.maas.http.internal.jetty.JettyServer;
import io.maas.http.internal.jetty.Security;
import io.maas.http.internal.metrics.MetricsRoutes;
import io.maas.http.internal.openai.OpenAiRoutes;
import io.maas.http.internal.openapi.OpenApiRoutes;
import io.maas.http.internal.platform.PlatformRoutes;
import io.maas.http.internal.platform.Scratch;
import io.maas.http.internal.route.Route;
import io.maas.http.internal.route.Routes;
import io.maas.http.limits.BodyLimits;
import io.maas.http.limits.CallerLimits;
import io.maas.http.limits.HttpLimits;
import io.maas.repository.AccessKey;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Says how a server is to be, and starts it. Listens on 127.0.0.1:8080 unless told otherwise. Not thread-safe. */
public final class MaasHttpServerBuilder {
    private static final int HIGHEST_PORT = 65_535;
    /** A provider that is slow holds one thread of so many. */
    private static final int THREADS_PER_CHECK = 8;

    private static final Duration CHECK_PATIENCE = Duration.ofMillis(250);

    private final Maas maas;
    private String host = "127.0.0.1";
    private int port = 8080;
    private boolean anywhere;
    private Optional<Consumer<String>> firstKey = Optional.empty();
    private Optional<TokenIssuer> tokens = Optional.empty();
    private CallerLimits callers = CallerLimits.defaults();
    private Clock clock = Clock.systemUTC();
    private Security security = new Security.Plain();
    private HttpLimits limits = HttpLimits.defaults();
    private BodyLimits bodies = BodyLimits.defaults();
    private ClientAddress clients = ClientAddress.CONNECTED;
    private final Set<String> names = new LinkedHashSet<>();

    MaasHttpServerBuilder(Maas maas) {
        this.maas = Objects.requireNonNull(maas, "maas");
    }

    /** Listens on this address, or the address of this name. */
    public MaasHttpServerBuilder host(String host) {
        this.host = Objects.requireNonNull(host, "host");
        return this;
    }

    /**
     * Listens on this port.
     *
     * @param port 0 for one that is free, see {@link MaasHttpServer#address()}
     * @throws InvalidInputException {@link ErrorCode#BAD_SETTING} if there is no such port
     */
    public MaasHttpServerBuilder port(int port) {
        if (port < 0 || port > HIGHEST_PORT) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING,
                    "listen on port " + port,
                    "there is no such port",
                    "give one from 0 to 65535");
        }
        this.port = port;
        return this;
    }

    /**
     * Encrypts with TLS 1.2 or 1.3.
     *
     * @param keyStore PKCS #12 or JKS, with a certificate and its key
     * @param password of the store and the key
     */
    public MaasHttpServerBuilder tls(Path keyStore, String password) {
        security = new Security.Tls(
                Objects.requireNonNull(keyStore, "keyStore"), Objects.requireNonNull(password, "password"));
        return this;
    }

    /** Lets clients have this much. */
    public MaasHttpServerBuilder limits(HttpLimits limits) {
        this.limits = Objects.requireNonNull(limits, "limits");
        return this;
    }

    /** Lets request bodies be this large. */
    public MaasHttpServerBuilder bodies(BodyLimits limits) {
        this.bodies = Objects.requireNonNull(limits, "limits");
        return this;
    }

    /**
     * Lets only those in who have an access key, see {@link AccessKey}, and those only to what it is for. They send it as {@code
     * Authorization: Bearer maas_…}, or as {@code X-API-Key}. With this and {@link #tls} other addresses than loopback are
     * listened on.
     *
     * @param firstKey is told the key of an administrator, once, if the server had to make one, since there was none that could
     *     grant others; show it to who started the server, and keep it out of logs
     */
    public MaasHttpServerBuilder requireKeys(Consumer<String> firstKey) {
        this.firstKey = Optional.of(firstKey);
        return this;
    }

    /**
     * Lets those in who have a token of an OpenID Connect provider, as {@code Authorization: Bearer}. Together with {@link
     * #requireKeys} one of both suffices. The provider is asked for its keys when a token comes, not before.
     */
    public MaasHttpServerBuilder acceptTokens(TokenIssuer issuer) {
        tokens = Optional.of(issuer);
        return this;
    }

    /** Lets one caller have this much. */
    public MaasHttpServerBuilder callers(CallerLimits limits) {
        this.callers = Objects.requireNonNull(limits, "limits");
        return this;
    }

    /** Tells by this clock whether keys and tokens have expired, and how often callers come; by the system's unless set. */
    public MaasHttpServerBuilder clock(Clock clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        return this;
    }

    /**
     * Believes a proxy in front of the server who its clients are: what it puts last into {@code X-Forwarded-For} stands in the
     * access log. Only for servers that nobody reaches past the proxy. Nothing else is taken from forwarded headers.
     */
    public MaasHttpServerBuilder behindProxy() {
        clients = ClientAddress.FORWARDED;
        return this;
    }

    /**
     * Lets callers who need not say who they are ask for these names and addresses too, as they stand in {@code Host}, without a port:
     * others than loopback's and the one that is listened on are refused, since somebody else may have made them lead here to have a
     * browser read the answers. Where {@code 0.0.0.0} is listened on, all addresses may be asked for, but names only if they are
     * given here. Of no account where keys or tokens are asked for.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_SETTING} if one is neither a name nor an address
     */
    public MaasHttpServerBuilder allowedHosts(String... hosts) {
        for (String given : hosts) {
            names.add(OwnHosts.checked(given));
        }
        return this;
    }

    /** Lets whoever reaches the server use it: other addresses than loopback are listened on though nobody has to prove who they are, or
     * keys can be read under way. */
    public MaasHttpServerBuilder insecure() {
        anywhere = true;
        return this;
    }

    /**
     * Starts the server.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_SETTING} if the address can be reached from elsewhere and that is not safe
     * @throws io.maas.error.UnavailableException if the address cannot be listened on, or the key store not be read
     */
    public MaasHttpServer start() {
        InetSocketAddress address = new InetSocketAddress(host, port);
        requireSafe(address);
        Scratch.sweep(Instant.now());
        Routes.Guard guard = new Quotas(asksNobody() ? trusting(address) : credentials(), callers, clock);
        HealthRoutes health = new HealthRoutes(maas);
        Predictors predictors = new Predictors(maas);
        Routes routes = new Routes(routes(health, predictors), guard);
        JettyServer server = JettyServer.start(address, security, limits, clients, routes, new ErrorFaces());
        health.follow(server::isOpen);
        return new MaasHttpServer(server, host, predictors, routes);
    }

    /** Everything that can be asked for. */
    List<Route> routes(HealthRoutes health, Predictors predictors) {
        List<Route> all = new ArrayList<>(health.routes());
        all.addAll(new OpenApiRoutes().routes());
        all.addAll(new InferenceRoutes(maas, predictors, bodies).routes());
        all.addAll(new MetricsRoutes(maas).routes());
        all.addAll(new OpenAiRoutes(maas, predictors, bodies).routes());
        all.addAll(new PlatformRoutes(maas, predictors, new JettyParts(), bodies, limits).routes());
        return all;
    }

    private Routes.Guard trusting(InetSocketAddress address) {
        String scheme = security instanceof Security.Plain ? "http" : "https";
        Set<String> schemes = clients == ClientAddress.FORWARDED ? Set.of("http", "https") : Set.of(scheme);
        return new TrustingGuard(OwnHosts.of(address, names), schemes);
    }

    private Routes.Guard credentials() {
        List<Verifier> verifiers = new ArrayList<>(2);
        if (firstKey.isPresent()) {
            new FirstKey(maas.repository(), clock, new SecureRandom()).ensure(firstKey.get());
            verifiers.add(new KeyVerifier(maas.repository(), clock));
        }
        int checks = Math.max(1, limits.threads() / THREADS_PER_CHECK);
        tokens.ifPresent(
                issuer -> verifiers.add(new BoundedVerifier(new TokenVerifier(issuer, clock), checks, CHECK_PATIENCE)));
        return new CredentialGuard(verifiers);
    }

    private boolean asksNobody() {
        return firstKey.isEmpty() && tokens.isEmpty();
    }

    private void requireSafe(InetSocketAddress address) {
        boolean loopback = !address.isUnresolved() && address.getAddress().isLoopbackAddress();
        if (loopback || anywhere) {
            return;
        }
        if (asksNobody()) {
            throw unsafe(
                    "others than this host could use the platform, and need not prove who they are",
                    "ask for keys with requireKeys(…) or tokens with acceptTokens(…), and encrypt with tls(…), listen on 127.0.0.1 behind something that does, "
                            + "or say insecure()");
        }
        if (security instanceof Security.Plain) {
            throw unsafe(
                    "keys could be read on their way here",
                    "encrypt with tls(…), listen on 127.0.0.1 behind something that does, or say insecure()");
        }
    }

    private InvalidInputException unsafe(String why, String remedy) {
        return new InvalidInputException(ErrorCode.BAD_SETTING, "serve HTTP on " + host, why, remedy);
    }
}
