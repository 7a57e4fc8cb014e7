package io.maas.http.internal.auth;

import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.exchange.Problem;
import io.maas.http.internal.route.Caller;
import io.maas.http.internal.route.Route;
import io.maas.http.internal.route.Routes;
import io.maas.http.limits.CallerLimits;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Lets nobody in more often than he may. Knows only callers who are in, or were so recently that it counts. */
public final class Quotas implements Routes.Guard {
    private static final int SWEEP_EVERY = 1024;

    private final Routes.Guard guard;
    private final CallerLimits limits;
    private final Clock clock;
    private final Map<String, Quota> quotas = new ConcurrentHashMap<>();
    private final AtomicLong taken = new AtomicLong();

    /**
     * What a caller has used.
     *
     * @param running requests that are not complete
     * @param paidNanos until when the rate is used up if nothing more comes: the theoretical arrival time of the generic cell rate
     *     algorithm (ITU-T I.371), in nanoseconds since the epoch
     */
    private record Quota(int running, long paidNanos) {}

    /** Creates it, for callers whom another guard knows. */
    public Quotas(Routes.Guard guard, CallerLimits limits, Clock clock) {
        this.guard = guard;
        this.limits = limits;
        this.clock = clock;
    }

    @Override
    public boolean takesLong(Exchange exchange) {
        return guard.takesLong(exchange);
    }

    @Override
    public Caller admit(Exchange exchange, Route route) {
        Caller caller = guard.admit(exchange, route);
        String credential = caller.credential();
        quotas.compute(credential, (name, quota) -> taken(quota, now()));
        if (taken.incrementAndGet() % SWEEP_EVERY == 0) {
            sweep(now());
        }
        exchange.onComplete(() -> quotas.computeIfPresent(credential, (name, quota) -> left(quota, now())));
        return caller;
    }

    private void sweep(long now) {
        quotas.values().removeIf(quota -> quota.running() == 0 && quota.paidNanos() <= now);
    }

    /** Tells how many callers it knows. */
    int size() {
        return quotas.size();
    }

    private Quota taken(@Nullable Quota before, long now) {
        Quota quota = before == null ? new Quota(0, now) : before;
        if (quota.running() >= limits.concurrent()) {
            throw refused("has " + quota.running() + " requests under way, and may have no more", 1);
        }
        long paid = limits.rate().map(rate -> paid(rate, quota, now)).orElse(now);
        return new Quota(quota.running() + 1, paid);
    }

    private static long paid(CallerLimits.Rate rate, Quota quota, long now) {
        long step = Math.max(1, Math.round(1e9 / rate.perSecond()));
        long most = Math.multiplyExact(step, rate.burst());
        boolean setBack = quota.paidNanos() > now + most; // the clock, and nobody is to wait for it
        long from = setBack ? now : Math.max(quota.paidNanos(), now);
        long wait = from + step - now - most;
        if (wait > 0) {
            long seconds = Duration.ofNanos(wait).plusNanos(999_999_999).toSeconds();
            throw refused("sends more than " + rate.perSecond() + " requests a second", seconds);
        }
        return from + step;
    }

    private static @Nullable Quota left(Quota quota, long now) {
        boolean idle = quota.running() == 1 && quota.paidNanos() <= now;
        return idle ? null : new Quota(quota.running() - 1, quota.paidNanos());
    }

    private static HttpProblem refused(String why, long seconds) {
        return new HttpProblem(new Problem(
                429,
                "caller-over-limit",
                "Cannot take more of this caller: he " + why + "; wait, and send less at once",
                Map.of("Retry-After", Long.toString(seconds))));
    }

    private long now() {
        return ChronoUnit.NANOS.between(Instant.EPOCH, clock.instant());
    }
}
