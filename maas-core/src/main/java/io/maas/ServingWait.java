package io.maas;

import io.maas.error.CancelledException;
import io.maas.error.DeadlineExceededException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.hosts.HostReport;
import io.maas.internal.hosts.HostReports.Posted;
import io.maas.internal.registry.Registry;
import io.maas.model.ModelName;
import io.maas.model.Names;
import io.maas.repository.Commit;
import io.maas.repository.RepositoryEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Waits until hosts report that they serve a commit: they know it, and of the models that it changed, every reference that
 * they follow is answered by what it points at. What else they cannot serve is not this commit's.
 */
final class ServingWait {
    private static final int SHOWN = 10;
    private static final long SHORTEST_MS = 50;
    private static final long LONGEST_MS = 1_000;

    private final Registry registry;
    private final HostStanding standing;
    private final long pauseMs;
    private final Commit commit;
    private @Nullable Set<ModelName> models;

    ServingWait(Registry registry, HostStanding standing, Duration poll, Commit commit) {
        this.registry = registry;
        this.standing = standing;
        this.pauseMs = Math.max(SHORTEST_MS, Math.min(LONGEST_MS, poll.toMillis()));
        this.commit = commit;
    }

    void forAnyOf(int hosts, Duration timeout) {
        if (hosts < 1) {
            throw bad("for " + hosts + " hosts", "wait for at least one");
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            List<Posted> all = standing.hosts();
            List<String> lagging = lagging(all);
            if (all.size() - lagging.size() >= hosts) {
                return;
            }
            pause(deadline, hosts + " hosts", timeout, all.size() - lagging.size() + " do", lagging);
        }
    }

    void forNamed(Collection<String> names, Duration timeout) {
        Set<String> wanted = new LinkedHashSet<>(names);
        if (wanted.isEmpty()) {
            throw bad("for no host", "name at least one");
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            List<Posted> newest = new ArrayList<>();
            List<String> lagging = new ArrayList<>();
            List<Posted> all = standing.hosts();
            for (String name : wanted) {
                newest(all, name).ifPresentOrElse(newest::add, () -> lagging.add(shown(name) + " does not report"));
            }
            lagging.addAll(lagging(newest));
            if (lagging.isEmpty()) {
                return;
            }
            String done = wanted.size() - lagging.size() + " do";
            pause(deadline, "hosts " + wanted.stream().map(Names::shown).toList(), timeout, done, lagging);
        }
    }

    /** The newest report of a name: one that is restarted leaves an old one behind, unless it was closed. */
    private static Optional<Posted> newest(List<Posted> all, String name) {
        return all.stream()
                .filter(posted -> posted instanceof Posted.Legible legible
                        && legible.report().name().equals(name))
                .max(Comparator.comparing(
                        posted -> ((Posted.Legible) posted).report().time()));
    }

    private List<String> lagging(List<Posted> hosts) {
        if (registry.head() < commit.number()) {
            registry.refresh();
        }
        return hosts.stream().flatMap(host -> lag(host).stream()).toList();
    }

    /** Says why a host does not serve the commit; nothing if it does. */
    private Optional<String> lag(Posted posted) {
        if (posted instanceof Posted.Illegible illegible) {
            return Optional.of("host " + illegible.id() + " has no legible report");
        }
        HostReport report = ((Posted.Legible) posted).report();
        String name = shown(report.name());
        if (report.head() < commit.number()) {
            return Optional.of(name + " knows commit " + report.head()
                    + report.stale().map(why -> ", " + why).orElse(""));
        }
        return report.routes().stream()
                .filter(route -> models().contains(route.ref().name()) && !route.isCurrent())
                .findFirst()
                .map(route -> name + " answers " + route.ref() + " with version "
                        + route.actual().orElse("none") + " instead of "
                        + route.desired().orElse("none")
                        + route.reason().map(why -> ", " + why).orElse(""));
    }

    private Set<ModelName> models() {
        Set<ModelName> known = models;
        if (known == null) {
            known = registry.events(commit.number()).stream()
                    .map(RepositoryEvent::model)
                    .flatMap(Optional::stream)
                    .collect(Collectors.toSet());
            models = known;
        }
        return known;
    }

    private static String shown(String name) {
        return "'" + Names.shown(name) + "'";
    }

    private void pause(long deadline, String whom, Duration timeout, String done, List<String> lagging) {
        long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (leftMs <= 0) {
            String some = lagging.stream().limit(SHOWN).collect(Collectors.joining("; "));
            throw new DeadlineExceededException(
                    "wait until commit " + commit.number() + " is served by " + whom,
                    "within " + timeout + " " + done
                            + (lagging.isEmpty() ? "" : ", and not: " + some)
                            + (lagging.size() > SHOWN ? "; …" : ""),
                    "allow more time, or look at Maas.status()");
        }
        try {
            Thread.sleep(Math.min(leftMs, pauseMs));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException("wait for a commit", "the thread was interrupted", "ask again", e);
        }
    }

    private static InvalidInputException bad(String why, String remedy) {
        return new InvalidInputException(ErrorCode.BAD_SETTING, "wait until a commit is served", why, remedy);
    }
}
