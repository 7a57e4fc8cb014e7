package io.maas.http.internal.auth;

import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.exchange.Problem;
import io.maas.http.internal.route.Caller;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lets few credentials be looked at at a time of those that take long. While a provider does not answer, whoever sends tokens, and anybody
 * can invent some, would otherwise hold every thread, before it is known who he is and what he may have.
 */
public final class BoundedVerifier implements Verifier {
    private final Verifier verifier;
    private final Semaphore places;
    private final Duration patience;

    /**
     * Creates one.
     *
     * @param most how many at a time
     * @param patience how long others wait for a place: a signature is checked in less than a millisecond
     */
    public BoundedVerifier(Verifier verifier, int most, Duration patience) {
        this.verifier = verifier;
        this.places = new Semaphore(most);
        this.patience = patience;
    }

    @Override
    public boolean recognizes(String credential) {
        return verifier.recognizes(credential);
    }

    @Override
    public boolean takesLong(String credential) {
        return verifier.takesLong(credential);
    }

    @Override
    public Caller verify(String credential) {
        if (!verifier.takesLong(credential)) {
            return verifier.verify(credential);
        }
        if (!enter()) {
            throw new HttpProblem(new Problem(
                    503,
                    "token-checks-busy",
                    "Cannot tell who is asking: too many tokens are being checked, and the provider may be slow; try again later",
                    Map.of("Retry-After", "1")));
        }
        try {
            return verifier.verify(credential);
        } finally {
            places.release();
        }
    }

    private boolean enter() {
        try {
            return places.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
