package io.maas.http.internal.auth;

import io.maas.http.internal.route.Caller;

/** Knows one kind of credential. Thread-safe. */
public interface Verifier {
    /** Tells whether a credential looks like one of this kind. */
    boolean recognizes(String credential);

    /** Tells whether {@link #verify} may take long: it computes much, or asks somebody. */
    boolean takesLong(String credential);

    /**
     * Returns whose it is.
     *
     * @throws io.maas.http.internal.exchange.HttpProblem 401 if it does not count
     */
    Caller verify(String credential);
}
