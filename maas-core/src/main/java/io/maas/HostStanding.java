package io.maas;

import io.maas.error.MaasException;
import io.maas.internal.hosts.HostReport;
import io.maas.internal.hosts.HostReports;
import io.maas.internal.hosts.HostReports.Posted;
import io.maas.internal.registry.Registry;
import io.maas.internal.registry.RegistrySettings;
import io.maas.internal.serving.Serving;
import io.maas.internal.serving.Threads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this host is doing, told to the others and put beside what they tell. Asking never fails and never waits long: a
 * store that does not answer in time is not waited for again until it has. Thread-safe.
 */
final class HostStanding implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HostStanding.class);
    private static final Duration HEARTBEAT = Duration.ofSeconds(30);
    private static final Duration TIDYING = Duration.ofHours(1);
    private static final long PATIENCE_SECONDS = 5;

    private final Registry registry;
    private final Serving serving;
    private final Threads threads;
    private final HostReports reports;
    private final Clock clock;
    private final boolean silent;
    private final String name;
    private final String platform = Version.ofPlatform();
    private @Nullable HostReport reported;
    private Instant tidied;
    private List<Posted> known = List.of();
    private CompletableFuture<List<Posted>> reading = CompletableFuture.completedFuture(List.of());
    private boolean overdue;

    HostStanding(RegistrySettings settings, Registry registry, Serving serving, Threads threads, String name) {
        byte[] id = new byte[8];
        settings.random().nextBytes(id);
        this.registry = registry;
        this.serving = serving;
        this.threads = threads;
        this.reports = new HostReports(
                settings.store(), settings.namespace(), HexFormat.of().formatHex(id));
        this.clock = settings.clock();
        this.silent = settings.readOnly();
        this.name = name;
        this.tidied = clock.instant();
    }

    HostReport own() {
        List<HostReport.Route> routes = new ArrayList<>();
        // before the routes: what they show is as of this commit or later
        long head = registry.head();
        for (Serving.RouteState state : serving.states()) {
            routes.add(new HostReport.Route(
                    state.ref(),
                    state.desired(),
                    state.actual(),
                    state.digest(),
                    state.reason().map(MaasException::getMessage)));
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return new HostReport(reports.id(), name, platform, head, registry.stale(), now, routes);
    }

    // ---- telling

    /** Tells the others, if there is something new or it has not been said for a while. */
    void reportIfDue() {
        HostReport now = own();
        HostReport before;
        synchronized (this) {
            before = reported;
        }
        if (before == null || !now.saysTheSameAs(before) || isOver(before.time(), HEARTBEAT)) {
            report(now);
        }
    }

    /** Tells the others. */
    void report() {
        report(own());
    }

    private void report(HostReport now) {
        // a registry that is not the one this host knows is not written to, whoever's it is
        if (silent || !registry.isConfirmed()) {
            return;
        }
        reports.write(now);
        synchronized (this) {
            reported = now;
        }
    }

    /** Tells whether so much time has passed; if the clock was set back, nobody knows. */
    private boolean isOver(Instant since, Duration time) {
        Instant now = clock.instant();
        return now.isBefore(since) || !now.isBefore(since.plus(time));
    }

    /** Deletes the reports of hosts that are gone for long, now and then. */
    void tidy() {
        synchronized (this) {
            if (silent || !registry.isConfirmed() || !isOver(tidied, TIDYING)) {
                return;
            }
            tidied = clock.instant();
        }
        reports.tidy(clock.instant());
    }

    // ---- asking

    /** Returns what every host said last, this one first and as it is now. */
    List<Posted> hosts() {
        List<Posted> all = new ArrayList<>();
        all.add(new Posted.Legible(own()));
        posted().stream().filter(other -> !other.id().equals(reports.id())).forEach(all::add);
        return all;
    }

    private List<Posted> posted() {
        CompletableFuture<List<Posted>> current = read();
        boolean wait;
        synchronized (this) {
            wait = !overdue;
        }
        try {
            List<Posted> now = current.get(wait ? PATIENCE_SECONDS : 0, TimeUnit.SECONDS);
            synchronized (this) {
                known = now;
                overdue = false;
            }
        } catch (TimeoutException e) {
            synchronized (this) {
                overdue = true;
            }
        } catch (ExecutionException e) {
            LOG.debug("The reports of other hosts cannot be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            return known;
        }
    }

    /** Starts to read, unless that is under way. On a thread of its own: a store may take its time to fail. */
    private synchronized CompletableFuture<List<Posted>> read() {
        if (reading.isDone()) {
            CompletableFuture<List<Posted>> next = new CompletableFuture<>();
            reading = next;
            threads.later(0, TimeUnit.SECONDS, () -> {
                try {
                    next.complete(reports.read());
                } catch (RuntimeException | Error e) {
                    next.completeExceptionally(e);
                }
            });
        }
        return reading;
    }

    Status status() {
        return status(hosts());
    }

    /** Returns what this host does, without asking anybody. */
    Status alone() {
        return status(List.of(new Posted.Legible(own())));
    }

    private Status status(List<Posted> hosts) {
        HostReport own = ((Posted.Legible) hosts.get(0)).report();
        return new Status(
                own.head(),
                own.stale(),
                routes(own),
                hosts.stream().map(this::host).toList());
    }

    private Status.Host host(Posted posted) {
        if (posted instanceof Posted.Legible legible) {
            HostReport report = legible.report();
            Duration age = Duration.between(report.time(), clock.instant());
            return new Status.Host.Reporting(
                    report.id(),
                    report.name(),
                    report.platform(),
                    report.head(),
                    report.stale(),
                    age.isNegative() ? Duration.ZERO : age,
                    routes(report));
        }
        Posted.Illegible illegible = (Posted.Illegible) posted;
        return new Status.Host.Illegible(illegible.id(), illegible.why());
    }

    private static List<Status.Route> routes(HostReport report) {
        return report.routes().stream()
                .map(route ->
                        new Status.Route(route.ref(), route.desired(), route.actual(), route.digest(), route.reason()))
                .toList();
    }

    /** Takes this host's reports away, so that the others do not take it for one that died. */
    @Override
    public void close() {
        try {
            if (registry.isConfirmed()) {
                reports.leave();
            }
        } catch (RuntimeException e) {
            LOG.debug("The reports of this host stay until somebody deletes them", e);
        } finally {
            reports.close();
        }
    }
}
